import type { TxCtx } from '../core/ctx.ts';
import { type Revised, revise } from './belief-store.ts';
import { databaseNow } from './clock-store.ts';
import { lockPlaces } from './card-store.ts';
import { type KnownComponent, lockComponents, setFirmware } from './component-store.ts';
import { derive, type History, latestFirmware } from './derive/derive.ts';
import type { Look, Moment, Place } from './derive/look.ts';
import { failuresOf } from './failure-store.ts';
import { isBetter, kindsBySource, loadLooks, loadObservations, type Sightings } from './look-store.ts';
import { closeReviews, type Finding, openReviews } from './review-store.ts';
import { unsettle } from './run-store.ts';

/**
 * Works the history of these components out again from all that was seen of them, and writes down what differs from what was believed.
 * @param locked places whose locks are held; those that the components were seen at in addition are locked here
 * @param fresh components that were entered in this transaction: there is nothing to compare them with
 */
export async function rederive(
  tx: TxCtx,
  componentIds: ReadonlySet<string>,
  now: Moment,
  locked: Set<string>,
  fresh: ReadonlySet<string> = new Set(),
): Promise<Revised[]> {
  const ids = [...componentIds];
  if (ids.length === 0) return [];
  const components = await lockComponents(tx.db, ids);
  const sightings = await sightingsUnderLock(tx, ids, locked);
  const known = [...components.values()];
  const looks = await loadLooks(tx.db, known, sightings);
  const [leads, failures] = [
    await leadsOf(tx, known),
    await failuresOf(
      tx.db,
      ids.filter((id) => !fresh.has(id)),
    ),
  ];
  const findings: Finding[] = [];
  const settled: { kind: 'component-in-two-places'; subject: string }[] = [];
  await keepFirmware(tx, known, looks);
  const revisions = known.map((component) => {
    const history = historyOf(component, looks.get(component.id) ?? [], leads, failures.get(component.id) ?? []);
    const clash = clashOf(component, history, sightings.places.get(component.id));
    if (clash) findings.push(clash);
    else if ((sightings.places.get(component.id)?.size ?? 0) > 1)
      settled.push({ kind: 'component-in-two-places', subject: component.id });
    return { component, history, fresh: fresh.has(component.id) };
  });
  const revised = await revise(tx.db, revisions, await databaseNow(tx.db));
  await openReviews(tx, findings, now);
  await closeReviews(tx, settled, now);
  // What was seen at several places, or is believed otherwise now, makes the next look at any of them worth a thought.
  const changed = new Set(revised.filter(({ installations }) => installations).map(({ componentId }) => componentId));
  const several = [...sightings.places]
    .filter(([id, places]) => places.size > 1 || changed.has(id))
    .map(([, places]) => places);
  await unsettle(tx.db, [...new Set(several.flatMap((places) => [...places.keys()]))]);
  return revised;
}

/** An inventory that comes back brings nothing new, but may bring back a version. */
async function keepFirmware(
  tx: TxCtx,
  components: readonly KnownComponent[],
  looks: ReadonlyMap<string, readonly Look[]>,
): Promise<void> {
  const changed = new Map<string, string>();
  for (const { id, firmware } of components) {
    const newest = latestFirmware(looks.get(id) ?? []);
    if (newest !== null && newest !== firmware) changed.set(id, newest);
  }
  await setFirmware(tx.db, changed);
}

/** Whoever works at a place holds its lock; a part that was seen at several takes them all. */
async function sightingsUnderLock(tx: TxCtx, ids: readonly string[], locked: Set<string>): Promise<Sightings> {
  for (;;) {
    const sightings = await loadObservations(tx.db, ids);
    const places = new Map([...sightings.places.values()].flatMap((own) => [...own]));
    const open = [...places.values()].filter(({ id }) => !locked.has(id));
    if (open.length === 0) return sightings;
    await lockPlaces(tx, open);
    for (const { id } of open) locked.add(id);
  }
}

async function leadsOf(tx: TxCtx, components: readonly KnownComponent[]): ReturnType<typeof kindsBySource> {
  const places = components.flatMap(({ identity, assetId }) =>
    identity === 'place' && assetId !== null ? [assetId] : [],
  );
  return places.length === 0 ? new Map() : kindsBySource(tx.db, [...new Set(places)]);
}

export function historyOf(
  component: KnownComponent,
  looks: readonly Look[],
  leads: Awaited<ReturnType<typeof kindsBySource>>,
  failures: readonly Moment[],
): History {
  if (component.identity === 'place') {
    const lead = leads.get(`${component.assetId} ${component.kind}`);
    const own = looks.find(({ says }) => says === 'there')?.source;
    if (own === undefined || (lead !== undefined && isBetter(lead, own))) return { installations: [], happenings: [] };
    // Its place has a name of this source's own, which says nothing to another one.
    return derive(
      looks.filter(({ source }) => source === own),
      failures,
    );
  }
  return derive(looks, failures);
}

function clashOf(
  component: KnownComponent,
  history: History,
  places: ReadonlyMap<string, Place> | undefined,
): Finding | undefined {
  const clashes = history.happenings.filter(({ type }) => type === 'CONFLICTING_SIGHTING');
  if (clashes.length === 0) return undefined;
  return {
    kind: 'component-in-two-places',
    subject: component.id,
    evidence: {
      component_id: component.id,
      kind: component.kind,
      vendor: component.vendor,
      serial: component.serial,
      places: [...(places?.values() ?? [])].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      since: clashes[0]?.at,
    },
  };
}
