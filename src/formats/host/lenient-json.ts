/**
 * JSON as lshw writes it: without `[ ]` around several nodes, with a comma too many at the end or one too few between two nodes (B.02.18).
 * Undefined where it is still none.
 */
export function parseLenientJson(text: string): unknown {
  const mended = mend(text.replace(/^\uFEFF/, '').trim());
  for (const attempt of [mended, `[${mended}]`]) {
    try {
      return JSON.parse(attempt) as unknown;
    } catch {
      // The next attempt, or none of them.
    }
  }
  return undefined;
}

function mend(text: string): string {
  const parts: string[] = [];
  let from = 0;
  let inString = false;
  // The last sign outside strings that is no blank, and where it stands.
  let last = '';
  let lastAt = -1;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (inString) {
      if (sign === '\\') at += 1;
      else if (sign === '"') inString = false;
      continue;
    }
    if (sign === ' ' || sign === '\n' || sign === '\t' || sign === '\r') continue;
    if ((sign === '}' || sign === ']') && last === ',') {
      parts.push(text.slice(from, lastAt));
      from = lastAt + 1;
    }
    if (sign === '{' && last === '}') {
      parts.push(text.slice(from, at), ',');
      from = at;
    }
    if (sign === '"') inString = true;
    last = sign;
    lastAt = at;
  }
  parts.push(last === ',' && !inString ? text.slice(from, lastAt) : text.slice(from));
  return parts.join('');
}
