import type { FileFormat } from '../../ports/bundle-format.ts';
import { columnName, readLsblk, type LsblkRow } from './lsblk-rows.ts';

/** `lsblk -P`: NAME="sda" TYPE="disk" … */
export const lsblkPairs: FileFormat = {
  id: 'lsblk-pairs',
  title: 'lsblk (pairs)',
  recognises: (file) => {
    const line = file.text().slice(0, 20_000).split(/\r?\n/).find(isPairs);
    return line !== undefined;
  },
  read: (file) => [readLsblk(file.text().split(/\r?\n/).filter(isPairs).map(pairsOf))],
};

function isPairs(line: string): boolean {
  return /^\s*[A-Z][A-Z0-9:_%-]{0,20}="/.test(line) && /\bK?NAME="/.test(line) && /\bTYPE="/.test(line);
}

function pairsOf(line: string): LsblkRow {
  const row = new Map<string, string>();
  for (const [, name = '', value = ''] of line.matchAll(/([A-Z][A-Z0-9:_%-]{0,20})="([^"]*)"/g)) {
    row.set(columnName(name), unescaped(value));
  }
  return row;
}

/** What is not printable, and quotation marks, stand as `\x22`, byte by byte. */
function unescaped(value: string): string {
  return value.replace(/(?:\\x[0-9a-fA-F]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll('\\x', ''), 'hex').toString('utf8'),
  );
}
