/** What was pasted, one label each: lines, cells of a table, or a list with commas. Blanks may stand within a label. @param {string} text */
export function splitScans(text) {
  return text
    .split(/[\r\n\t,;]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** As the hub keeps serials: two spellings of one are one. @param {string} label */
const asKept = (label) => label.replaceAll(/\s+/g, ' ').toUpperCase();

/**
 * Of these labels those that are not there yet, and those that are (or come twice).
 * @param {readonly { label: string }[]} known @param {readonly string[]} labels
 */
export function addScans(known, labels) {
  const seen = new Set(known.map(({ label }) => asKept(label)));
  /** @type {string[]} */
  const added = [];
  /** @type {string[]} */
  const again = [];
  for (const label of labels) {
    if (seen.has(asKept(label))) again.push(label);
    else added.push(label);
    seen.add(asKept(label));
  }
  return { added, again };
}

/** @template T @param {readonly T[]} all @param {number} size */
export function inPortions(all, size) {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, nth) => all.slice(nth * size, (nth + 1) * size));
}
