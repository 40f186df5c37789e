import type { SourceFile } from '../../ports/bundle-format.ts';

interface JsonDocuments {
  documents: unknown[];
  /** Text that belongs to no whole document: the file was cut off, or more than JSON stands in it. */
  left: boolean;
}

// Every format of this room asks for the documents of every file.
const known = new WeakMap<SourceFile, JsonDocuments>();

/** The JSON documents of a file: one, or several one after the other as a loop over all drives writes them (also one a line). */
export function jsonDocuments(file: SourceFile): JsonDocuments {
  const before = known.get(file);
  if (before !== undefined) return before;
  const whole = file.json();
  const found = whole === undefined ? splitDocuments(file.text()) : { documents: [whole], left: false };
  known.set(file, found);
  return found;
}

/** Whether the text looks like a document of this kind that was cut off: it opens like JSON and names all of the keys. */
export function opensWithKeys(file: SourceFile, keys: readonly string[]): boolean {
  if (!jsonDocuments(file).left) return false;
  const head = file.text().trimStart().slice(0, 4000);
  return opensLikeJson(head) && keys.every((key) => head.includes(`"${key}"`));
}

/** U+001E stands before each document of an RFC 7464 sequence. */
const RECORD_SEPARATOR = '\u001E';

function opensLikeJson(text: string): boolean {
  const start = text.slice(0, 1000).replaceAll(RECORD_SEPARATOR, '').trimStart();
  return start.startsWith('{') || start.startsWith('[');
}

function splitDocuments(text: string): JsonDocuments {
  const documents: unknown[] = [];
  if (!opensLikeJson(text)) return { documents, left: text.trim() !== '' };
  let left = false;
  let start = -1;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (inString) {
      if (sign === '\\') at += 1;
      else if (sign === '"') inString = false;
    } else if (sign === '"' && depth > 0) {
      inString = true;
    } else if (sign === '{' || sign === '[') {
      if (depth === 0) start = at;
      depth += 1;
    } else if ((sign === '}' || sign === ']') && depth > 0) {
      depth -= 1;
      if (depth === 0 && !pushParsed(documents, text.slice(start, at + 1))) left = true;
    } else if (depth === 0 && sign !== undefined && /\S/.test(sign) && sign !== RECORD_SEPARATOR) {
      left = true;
    }
  }
  return { documents, left: left || depth > 0 };
}

function pushParsed(documents: unknown[], text: string): boolean {
  try {
    documents.push(JSON.parse(text));
    return true;
  } catch {
    // said by the caller, from `left`
    return false;
  }
}
