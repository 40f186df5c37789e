import type { PathReader } from './read-path.ts';

/** Text that is another one whenever a value at one of the paths is, also in its kind: 5, "5", null and not there are four. */
export function fingerprinter(paths: readonly PathReader[]): (data: Readonly<Record<string, unknown>>) => string {
  return (data) => {
    let text = '';
    for (const read of paths) text += pieceOf(read(data));
    return text;
  };
}

/** Ends with the only line feed in it; what it begins with tells its kind. */
function pieceOf(value: unknown): string {
  if (typeof value === 'string') return value.includes('\n') ? `${JSON.stringify(value)}\n` : `'${value}\n`;
  if (value === undefined) return '\n';
  if (value === null) return 'null\n';
  return typeof value === 'object' ? `${jsonOf(value)}\n` : `${String(value)}\n`;
}

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested too deep for JSON.stringify, so no plain value either: reading it is a fault, whatever is inside
    return '{deep}';
  }
}
