/**
 * A cell for a spreadsheet. What a spreadsheet would take for a formula gets an apostrophe in front: names and serials
 * come from machines and from other systems (OWASP, "CSV injection").
 * @param {unknown} value
 */
export function csvCell(value) {
  if (value === null || value === undefined) return '';
  const text = String(value);
  const safe = typeof value !== 'number' && /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180, with a byte order mark, without which Excel does not read UTF-8. @param {unknown[][]} rows the first one is the header */
export function toCsv(rows) {
  return `\uFEFF${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;
}
