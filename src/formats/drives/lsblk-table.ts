import type { FileFormat } from '../../ports/bundle-format.ts';
import { columnName, readLsblk, type LsblkRow } from './lsblk-rows.ts';

/** `lsblk` as it prints by itself, with any columns. */
export const lsblkTable: FileFormat = {
  id: 'lsblk-table',
  title: 'lsblk (table)',
  recognises: (file) => tables(file.text()).length > 0,
  read: (file) => tables(file.text()).map((lines) => readLsblk(rowsOf(lines))),
};

/** NAME comes first, or a column like it; TYPE and one more of lsblk's own tell it from other tools' tables. */
function isHeader(line: string): boolean {
  if (line.length > 2000 || !/^(?:K?NAME|PATH)(?: |$)/.test(line)) return false;
  const words = new Set(line.trim().split(/ +/));
  const own = ['MAJ:MIN', 'RO', 'ROTA', 'SIZE', 'TRAN', 'HCTL', 'FSTYPE', 'MOUNTPOINT', 'MOUNTPOINTS', 'WWN', 'PKNAME'];
  return words.has('TYPE') && own.some((word) => words.has(word));
}

/** A header and the lines under it, up to an empty one. */
function tables(text: string): string[][] {
  const found: string[][] = [];
  let table: string[] | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (isHeader(line)) {
      table = [line];
      found.push(table);
    } else if (line.trim() === '') {
      table = null;
    } else if (line.length <= 4000) {
      table?.push(line);
    }
  }
  return found;
}

interface Column {
  name: string;
  start: number;
  end: number;
}

function rowsOf([header = '', ...lines]: readonly string[]): LsblkRow[] {
  const columns = columnsOf(header, lines);
  return lines.map((line) => {
    const cells = columns.map(({ name, start, end }): [string, string] => [
      columnName(name),
      line.slice(start, end).trim(),
    ]);
    return new Map(cells.map(([name, cell]) => [name, name === 'name' ? cell.replace(/^[\s│├└─|`-]+/, '') : cell]));
  });
}

/**
 * Numbers stand right-aligned and may be wider than their heading, text left-aligned and may hold blanks; so the places of the headings
 * alone do not bound the columns. lsblk leaves a blank between columns in every line: what no line uses parts them, and a stretch without
 * a heading over it (the second word of every MODEL) belongs to the column before.
 */
function columnsOf(header: string, lines: readonly string[]): Column[] {
  let width = header.length;
  for (const line of lines) width = Math.max(width, line.length);
  const used = new Uint8Array(width);
  for (const line of [header, ...lines]) {
    for (let at = 0; at < line.length; at += 1) if (line[at] !== ' ') used[at] = 1;
  }
  const columns: Column[] = [];
  let at = 0;
  while (at < used.length) {
    let end = at;
    while (end < used.length && used[end] === 1) end += 1;
    if (end > at) {
      const headings = [...header.slice(at, end).matchAll(/\S+/g)];
      const last = columns.at(-1);
      if (headings.length === 0 && last !== undefined) last.end = end;
      // several headings: a value ran into the next column, so that these can only be parted where the headings begin
      for (const [index, heading] of headings.entries()) {
        const next = headings[index + 1];
        columns.push({
          name: heading[0],
          start: index === 0 ? at : at + heading.index,
          end: next === undefined ? end : at + next.index,
        });
      }
    }
    at = end + 1;
  }
  return columns;
}
