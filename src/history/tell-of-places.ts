import type { Knex } from 'knex';
import type { Subject } from '../core/event.ts';
import { firstSeen, setFirstSeen } from './asset-store.ts';
import { insertEvents, retractEvents } from './belief-store.ts';
import type { Moment, Place } from './derive/look.ts';
import { derivedId, type DerivedEvent } from './derive/tell.ts';
import { loadRuns, type Run } from './run-store.ts';
import { loadInventories } from './snapshot-store.ts';
import { databaseNow } from './clock-store.ts';

/** On a place's own timeline: since when a source says what it says, and when the place was first seen. */
export async function tellOfRuns(
  db: Knex.Transaction,
  changed: { places: ReadonlyMap<string, Place>; added: readonly Run[]; removed: readonly Run[] },
): Promise<void> {
  const { added, removed } = changed;
  if (added.length + removed.length === 0) return;
  const now = await databaseNow(db);
  const inventories = await loadInventories(
    db,
    [...added, ...removed].map(({ inventoryId }) => inventoryId),
  );
  const eventOf = (run: Run): DerivedEvent => {
    const place = changed.places.get(run.placeId) ?? { type: 'asset', id: run.placeId };
    const inventory = inventories.get(run.inventoryId);
    return collected(place, run, inventory?.hash ?? '', inventory?.shows.length ?? 0);
  };
  const gone = removed.map(eventOf);
  const fresh = added.map(eventOf);
  const kept = new Set(gone.map(({ id }) => id).filter((id) => fresh.some((event) => event.id === id)));
  await retractEvents(
    db,
    gone.filter(({ id }) => !kept.has(id)).map(({ id }) => ({ id, recordedAt: now, retractedAt: now })),
  );
  await insertEvents(
    db,
    fresh.filter(({ id }) => !kept.has(id)).map((event) => ({ event, recordedAt: now })),
  );
  await tellFirstSeen(db, changed, now);
}

function collected(place: Place, run: Run, hash: string, parts: number): DerivedEvent {
  const subjects: Subject[] = [{ type: place.type, id: place.id }];
  return {
    id: derivedId('LOG_COLLECTED', run.first, subjects, `${run.source} ${hash}`),
    type: 'LOG_COLLECTED',
    at: run.first,
    subjects,
    sentence: `${run.source}: something new was collected, with ${parts} part(s)`,
    data: { source: run.source, inventory: hash, parts },
  };
}

async function tellFirstSeen(
  db: Knex.Transaction,
  changed: { places: ReadonlyMap<string, Place>; added: readonly Run[]; removed: readonly Run[] },
  now: Moment,
): Promise<void> {
  const assets = [...new Set([...changed.added, ...changed.removed].map(({ placeId }) => placeId))].filter(
    (id) => changed.places.get(id)?.type === 'asset',
  );
  const known = await firstSeen(db, assets);
  const lines: DerivedEvent[] = [];
  const withdrawn: string[] = [];
  const moments = new Map<string, Moment | null>();
  for (const id of assets) {
    const before = known.get(id) ?? null;
    const earliest = await earliestAt(db, id, before, changed);
    if (earliest === before) continue;
    if (before !== null) withdrawn.push(seen(id, before).id);
    if (earliest !== null) lines.push(seen(id, earliest));
    moments.set(id, earliest);
  }
  await setFirstSeen(db, moments);
  await retractEvents(
    db,
    withdrawn.map((id) => ({ id, recordedAt: now, retractedAt: now })),
  );
  await insertEvents(
    db,
    lines.map((event) => ({ event, recordedAt: now })),
  );
}

/** Nothing was taken away: then it is the earlier of two. */
async function earliestAt(
  db: Knex,
  id: string,
  before: Moment | null,
  { added, removed }: { added: readonly Run[]; removed: readonly Run[] },
): Promise<Moment | null> {
  const gone = removed.some((run) => run.placeId === id && run.first === before);
  const runs = gone ? await loadRuns(db, [id]) : added.filter((run) => run.placeId === id);
  const moments = [...runs.map(({ first }) => first), ...(before === null || gone ? [] : [before])];
  return moments.toSorted()[0] ?? null;
}

function seen(assetId: string, at: Moment): DerivedEvent {
  const subjects: Subject[] = [{ type: 'asset', id: assetId }];
  return {
    id: derivedId('FIRST_SEEN', at, subjects, ''),
    type: 'FIRST_SEEN',
    at,
    subjects,
    sentence: 'Seen for the first time',
    data: {},
  };
}
