import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Knex } from 'knex';
import { z } from 'zod';
import { type FieldFault, HubError, type HubErrorKind } from './error.ts';
import { toPage } from './page.ts';
import { type Answer, invalid } from './route.ts';
import { toFaults } from './to-faults.ts';
import { canonicalJson } from './json.ts';
import { toSql } from './time.ts';

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

// ---- A list in the order that the caller wants

/** A column that a list may be sorted by. `of` gives what the cursor carries; text as it is, times in ISO 8601. */
export interface SortColumn<T> {
  column: string;
  kind: 'text' | 'time';
  of(row: T): string | null;
}
export type SortColumns<T> = Record<string, SortColumn<T>>;

/** Which column, which way, and after which row. Made by `orderOf`. */
export interface Order<T> {
  sort: string;
  by: SortColumn<T> | undefined;
  descending: boolean;
  after: { value: string | null; id: string } | undefined;
}

/** Longer than that of other lists: it may carry a name in any script. */
export const SortCursor = z.string().max(2000).optional().meta({ description: '`next` of the page before' });

/** `sort=name`, `sort=-name`; `id` is the order in which they became known. */
export function sortBy<T>(columns: SortColumns<T>, first: string) {
  const names = ['id', ...Object.keys(columns)];
  return z
    .enum([...names, ...names.map((name) => `-${name}`)])
    .default(first)
    .meta({ description: 'Column to sort by; `-` before it: descending' });
}

/** @throws HubError invalid where the cursor is not one of this list in this order */
export function orderOf<T>(columns: SortColumns<T>, sort: string, cursor: string | undefined): Order<T> {
  const descending = sort.startsWith('-');
  const by = columns[descending ? sort.slice(1) : sort];
  return { sort, by, descending, after: cursor === undefined ? undefined : readCursor(cursor, sort, by?.kind) };
}

/** `n` for none, else `v` and the value: a cursor has texts only. */
const CursorParts = z.tuple([z.string(), z.string().regex(/^(n$|v)/), z.guid()]);
const Moment = z.iso.datetime().refine((time) => !Number.isNaN(Date.parse(time)));

function readCursor(
  cursor: string,
  sort: string,
  kind: 'text' | 'time' | undefined,
): { value: string | null; id: string } {
  try {
    const parts = CursorParts.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    const value = parts[1] === 'n' ? null : parts[1].slice(1);
    if (value !== null && kind === 'time') Moment.parse(value);
    if (parts[0] === sort) return { value, id: parts[2] };
  } catch {
    // Told below, as for a cursor of another order.
  }
  throw invalid('query.cursor', `is not a cursor of this list with sort=${sort}: pass \`next\` of the page before`);
}

/** The rows after the cursor, in this order; by id where values are equal, so that a page never shifts because something was added. */
export function inOrder<T>(query: Knex.QueryBuilder, idColumn: string, order: Order<T>): void {
  const { by, descending, after } = order;
  const direction = descending ? 'desc' : 'asc';
  const beyond = descending ? '<' : '>';
  if (by) void query.orderBy(by.column, direction);
  void query.orderBy(idColumn, direction);
  if (!after) return;
  if (!by) return void query.where(idColumn, beyond, after.id);
  const { column } = by;
  const { value, id } = after;
  // Nothing comes before everything in MariaDB.
  if (value === null) {
    return void query.where((any) => {
      void any.where((equal) => equal.whereNull(column).andWhere(idColumn, beyond, id));
      if (!descending) void any.orWhereNotNull(column);
    });
  }
  const bound = by.kind === 'time' ? toSql(value) : value;
  void query.where((any) => {
    void any.where((from) =>
      from
        .where(column, `${beyond}=`, bound)
        .andWhere((either) => either.where(column, beyond, bound).orWhere(idColumn, beyond, id)),
    );
    if (descending) void any.orWhereNull(column);
  });
}

export function afterRow<T extends { id: string }>(order: Order<T>, last: T | undefined): Order<T> {
  return last === undefined ? order : { ...order, after: { value: order.by?.of(last) ?? null, id: last.id } };
}

/** One row more than `limit` was read. */
export function sortedPage<T extends { id: string }, S extends T>(
  rows: S[],
  limit: number,
  order: Order<T>,
): { rows: S[]; next: string | null } {
  return toPage(rows, limit, (last) => {
    const value = order.by?.of(last) ?? null;
    return [order.sort, value === null ? 'n' : `v${value}`, last.id];
  });
}

// ---- Many items at once

const BulkDid = z.enum(['created', 'updated', 'unchanged', 'refused']);
const BulkResult = z
  .object({
    did: BulkDid,
    id: z.string().nullable(),
    reason: z.string().nullable().meta({ description: 'Why it was refused' }),
    pointer: z.string().nullable().meta({ description: 'E.g. /items/3/name; a line of CSV is an item' }),
  })
  .meta({ id: 'BulkResult' });
type BulkResult = z.infer<typeof BulkResult>;
export const BulkAnswer = z
  .object({ results: z.array(BulkResult), counts: z.record(BulkDid, z.int()) })
  .meta({ id: 'BulkAnswer' });

const BULK_ITEMS = 1000;

/** Which version the caller means to change: in the body, or as the ETag of what was read. undefined: whichever is there. */
export function wantedVersion(headers: Record<string, string>, version: number | undefined): number | undefined {
  const tag = headers['if-match'];
  if (version !== undefined || tag === undefined || tag === '*') return version;
  const digits = /^(?:W\/)?"?(\d{1,10})"?$/.exec(tag.trim())?.[1];
  if (digits === undefined) throw invalid('header If-Match', 'is not an ETag of this hub: send the one that was read');
  return Number(digits);
}

/** JSON, or the text of a CSV. Items are checked one by one, so that one that is wrong does not stop the others. */
export function bulkBody(itemSchemaId: string) {
  const item = z.unknown().meta({ override: { $ref: `#/components/schemas/${itemSchemaId}` } });
  const atomic = z.boolean().default(false).meta({ description: 'All or none; for CSV: Prefer: handling=strict' });
  return z.union([z.strictObject({ atomic, items: z.array(item).min(1).max(BULK_ITEMS) }), z.string()]);
}

export interface Bulk<I> {
  body: { atomic: boolean; items: unknown[] } | string;
  headers: Record<string, string>;
  Item: z.ZodType<I>;
  /** Which columns of a CSV hold numbers. */
  numbers: readonly string[];
  /** What makes it the same thing; also the order in which they are saved, so that two batches at once do not block each other. */
  keyOf(item: I): string;
  /** Throws a HubError only before it has written anything, so that the items beside it can stay. */
  save(item: I): Promise<{ id: string; did: 'created' | 'updated' | 'unchanged' }>;
}

/** @throws HubError invalid or conflict where it was to be all or none, and some were refused */
export async function runBulk<I>(bulk: Bulk<I>): Promise<Answer> {
  const { body } = bulk;
  const isCsv = typeof body === 'string';
  const items = isCsv ? readCsv(body, bulk.numbers) : body.items;
  const atomic = isCsv ? /\bhandling=strict\b/.test(bulk.headers['prefer'] ?? '') : body.atomic;
  if (items.length === 0 || items.length > BULK_ITEMS)
    throw invalid('body', `between 1 and ${BULK_ITEMS} items, not ${items.length}: send the rest in another request`);
  const results: BulkResult[] = [];
  const refusals: { kind: HubErrorKind; fault: FieldFault }[] = [];
  const refuse = (index: number, { kind, message, fields }: HubError): void => {
    const [fault = { field: '/', message }] = fields;
    const pointer = `/items/${index}${fault.field.startsWith('/') ? fault.field : ''}`.replace(/\/$/, '');
    results[index] = { did: 'refused', id: null, reason: fault.message, pointer };
    refusals.push({ kind, fault: { field: pointer, message: fault.message } });
  };
  const sound = new Map<string, { index: number; item: I }>();
  items.forEach((raw, index) => {
    const { data: item, error } = bulk.Item.safeParse(raw);
    if (error) return refuse(index, new HubError('invalid', 'not valid', { fields: toFaults(error, '') }));
    const before = sound.get(bulk.keyOf(item as I));
    if (before) return refuse(index, new HubError('invalid', `the same as /items/${before.index}: say each one once`));
    sound.set(bulk.keyOf(item as I), { index, item: item as I });
  });
  for (const [, { index, item }] of [...sound].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      results[index] = { ...(await bulk.save(item)), reason: null, pointer: null };
    } catch (error) {
      if (!(error instanceof HubError) || error.kind === 'internal' || error.kind === 'unavailable') throw error;
      refuse(index, error);
    }
  }
  if (atomic && refusals.length > 0) {
    const kind = refusals.every((refusal) => refusal.kind === 'invalid') ? 'invalid' : 'conflict';
    const fields = refusals.map(({ fault }) => fault);
    throw new HubError(kind, `Nothing was changed: ${fields.length} of ${items.length} were refused`, { fields });
  }
  const count = (did: string): number => results.filter((result) => result.did === did).length;
  const counts = Object.fromEntries(BulkDid.options.map((did) => [did, count(did)]));
  return { status: 200, body: { results, counts } };
}
