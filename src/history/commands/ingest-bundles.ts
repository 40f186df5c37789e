import type { Ctx, TxCtx } from '../../core/ctx.ts';
import { tx } from '../../core/tx.ts';
import { appendAll } from '../../events/append.ts';
import type { ComponentKind } from '../../ports/hardware-inventory.ts';
import { askOfTwins } from '../ask-of-twins.ts';
import { insertBundles, type KeptReport } from '../bundle-store.ts';
import { keepReadings, enteredNow, upsertComponents } from '../component-store.ts';
import type { Moment, Place } from '../derive/look.ts';
import { bundleReceived } from '../events.ts';
import { looksAtServers, type NoticeLooks } from '../notice-looks.ts';
import { findAffected } from '../find-affected.ts';
import { componentIdOf, observationIdOf, type PreparedPart, type PreparedSnapshot } from '../identity/prepare.ts';
import { isBetter, kindsBySource } from '../look-store.ts';
import { toMoment } from '../moment.ts';
import { lockForSnapshots } from '../lock-for-snapshots.ts';
import { type NotedRuns, noteRuns } from '../note-runs.ts';
import { componentsAt, insertObservations, positionalAt, knownObservations } from '../observation-store.ts';
import { rederive } from '../rederive.ts';
import { rehomeCards } from '../rehome.ts';
import type { Run } from '../run-store.ts';
import { openReviews } from '../review-store.ts';
import { ensureInventories, insertSnapshots, type Sighting } from '../snapshot-store.ts';
import { settleCards } from '../settle-cards.ts';
import { settleRuns } from '../settle-runs.ts';
import { seenPart, type SortParts } from '../sort-parts.ts';
import { tellOfRuns } from '../tell-of-places.ts';
import { tellChanges } from '../tell-changes.ts';

/** A bundle that was read: its bytes are in the object store already. */
export interface ReadBundle {
  sha256: string;
  bytes: number;
  receivedAt: Moment;
  report: KeptReport;
  snapshots: PreparedSnapshot[];
}

export interface Ingested {
  sha256: string;
  /** false: it was here before, and nothing was done. */
  isNew: boolean;
  /** Where each snapshot belongs; null: the bundle does not say, and somebody has to. */
  places: (Place | null)[];
  /** Of its places: events that were added to, and taken off, timelines. */
  added: number;
  retracted: number;
}

/**
 * Takes bundles into the history, in one transaction: all of it or nothing. Bundles that are known already change nothing. What order
 * bundles come in, how many at a time, and from how many workers at once makes no difference to the history.
 */
export async function ingestBundles(
  ctx: Ctx,
  sort: SortParts,
  bundles: readonly ReadBundle[],
  notice?: NoticeLooks,
): Promise<Ingested[]> {
  return tx(ctx, (inside) => ingestInside(inside, sort, bundles, notice), { isolation: 'read committed' });
}

export async function ingestInside(
  inside: TxCtx,
  sort: SortParts,
  bundles: readonly ReadBundle[],
  notice?: NoticeLooks,
): Promise<Ingested[]> {
  const now = uniqueMoment(inside.now());
  const each = [...new Map(bundles.map((bundle) => [bundle.sha256, bundle])).values()];
  const fresh = await insertBundles(inside.db, each);
  const taken = each.filter(({ sha256 }) => fresh.has(sha256));
  const told = await addSnapshots(
    inside,
    sort,
    taken.map((bundle) => ({ ...bundle, id: fresh.get(bundle.sha256) ?? 0 })),
    now,
  );
  await tellReceived(
    inside,
    taken.filter(({ sha256, snapshots }) => snapshots.length === 0 || told.thoughtful.has(fresh.get(sha256) ?? 0)),
  );
  await notice?.(inside, looksAtServers(taken, told.places));
  return bundles.map((bundle) => ({
    sha256: bundle.sha256,
    isNew: fresh.has(bundle.sha256),
    places: bundle.snapshots.map(({ card }) => told.places.get(card.id) ?? null),
    ...told.changes,
  }));
}

/** With microseconds of its own, so that rows which this transaction has made can be told from all others. */
function uniqueMoment(now: Date): Moment {
  return `${toMoment(now).slice(0, 23)}${String(Math.floor(Math.random() * 1000)).padStart(3, '0')}`;
}

/** Its row is written. */
export interface EnteredBundle extends ReadBundle {
  id: number;
}

interface Placed {
  snapshot: PreparedSnapshot;
  place: Place;
  bundleId: number;
}

/** Looks that were taken away in the same transaction: where, of which components, and what became of the runs. */
export interface TakenAway {
  places: ReadonlyMap<string, Place>;
  components: readonly string[];
  added: Run[];
  removed: Run[];
}

/** What snapshots of bundles that are entered already say. */
export async function addSnapshots(
  inside: TxCtx,
  sort: SortParts,
  bundles: readonly EnteredBundle[],
  now: Moment,
  taken: TakenAway = { places: new Map(), components: [], added: [], removed: [] },
): Promise<{ places: Map<string, Place>; changes: { added: number; retracted: number }; thoughtful: Set<number> }> {
  const all = bundles.flatMap(({ id, snapshots }) => snapshots.map((snapshot) => ({ snapshot, bundleId: id })));
  const settled = await settleCards(
    inside,
    all.map(({ snapshot }) => ({ card: snapshot.card, locationId: snapshot.locationId })),
    now,
  );
  const { rehomed } = settled;
  const { locked, places } = await lockForSnapshots(
    inside,
    all.map(({ snapshot }) => snapshot),
    settled.places,
    [...rehomed.flatMap(({ from, to }) => [from, to]), ...taken.places.keys()],
  );
  const placed: Placed[] = all.flatMap(({ snapshot, bundleId }) => {
    const place = places.get(snapshot.card.id);
    return place === undefined ? [] : [{ snapshot, place, bundleId }];
  });
  await reviewUnplaced(inside, bundles, places, now);
  const moved = await rehomeCards(inside, rehomed);
  const { ids, fresh } = await ensureInventories(
    inside.db,
    placed.map(({ snapshot }) => snapshot),
    now,
  );
  const unseen = placed.filter(({ snapshot }) => fresh.has(snapshot.hash.toString('hex')));
  const entered = await enterParts(inside, sort, unseen, now);
  const sightings = placed.map(({ snapshot, place, bundleId }): Sighting => ({
    placeId: place.id,
    source: snapshot.source,
    at: snapshot.collectedAt,
    inventoryId: ids.get(snapshot.hash.toString('hex')) ?? 0,
    bundleId,
  }));
  await insertSnapshots(inside.db, sightings);
  const noted = await noteRuns(inside.db, sightings);

  const affected = await findAffected(inside.db, noted);
  const ofMoved = await componentsAt(inside.db, moved.places);
  for (const id of [...entered.overtaken, ...moved.components, ...ofMoved, ...taken.components])
    affected.components.add(id);
  const revised = await rederive(inside, affected.components, now, locked, entered.fresh);
  await settleRuns(inside.db, affected.newest);
  await tellOfRuns(inside.db, {
    places: new Map([
      ...moved.places.map((id) => [id, { type: 'asset', id }] as const),
      ...taken.places,
      ...placed.map(({ place }) => [place.id, place] as const),
    ]),
    added: [...noted.flatMap(({ added }) => added), ...moved.added, ...taken.added],
    removed: [...noted.flatMap(({ removed }) => removed), ...moved.removed, ...taken.removed],
  });
  await keepReadings(inside.db, readingsOf(placed));
  const changes = await tellChanges(inside, revised, now);
  return { places, changes, thoughtful: bundlesOf(noted) };
}

/** Those that say something that was not said before. */
function bundlesOf(noted: readonly NotedRuns[]): Set<number> {
  return new Set(
    noted
      .filter(({ added, removed }) => added.length + removed.length > 0)
      .flatMap(({ sightings }) => sightings.map(({ bundleId }) => bundleId)),
  );
}

/** Components and observations of inventories that were never seen before. */
async function enterParts(
  inside: TxCtx,
  sort: SortParts,
  unseen: readonly Placed[],
  now: Moment,
): Promise<{ fresh: Set<string>; overtaken: string[] }> {
  if (unseen.length === 0) return { fresh: new Set(), overtaken: [] };
  const places = [...new Set(unseen.map(({ place }) => place.id))];
  const leads = await kindsBySource(inside.db, places);
  const better = new Set<string>();
  for (const { snapshot, place } of unseen) {
    for (const kind of new Set(snapshot.parts.map(({ part }) => part.kind))) {
      const key = `${place.id} ${kind}`;
      const lead = leads.get(key);
      if (lead !== undefined && isBetter(snapshot.source, lead)) better.add(key);
    }
  }
  const news = await unknownParts(inside, unseen);
  const parts = news.flatMap(({ snapshot, place }) =>
    snapshot.parts.map((prepared) =>
      seenPart(sort, prepared, componentIdOf(prepared, snapshot.source, place.id), place.id, describedAt(snapshot)),
    ),
  );
  await sort.enter(inside, parts);
  await upsertComponents(
    inside.db,
    parts.map(({ row }) => row),
    now,
  );
  await insertObservations(inside.db, news);
  const fresh = await enteredNow(inside.db, [...new Set(parts.map(({ row }) => row.id))], now);
  await askOfTwins(inside, [...fresh], now);
  const positional = better.size === 0 ? [] : await positionalAt(inside.db, places);
  const overtaken = positional
    .filter(({ placeId, kind }: { placeId: string; kind: ComponentKind }) => better.has(`${placeId} ${kind}`))
    .map(({ id }) => id);
  return { fresh, overtaken };
}

/** An inventory that is new is mostly made of what was seen before. */
async function unknownParts(inside: TxCtx, unseen: readonly Placed[]): Promise<Placed[]> {
  const idOf = ({ card, source }: PreparedSnapshot, { text }: PreparedPart) => observationIdOf(card, source, text);
  const known = await knownObservations(
    inside.db,
    unseen.flatMap(({ snapshot }) => snapshot.parts.map((part) => idOf(snapshot, part))),
  );
  return unseen.map((one) => {
    const parts = one.snapshot.parts.filter((part) => !known.has(idOf(one.snapshot, part)));
    return { ...one, snapshot: { ...one.snapshot, parts } };
  });
}

/** Who scans a bar code describes nothing: whatever any program says of the part is better. */
function describedAt({ source, collectedAt }: PreparedSnapshot): Moment {
  return source === 'person' ? '1970-01-01 00:00:00.000000' : collectedAt;
}

function readingsOf(placed: readonly Placed[]): { componentId: string; at: Moment; readings: string }[] {
  const newest = new Map<string, { componentId: string; at: Moment; readings: string }>();
  for (const { snapshot, place } of placed) {
    for (const prepared of snapshot.parts) {
      if (Object.keys(prepared.part.readings).length === 0) continue;
      const componentId = componentIdOf(prepared, snapshot.source, place.id);
      const before = newest.get(componentId);
      if (before !== undefined && before.at > snapshot.collectedAt) continue;
      newest.set(componentId, {
        componentId,
        at: snapshot.collectedAt,
        readings: JSON.stringify(prepared.part.readings),
      });
    }
  }
  return [...newest.values()];
}

async function reviewUnplaced(
  inside: TxCtx,
  bundles: readonly ReadBundle[],
  places: ReadonlyMap<string, Place>,
  now: Moment,
): Promise<void> {
  const lost = bundles.filter(({ snapshots }) => snapshots.some(({ card }) => !places.has(card.id)));
  await openReviews(
    inside,
    lost.map(({ sha256, report }) => ({
      kind: 'bundle-without-place',
      subject: sha256,
      evidence: {
        bundle: sha256,
        file_name: report.hint.fileName,
        snapshots: report.snapshots.map(({ source, components }) => ({ source, components })),
      },
    })),
    now,
  );
}

/** In the feed: bundles that say something that was not said before. */
async function tellReceived(inside: TxCtx, bundles: readonly ReadBundle[]): Promise<void> {
  await appendAll(
    inside,
    bundleReceived,
    bundles.map(({ sha256, bytes, report, snapshots }) => ({
      subject: { type: 'bundle', id: sha256 },
      data: { bytes, fileName: report.hint.fileName, snapshots: snapshots.length, warnings: report.warnings.length },
    })),
    { timeline: false },
  );
}
