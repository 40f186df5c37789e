import type { Database, Row } from './database.ts';
import type { Selection } from './filter.ts';
import { orderedBy, orderOf } from './ordering.ts';
import { placeOf } from './table.ts';

const DEFAULT_LIMIT = 50;
const LARGEST = 1000;

export interface Page<T> {
  count: number | null;
  next: string | null;
  previous: string | null;
  rows: T[];
}

/** Bad combinations are answered with a bare list of messages. */
export class BadPaging extends Error {}

/** Everything that a list can be asked for, read once. `start` is there from 4.6 on. @throws BadPaging */
export interface PageRequest {
  limit: number;
  offset: number;
  /** Id that a cursor's page starts at; null: pages by offset. */
  start: number | null;
}

/** `limit=0` means the largest page; a limit that is no number is the default one. */
export function pageRequest(query: URLSearchParams, cursor: boolean): PageRequest {
  const limit = limitOf(query.get('limit'));
  const start = cursor ? query.get('start') : null;
  if (start === null) return { limit, offset: numberOf(query.get('offset')) ?? 0, start: null };
  const from = numberOf(start);
  if (from === undefined) throw new BadPaging("Invalid 'start' parameter: must be a non-negative integer.");
  if (query.has('offset')) throw new BadPaging("'start' and 'offset' are mutually exclusive.");
  if (query.has('ordering'))
    throw new BadPaging('Ordering cannot be specified in conjunction with cursor-based pagination.');
  return { limit, offset: 0, start: from };
}

/** A page of what was selected. Of a large table only the rows of the page are looked at, where that is enough. */
export function pageOf(database: Database, selection: Selection, url: URL, cursor: boolean): Page<Row> {
  const request = pageRequest(url.searchParams, cursor);
  const { model, ids, passes } = selection;
  const row = (id: number): Row | undefined => database.find(model, id);
  if (request.start !== null) {
    const rows: Row[] = [];
    for (let at = placeOf(ids, request.start); at < ids.length && rows.length < request.limit; at += 1) {
      const found = row(ids[at] ?? 0);
      if (found && (passes?.(found) ?? true)) rows.push(found);
    }
    return cursorPage(rows, url, request);
  }
  const order = orderOf(database, model, url.searchParams.get('ordering'));
  const descending = !order && url.searchParams.get('ordering') === '-id';
  if (!passes && !order && !descending) {
    const rows = ids.slice(request.offset, request.offset + request.limit).map(row);
    return offsetPage(
      rows.filter((found) => found !== undefined),
      ids.length,
      url,
      request,
    );
  }
  const until = request.offset + request.limit;
  const whole = !passes && ids === database.ids(model);
  const few = whole && until <= FEW ? order : undefined;
  const make = (): Row[] =>
    few ? smallest(database, selection, few, until) : sorted(database, selection, order, descending);
  // All rows in the order of the model stay so, whatever is written into other columns.
  const stamp =
    whole && !url.searchParams.has('ordering') ? database.orderStamp(orderedBy(model)) : database.generation();
  const rows = keptRows(database, `${stamp} ${few ? until : 'all'} ${selection.key}`, make);
  const count = few ? ids.length : rows.length;
  return offsetPage(rows.slice(request.offset, until), count, url, request);
}

export function offsetPage<T>(rows: T[], count: number, url: URL, { limit, offset }: PageRequest): Page<T> {
  const link = (to: number): string => linkTo(url, { limit: String(limit), offset: to > 0 ? String(to) : undefined });
  return {
    count,
    next: offset + limit < count ? link(offset + limit) : null,
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
    rows,
  };
}

/** A full page has a next one, even if that is empty. */
export function cursorPage<T extends { id: number }>(rows: T[], url: URL, { limit }: PageRequest): Page<T> {
  const last = rows.length === limit ? rows.at(-1) : undefined;
  const next = last ? linkTo(url, { limit: String(limit), start: String(last.id + 1) }) : null;
  return { count: null, next, previous: null, rows };
}

/** So many rows of the beginning are found without sorting all: whoever wants to know the count asks for one. */
const FEW = 50;

function smallest(
  database: Database,
  { model, ids }: Selection,
  order: (a: Row, b: Row) => number,
  many: number,
): Row[] {
  const found: Row[] = [];
  for (const id of ids) {
    const row = database.find(model, id);
    const last = found.at(-1);
    if (!row || (found.length === many && last && order(row, last) > 0)) continue;
    let at = found.length;
    for (let before = found[at - 1]; before && order(row, before) < 0; before = found[at - 1]) at -= 1;
    found.splice(at, 0, row);
    if (found.length > many) found.pop();
  }
  return found;
}

const kept = new WeakMap<Database, Map<string, Row[]>>();
const MOST_KEPT = 8;

/** The pages of one listing come one after the other, and sorting a large table takes longer than the page. */
function keptRows(database: Database, key: string, make: () => Row[]): Row[] {
  let lists = kept.get(database);
  if (!lists) kept.set(database, (lists = new Map()));
  const rows = lists.get(key) ?? make();
  // The latest one last.
  lists.delete(key);
  lists.set(key, rows);
  const [oldest = ''] = lists.keys();
  if (lists.size > MOST_KEPT) lists.delete(oldest);
  return rows;
}

function sorted(
  database: Database,
  { model, ids, passes }: Selection,
  order: ReturnType<typeof orderOf>,
  descending: boolean,
): Row[] {
  const rows = ids
    .map((id) => database.find(model, id))
    .filter((row) => row !== undefined && (passes?.(row) ?? true)) as Row[];
  if (order) rows.sort(order);
  if (descending) rows.reverse();
  return rows;
}

function limitOf(text: string | null): number {
  const limit = numberOf(text);
  if (limit === undefined) return DEFAULT_LIMIT;
  return limit === 0 ? LARGEST : Math.min(limit, LARGEST);
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** With the parameters in alphabetical order, as Django REST framework writes them. */
function linkTo(url: URL, parameters: Record<string, string | undefined>): string {
  const next = new URL(url);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  next.searchParams.sort();
  return next.href;
}
