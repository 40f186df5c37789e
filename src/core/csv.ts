import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { HubError } from './error.ts';
import { type Answer, invalid } from './route.ts';
import { canonicalJson } from './json.ts';

// ---- A list as CSV

export interface CsvColumn<T> {
  name: string;
  of(row: T): unknown;
}

/** What a list route takes to answer as CSV. */
export const ListFormat = z
  .enum(['json', 'csv'])
  .default('json')
  .meta({ description: 'csv: all rows of the filter in one stream (text/csv), whatever `limit` and `cursor` say' });

/** RFC 4180 in UTF-8, with a header line; written as the rows come, no faster than they are read. */
export function csvAnswer<T>(
  columns: readonly CsvColumn<T>[],
  rows: AsyncIterable<T>,
  file: string = 'export.csv',
): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${file}"`,
      'cache-control': 'no-store',
    },
    async stream(write, signal) {
      let lines = [columns.map(({ name }) => name)];
      for await (const row of rows) {
        if (signal.aborted) return;
        lines.push(columns.map(({ of }) => csvCell(of(row))));
        if (lines.length < ROWS_PER_CHUNK) continue;
        await write(stringify(lines, { record_delimiter: 'windows' }));
        lines = [];
      }
      if (lines.length > 0) await write(stringify(lines, { record_delimiter: 'windows' }));
    },
  };
}

const ROWS_PER_CHUNK = 200;

/**
 * What a spreadsheet would take for a formula gets an apostrophe in front: names and serials come from machines and other systems
 * (OWASP, "CSV injection"). Numbers are numbers, also those below zero.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** All rows of a list, page by page, so that nobody holds them all. `read` gives the rows after this one, none at the end. */
export async function* allRows<T>(read: (after: T | undefined) => Promise<T[]>): AsyncGenerator<T> {
  let last: T | undefined;
  for (;;) {
    const rows = await read(last);
    yield* rows;
    last = rows.at(-1);
    if (last === undefined) return;
  }
}

// ---- CSV as items

/**
 * The header names the fields; an empty cell leaves its field alone. Comma, or semicolon where the header has no comma. An apostrophe
 * that an export put before a formula is taken away again. @throws HubError invalid naming the line
 */
export function readCsv(text: string, numbers: readonly string[] = []): Record<string, unknown>[] {
  const end = text.indexOf('\n');
  const header = end < 0 ? text : text.slice(0, end);
  const delimiter = header.includes(';') && !header.includes(',') ? ';' : ',';
  let lines: string[][];
  try {
    lines = parse(text, { bom: true, delimiter, trim: true, skip_empty_lines: true, max_record_size: 65_536 });
  } catch (cause) {
    throw new HubError('invalid', `body: not CSV: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const [names = [], ...records] = lines;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid('body', `the column ${twice} is there twice`);
  return records.map((record) => {
    const cells = names.flatMap((name, index) => {
      const cell = record[index] ?? '';
      return cell === '' ? [] : [[name, fromCell(cell, numbers.includes(name))] as const];
    });
    return Object.fromEntries(cells);
  });
}

function fromCell(cell: string, isNumber: boolean): unknown {
  if (isNumber && /^-?\d{1,15}(\.\d{1,15})?$/.test(cell)) return Number(cell);
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
