import type { NetBoxClient, PageQuery, RawPage, RawRow, Resource } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';

export interface Reading {
  client: NetBoxClient;
  system: string;
  signal: AbortSignal;
}

/** NetBox's MAX_PAGE_SIZE as it comes; where it is smaller, it gives smaller pages and says so in `next`. */
export const LIMIT = 1000;
/** gunicorn refuses a request line of more than 4,094 bytes; the path of a base URL has to fit in as well. */
const LONGEST_LINE = 3_500;

/**
 * Every row that matches, ascending. Goes on after the last id, so nothing shifts while it reads, and each page is counted by the
 * server: complete, or an error.
 */
export async function readRows(
  { client, system, signal }: Reading,
  resource: Resource,
  filters: PageQuery['filters'],
  fields: readonly string[],
): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  for (let after = 0; ;) {
    const page = await readCounted({ client, system, signal }, resource, { filters, fields, limit: LIMIT, after });
    rows.push(...page.rows);
    if (page.next === null) return rows;
    after = rows.at(-1)?.id ?? 0;
  }
}

/** How often a page is asked for again whose rows and count do not fit together: NetBox counts first, and somebody may write in between. */
const ATTEMPTS = 3;

/** The next page after an id, counted. */
export async function readCounted(
  { client, system, signal }: Reading,
  resource: Resource,
  { after, ...query }: PageQuery & { after: number },
): Promise<RawPage> {
  const filters = { ...query.filters, ordering: 'id', ...(after > 0 ? { id__gt: after } : {}) };
  for (let attempt = 1; ; attempt += 1) {
    const page = await client.readPage(resource, { ...query, filters }, { signal });
    const fault = whyUncounted(page, after);
    if (fault === undefined) return page;
    if (attempt === ATTEMPTS) throw incomplete(system, resource, fault);
  }
}

/** A page in the middle is full, and the last one has what is left. */
function whyUncounted({ rows, count, next }: RawPage, after: number): string | undefined {
  const first = rows[0];
  if (first && first.id <= after) return `asked for ids after ${after}, got ${first.id}`;
  if (count === null) return 'a page without a count';
  if (next === null && rows.length !== count) return `the last page has ${rows.length} of ${count} rows`;
  if (next !== null && (rows.length !== next.limit || rows.length >= count))
    return `a page of ${next.limit} has ${rows.length} of ${count} rows`;
  return undefined;
}

/** A filter that is not known, or got lost on the way, is answered with the whole table. */
export function notAskedFor(system: string, resource: Resource, what: string): AdapterError {
  const why =
    'a filter was not obeyed: does something in front of it drop parameters, or is it older than the hub supports?';
  return incomplete(system, resource, `${what} was not asked for; ${why}`);
}

export function incomplete(system: string, resource: Resource, why: string): AdapterError {
  return new AdapterError('malformed', `${system}: the listing of ${resource} is incomplete: ${why}`, { system });
}

/** As many values as one request line takes, each time. */
export function chunksOf<T extends string | number>(
  values: readonly T[],
  filter: string,
  fields: readonly string[],
): T[][] {
  const budget = LONGEST_LINE - 150 - encodeURIComponent(fields.join(',')).length;
  const chunks: T[][] = [];
  let left = 0;
  for (const value of new Set(values)) {
    const size = filter.length + 2 + encodeURIComponent(value).length;
    const chunk = left >= size ? chunks.at(-1) : undefined;
    if (chunk) chunk.push(value);
    else {
      chunks.push([value]);
      left = budget;
    }
    left -= size;
  }
  return chunks;
}

/** All rows that have one of the values, however many values there are. */
export async function readBy(
  with_: Reading,
  resource: Resource,
  { filter, values, more = {} }: { filter: string; values: readonly (string | number)[]; more?: PageQuery['filters'] },
  fields: readonly string[],
): Promise<RawRow[]> {
  const found = new Map<number, RawRow>();
  for (const chunk of chunksOf(values, filter, fields)) {
    for (const row of await readRows(with_, resource, { ...more, [filter]: chunk }, fields)) found.set(row.id, row);
  }
  return [...found.values()];
}

/** Those of the ids that are there. @throws AdapterError malformed where others come: then the filter was not obeyed */
export async function readIds(
  with_: Reading,
  resource: Resource,
  ids: readonly number[],
  fields: readonly string[],
): Promise<RawRow[]> {
  const wanted = new Set(ids);
  const rows = await readBy(with_, resource, { filter: 'id', values: ids }, fields);
  for (const row of rows) if (!wanted.has(row.id)) throw notAskedFor(with_.system, resource, String(row.id));
  return rows;
}

/** Undefined where these credentials may not see anything of the kind. */
export async function orHidden<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AdapterError && error.status === 403) return undefined;
    throw error;
  }
}

/** Everything on these devices. A device that is gone has nothing; NetBox would refuse the whole question because of it. */
export async function readOfDevices(
  with_: Reading,
  resource: Resource,
  deviceIds: readonly number[],
  fields: readonly string[],
): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  for (const chunk of chunksOf(deviceIds, 'device_id', fields)) {
    for (let asked = chunk; asked.length > 0;) {
      try {
        rows.push(...(await readRows(with_, resource, { device_id: asked }, fields)));
        break;
      } catch (error) {
        const gone = goneDevice(error, asked);
        if (gone === undefined) throw error;
        asked = asked.filter((id) => id !== gone);
      }
    }
  }
  return rows;
}

function goneDevice(error: unknown, asked: readonly number[]): number | undefined {
  if (!(error instanceof AdapterError) || error.status !== 400) return undefined;
  const [named] = /\d+/.exec(JSON.stringify(error.detail?.['device_id'] ?? '')) ?? [];
  return asked.find((id) => String(id) === named);
}
