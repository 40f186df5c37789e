import type { RawPage } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordObject, RecordPage, RecordQuery } from '#src/ports/record-objects.ts';
import { dialectOf } from './dialect.ts';
import { incomplete, LIMIT, notAskedFor, readCounted, readIds, type Reading, readOfDevices } from './read-rows.ts';
import { fieldsOf, toRecord } from './record-row.ts';
import type { NetboxType } from './record-types.ts';

export async function countRecords({ client, system, signal }: Reading, type: NetboxType): Promise<number> {
  const { count } = await client.readPage(type.resource, { filters: {}, fields: ['id'], limit: 1 }, { signal });
  if (count === null) throw incomplete(system, type.resource, 'a page without a count');
  return count;
}

/**
 * By id, from 4.6 on with NetBox's own cursor, which does not count and so stays fast at the end of a large table. What a last page of
 * it leaves out shows only against `count`. Before, by the id too, with the count of what is left.
 */
export async function readPage(
  with_: Reading,
  type: NetboxType,
  query: RecordQuery & { after: string | null },
): Promise<RecordPage> {
  const { system } = with_;
  const after = query.after === null ? 0 : Number(query.after);
  if (!Number.isSafeInteger(after))
    throw new AdapterError('rejected', `${system}: no page is after "${query.after}"`, { system });
  const dialect = await dialectOf(with_);
  const fields = fieldsOf(system, type, query.fields);
  const page = dialect.versioned
    ? await readByCursor(with_, type, fields, after)
    : await readCounted(with_, type.resource, { filters: {}, fields, limit: LIMIT, after });
  return {
    objects: page.rows.map((row) => toRecord(type, row, dialect)),
    next: page.next === null ? null : String(page.rows.at(-1)?.id),
  };
}

async function readByCursor(
  { client, system, signal }: Reading,
  { resource }: NetboxType,
  fields: readonly string[],
  after: number,
): Promise<RawPage> {
  const page = await client.readPage(resource, { filters: {}, start: after + 1, fields, limit: LIMIT }, { signal });
  const { rows, next } = page;
  const first = rows[0]?.id ?? after + 1;
  const last = rows.at(-1)?.id ?? after;
  if (first <= after) throw incomplete(system, resource, `asked for ids after ${after}, got ${first}`);
  const full = next === null ? rows.length < LIMIT : rows.length === next.limit && next.start === last + 1;
  if (full) return page;
  throw incomplete(
    system,
    resource,
    `a page of ${next?.limit ?? LIMIT} after ${after} has ${rows.length} rows up to ${last}`,
  );
}

export async function readSample(with_: Reading, type: NetboxType): Promise<Record<string, unknown> | undefined> {
  const dialect = await dialectOf(with_);
  const page = await with_.client.readPage(
    type.resource,
    { filters: {}, fields: [], limit: 1 },
    { signal: with_.signal },
  );
  const [row] = page.rows;
  if (!row) return undefined;
  const { config_context: _, ...data } = toRecord(type, row, dialect).data;
  return data;
}

export async function readMany(
  with_: Reading,
  type: NetboxType,
  query: RecordQuery & { ids: readonly string[] },
): Promise<RecordObject[]> {
  const dialect = await dialectOf(with_);
  const ids = numbersIn(query.ids);
  const rows = await readIds(with_, type.resource, ids, fieldsOf(with_.system, type, query.fields));
  return rows.map((row) => toRecord(type, row, dialect));
}

export async function readOf(
  with_: Reading,
  type: NetboxType,
  query: RecordQuery & { parentIds: readonly string[] },
): Promise<RecordObject[]> {
  const { system } = with_;
  if (type.parent === null)
    throw new AdapterError('unsupported', `${system}: a ${type.name} belongs to nothing`, { system });
  const dialect = await dialectOf(with_);
  const parents = numbersIn(query.parentIds);
  const wanted = new Set(parents.map(String));
  const rows = await readOfDevices(with_, type.resource, parents, fieldsOf(system, type, query.fields));
  const records = rows.map((row) => toRecord(type, row, dialect));
  const strangers = records.filter(({ parentId }) => !wanted.has(parentId ?? ''));
  // Asked for the master of a virtual chassis, NetBox gives the addresses of all its members.
  const [stranger] = strangers;
  if (stranger && type.name !== 'ip-address')
    throw notAskedFor(system, type.resource, `${stranger.id} of device ${stranger.parentId}`);
  return strangers.length === 0 ? records : records.filter((one) => !strangers.includes(one));
}

/** What is no number is no id of NetBox's, so nothing has it. */
export function numbersIn(ids: readonly string[]): number[] {
  return [...new Set(ids)].filter((id) => /^[1-9]\d{0,15}$/.test(id)).map(Number);
}
