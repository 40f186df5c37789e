import type { RecordResult, RecordWrite } from '#src/ports/record-objects.ts';
import { completeTypes } from './complete-types.ts';
import { refuseUnknownFields } from './custom-field-names.ts';
import { dialectOf } from './dialect.ts';
import { placeMacs } from './interface-macs.ts';
import { type Item, itemOf, resolveItems } from './prepare-bodies.ts';
import { type Dialect, toRecord } from './record-row.ts';
import type { NetboxType } from './record-types.ts';
import { createResolver } from './resolve-references.ts';
import { type Entry, type Sent, sendBulk } from './send-bulk.ts';
import { ensureTags, wholeTagLists } from './tag-bodies.ts';
import type { Writing } from './writing.ts';

/** What is needed on the way is found or made first, for all of them; then they go out in bulk requests, guarded by their versions. */
export async function updateRecords(
  with_: Writing,
  type: NetboxType,
  writes: readonly RecordWrite[],
): Promise<RecordResult[]> {
  const dialect = await dialectOf(with_);
  const results = new Map<number, RecordResult>();
  for (const round of roundsOf(writes)) {
    for (const [place, result] of await updateOnce(with_, type, dialect, writes, round)) results.set(place, result);
  }
  return writes.map((_, place) => results.get(place) ?? { outcome: 'gone' });
}

/** An object that is to be written twice is written one after the other: NetBox takes it once per request. */
function roundsOf(writes: readonly RecordWrite[]): number[][] {
  const rounds: number[][] = [];
  const times = new Map<string, number>();
  for (const [place, { id }] of writes.entries()) {
    const time = times.get(id) ?? 0;
    times.set(id, time + 1);
    if (/^[1-9]\d{0,15}$/.test(id)) (rounds[time] ??= []).push(place);
  }
  return rounds;
}

async function updateOnce(
  with_: Writing,
  type: NetboxType,
  dialect: Dialect,
  writes: readonly RecordWrite[],
  places: readonly number[],
): Promise<Map<number, RecordResult>> {
  const items = new Map<number, Item>();
  const versions = new Map<number, string | null>();
  for (const place of places) {
    const write = writes[place];
    if (!write) continue;
    items.set(Number(write.id), itemOf(place, null, write.set));
    versions.set(place, dialect.versioned ? write.version : null);
  }
  const resolver = createResolver(with_);
  const all = [...items.values()];
  await refuseUnknownFields(with_, type, all);
  await completeTypes(with_, type, items);
  await resolveItems(resolver, type, all);
  await ensureTags(resolver, all);
  if (!dialect.versioned) await wholeTagLists(with_, type, items);
  if (type.name === 'interface') await placeMacs(with_, items);

  const entries: Entry[] = [];
  const results = new Map<number, RecordResult>();
  for (const [id, { place, body, refused }] of items) {
    if (refused) results.set(place, refused);
    else entries.push({ place, id, version: versions.get(place) ?? null, body });
  }
  const sent = await sendBulk(with_, { method: 'PATCH', type, entries, size: with_.settings.bulkSize });
  for (const [place, result] of sent) results.set(place, resultOf(type, dialect, result));
  return results;
}

export function resultOf(type: NetboxType, dialect: Dialect, sent: Sent): RecordResult {
  if (sent.outcome !== 'written') return sent;
  if (!sent.row) return { outcome: 'gone' };
  return { outcome: 'written', object: toRecord(type, sent.row, dialect), requestId: sent.requestId };
}
