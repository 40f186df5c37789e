/** Moments as the address and the API have them (ISO 8601), and as a date field of the browser has them (the reader's clock, no zone). */

/** @param {string} iso @returns {string} for `<input type="datetime-local">`; empty where it is no time */
export function toField(iso) {
  // A day alone means its end, as the API reads it.
  const date = new Date(/^\d{4}-\d{2}-\d{2}$/.test(iso) ? `${iso}T23:59:59Z` : iso);
  if (Number.isNaN(date.getTime())) return '';
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** @param {string} text of the field @returns {string | undefined} */
export function fromField(text) {
  const date = new Date(text);
  return text === '' || Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('.000Z', 'Z');
}
