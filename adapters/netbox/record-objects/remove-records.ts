import type { RecordResult, WriteMore } from '#src/ports/record-objects.ts';
import { dialectOf } from './dialect.ts';
import { numbersIn } from './read-records.ts';
import { readIds } from './read-rows.ts';
import { fieldsOf, toRecord } from './record-row.ts';
import type { NetboxType } from './record-types.ts';
import { type Entry, sendBulk } from './send-bulk.ts';
import { refused, type Writing } from './writing.ts';

/** Reads each first: what is gone is said, and what is removed is given back as it was. */
export async function removeRecords(
  with_: Writing & WriteMore,
  type: NetboxType,
  objects: readonly { id: string; version: string | null }[],
): Promise<RecordResult[]> {
  const dialect = await dialectOf(with_);
  const rows = await readIds(
    with_,
    type.resource,
    numbersIn(objects.map(({ id }) => id)),
    fieldsOf(with_.system, type, with_.fields),
  );
  const records = new Map(rows.map((row) => [String(row.id), toRecord(type, row, dialect)]));
  const entries: Entry[] = [];
  const results = new Map<number, RecordResult>();
  for (const [place, { id, version }] of objects.entries()) {
    const record = records.get(id);
    if (!record) results.set(place, { outcome: 'gone' });
    else if (version !== null && record.version !== null && version !== record.version)
      results.set(place, { outcome: 'stale' });
    else if (!entries.some((entry) => String(entry.id) === id))
      entries.push({ place, id: Number(id), version: dialect.versioned ? version : null, body: {} });
  }
  const sent = await sendBulk(with_, { method: 'DELETE', type, entries, size: with_.settings.bulkSize });
  const left = dialect.labelled ? new Set<number>() : await stillThere(with_, type, entries);
  for (const { place, id } of entries) {
    const result = sent.get(place);
    const record = records.get(String(id));
    if (!result || !record) continue;
    if (result.outcome !== 'written') results.set(place, result);
    else if (id !== undefined && left.has(id)) {
      results.set(place, refused(`the token's user lacks the permission "delete" on this ${type.name}`));
    } else results.set(place, { outcome: 'written', object: record, requestId: result.requestId });
  }
  return objects.map((_, place) => results.get(place) ?? { outcome: 'gone' });
}

/** Before 4.7 objects that the user may not delete are passed over in silence. */
async function stillThere(with_: Writing, type: NetboxType, entries: readonly Entry[]): Promise<Set<number>> {
  const ids = entries.flatMap(({ id }) => (id === undefined ? [] : [id]));
  return new Set((await readIds(with_, type.resource, ids, ['id'])).map((row) => row.id));
}
