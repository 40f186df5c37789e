/** Between the fields of a code that holds several: ISO 15434 separators, and what label printers put there. */
// oxlint-disable-next-line no-control-regex
const BETWEEN = /[\u001c-\u001f\n\r\t;,|]/;
const SERIAL_LABEL = /^S(?:ERIAL)?[ ./]?(?:N(?:O|UMBER|R)?)?[ .]?[:#=] ?(?=\S)|^S\/N ?(?=\S)/i;
const OTHER_LABEL = /^(?:P\/?N|PART ?NO|WWN|MAC|MODEL|M\/N|REV|FW|LOT|QTY|EAN|UPC|EUI|DATE|DOM) ?[:#=.]/i;
const LONGEST = 2000;

/**
 * Which serials a scanned code may mean, the likeliest first: the field that is labelled so; else the text itself, and, in case it is a
 * data identifier (MH10.8.2), the text without the S in front. Empty where the code says that it is something else.
 */
export function serialsInBarcode(code: string): string[] {
  const text = code.slice(0, LONGEST).trim();
  const fields = text
    .split(BETWEEN)
    .map(plain)
    .filter((field) => field !== '');
  const labelled = fields.flatMap((field) => {
    const label = SERIAL_LABEL.exec(field);
    return label === null ? [] : [field.slice(label[0].length).trim()];
  });
  if (labelled.length > 0) return labelled;
  // ISO 15434: every field begins with its data identifier.
  if (text.startsWith('[)>')) return fields.filter((field) => /^S./.test(field)).map((field) => field.slice(1));
  const [only, ...more] = fields;
  if (only === undefined || more.length > 0 || OTHER_LABEL.test(only)) return [];
  return /^S[A-Z0-9-]{4,}$/.test(only) ? [only, only.slice(1)] : [only];
}

/** Some readers send the asterisks that begin and end a Code 39. */
function plain(field: string): string {
  const text = field.trim();
  return text.length > 2 && text.startsWith('*') && text.endsWith('*') ? text.slice(1, -1).trim() : text;
}
