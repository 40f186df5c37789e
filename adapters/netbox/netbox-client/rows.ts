import type { HttpAnswer, HttpRequest } from '../../../src/kit/http.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { RESOURCES, type Resource } from './resources.ts';

/** A row as it came. Only the id was looked at. */
export type RawRow = Record<string, unknown> & { id: number };

export interface RawPage {
  rows: RawRow[];
  /** All that match; null in pages that go by `start`. */
  count: number | null;
  /** What the link to the next page says; null at the end. */
  next: { limit: number; start: number | null } | null;
}

export interface PageQuery {
  filters: Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;
  /** Top-level names; none: everything but the config context, which takes NetBox longer than all the rest. */
  fields: readonly string[];
  limit: number;
  /** Least id (4.6+); goes with no `ordering`. */
  start?: number;
}

export type BulkAnswer =
  /** All were written. `rows` is empty after a DELETE. */
  | { done: true; rows: RawRow[]; requestId: string | null }
  /** None was. `body` is what NetBox says, parsed where it is JSON. */
  | { done: false; status: number; body: unknown; error: AdapterError };

export interface BulkOptions {
  signal: AbortSignal;
  /** For the change log; cut at 200 characters, which is what the column holds. */
  message: string;
  /** What the objects have to be at still (4.6+): NetBox looks for the etag of each among these. */
  etags: readonly string[];
}

/** Of these we know that nothing was written: a bulk write is one transaction. */
const REFUSALS = new Set([400, 403, 409, 412]);

/**
 * Not checked row by row with a schema: a fleet has hundreds of thousands of them. That each has an id of its own, and that they
 * ascend where that was asked for, is looked at by hand, because a page that repeats rows or leaves some out would go unnoticed.
 */
export function parsePage(system: string, path: string, text: string, ascending: boolean): RawPage {
  const fault = (what: string): AdapterError =>
    new AdapterError('malformed', `${system}: GET ${path}: ${what}`, { system });
  const page = parse(text) as { results?: unknown; count?: unknown; next?: unknown } | undefined;
  if (typeof page !== 'object' || page === null || !Array.isArray(page.results)) throw fault('no list of results');
  const rows = page.results as RawRow[];
  let last = 0;
  const seen = ascending ? undefined : new Set<number>();
  for (const row of rows) {
    const id: unknown = row?.id;
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) throw fault('a row has no id');
    if (ascending && id <= last) throw fault(`the ids do not ascend (${id} after ${last})`);
    if (seen?.has(id)) throw fault(`the row ${id} is there twice`);
    seen?.add(id);
    last = id;
  }
  return {
    rows,
    count: typeof page.count === 'number' ? page.count : null,
    next: typeof page.next === 'string' ? linkOf(page.next, fault) : null,
  };
}

function linkOf(next: string, fault: (what: string) => AdapterError): NonNullable<RawPage['next']> {
  const query = URL.parse(next)?.searchParams;
  const limit = Number(query?.get('limit'));
  if (!query || !Number.isSafeInteger(limit) || limit < 1) throw fault(`the link to the next page is none: ${next}`);
  const start = query.get('start');
  return { limit, start: start === null ? null : Number(start) };
}

export function pageRequest(resource: Resource, query: PageQuery, signal: AbortSignal): HttpRequest {
  return {
    method: 'GET',
    path: RESOURCES[resource],
    query: {
      ...query.filters,
      ...(query.fields.length > 0 ? { fields: query.fields.join(',') } : WITHOUT_CONTEXT),
      limit: query.limit,
      start: query.start,
    },
    signal,
  };
}

/** `omit` came with 4.5.2; `exclude` went with 4.7. Each is ignored by the others. */
const WITHOUT_CONTEXT = { omit: 'config_context', exclude: 'config_context' };

export function bulkRequest(
  method: 'POST' | 'PATCH' | 'DELETE',
  resource: Resource,
  entries: readonly object[],
  { signal, message, etags }: BulkOptions,
): HttpRequest {
  const changelog_message = message.slice(0, 200);
  return {
    method,
    path: RESOURCES[resource],
    // Never `fields` here: NetBox would take no others from the body either.
    query: WITHOUT_CONTEXT,
    body: entries.map((entry) => ({ ...entry, changelog_message })),
    headers: etags.length > 0 ? { 'if-match': etags.join(', ') } : {},
    signal,
  };
}

/** @throws AdapterError where it is not known what was written */
export function bulkAnswer(
  system: string,
  request: HttpRequest,
  answer: HttpAnswer,
  refusal: (answer: HttpAnswer) => AdapterError,
): BulkAnswer {
  if (answer.status === 204 && request.method === 'DELETE')
    return { done: true, rows: [], requestId: answer.headers['x-request-id'] ?? null };
  if (answer.status === 200 || answer.status === 201) {
    const page = parsePage(system, request.path, `{"results":${answer.text}}`, false);
    return { done: true, rows: page.rows, requestId: answer.headers['x-request-id'] ?? null };
  }
  const error = refusal(answer);
  const body = parse(answer.text);
  if (!REFUSALS.has(answer.status) || error.kind === 'unauthorized' || body === undefined) throw error;
  return { done: false, status: answer.status, body, error };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what is no JSON is a proxy's word, not NetBox's: the callers throw
  }
}
