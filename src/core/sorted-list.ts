import type { Knex } from 'knex';
import { z } from 'zod';
import { allRows, csvAnswer, type CsvColumn, ListFormat } from './csv.ts';
import { Limit, toPage } from './page.ts';
import { type Answer, invalid } from './route.ts';
import { toSql } from './time.ts';

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
const SortCursor = z.string().max(2000).optional().meta({ description: '`next` of the page before' });

/** `sort=name`, `sort=-name`; `id` is the order in which they became known. */
function sortBy<T>(columns: SortColumns<T>, first: string) {
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

function afterRow<T extends { id: string }>(order: Order<T>, last: T | undefined): Order<T> {
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

/** What a list takes beside its filter, ready for `z.object({...})`. `first`: how it is sorted where nobody says. */
export function sortedQuery<T>(columns: SortColumns<T>, first: string) {
  return { sort: sortBy(columns, first), format: ListFormat, cursor: SortCursor, limit: Limit };
}

/** How many rows are read at once for a CSV. */
const ROWS_PER_READ = 500;

export interface SortedList<T extends { id: string }, S extends T> {
  columns: SortColumns<T>;
  query: { sort: string; format: 'json' | 'csv'; cursor?: string | undefined; limit: number };
  /** At most so many of the filter, from the beginning of the order or after its row. */
  read(order: Order<T>, limit: number): Promise<S[]>;
  view(row: S): unknown;
  csv: readonly CsvColumn<S>[];
  /** What its CSV is called. */
  file: string;
}

/** All rows in this order, page by page, so that nobody holds them all. */
export function allSorted<T extends { id: string }, S extends T>(
  order: Order<T>,
  read: SortedList<T, S>['read'],
): AsyncGenerator<S> {
  return allRows<S>((last) => read(afterRow(order, last), ROWS_PER_READ));
}

/** A page of it, or all of it as CSV. @throws HubError invalid where the cursor is not one of this list in this order */
export async function answerSorted<T extends { id: string }, S extends T>(list: SortedList<T, S>): Promise<Answer> {
  const { columns, query, read, view, csv, file } = list;
  const order = orderOf(columns, query.sort, query.cursor);
  if (query.format === 'csv') return csvAnswer(csv, allSorted({ ...order, after: undefined }, read), file);
  const page = sortedPage(await read(order, query.limit + 1), query.limit, order);
  return { status: 200, body: { items: page.rows.map((row) => view(row)), next: page.next } };
}
