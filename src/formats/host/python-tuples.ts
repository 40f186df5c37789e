/** The tuples of a Python list of tuples of strings and numbers, as `pprint` writes it. Whatever is neither is passed over. */
export function pythonTuples(text: string): string[][] {
  const tuples: string[][] = [];
  let tuple: string[] | null = null;
  let at = 0;
  while (at < text.length) {
    const sign = text[at] ?? '';
    if (sign === '(') tuple = [];
    else if (sign === ')') {
      if (tuple !== null && tuple.length > 0) tuples.push(tuple);
      tuple = null;
    } else if (sign === '"' || sign === "'") {
      const { value, end } = stringAt(text, at);
      tuple?.push(value);
      at = end;
    } else if (sign >= '0' && sign <= '9') {
      const digits = /^[0-9.]{1,40}/.exec(text.slice(at, at + 40))?.[0] ?? sign;
      tuple?.push(digits);
      at += digits.length - 1;
    }
    at += 1;
  }
  return tuples;
}

function stringAt(text: string, start: number): { value: string; end: number } {
  const quote = text[start];
  const parts: string[] = [];
  let at = start + 1;
  while (at < text.length && text[at] !== quote) {
    if (text[at] === '\\') at += 1;
    parts.push(text[at] ?? '');
    at += 1;
  }
  return { value: parts.join(''), end: at };
}
