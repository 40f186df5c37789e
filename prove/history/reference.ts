import type { FleetCase } from './fleet-case.ts';
import { looksAt, type Look, type PlacedSnapshot, type Place, placeSnapshots } from './reference-looks.ts';
import { lifeOf, type Life, type Stay } from './reference-stays.ts';
import { SOURCES } from '#src/ports/bundle-format.ts';
import { COMPONENT_KINDS } from '#src/ports/hardware-inventory.ts';

export interface InstallationLine {
  component: string;
  place: Place;
  slot: string | null;
  installedAfter: string | null;
  installedAt: string;
  removedAfter: string | null;
  removedAt: string | null;
  reason: string | null;
}

/** What happened, once per event; its subjects are the component and the places. */
export interface EventLine {
  type: string;
  at: string;
  component: string | null;
  /** On whose timelines it stands beside the component's. */
  places: string[];
  data: Record<string, string | number | null>;
}

export interface Truth {
  installations: InstallationLine[];
  events: EventLine[];
  snapshots: PlacedSnapshot[];
}

/** The whole history from all snapshots at once: sorts everything first, remembers nothing, saves nothing. */
export function referenceOf(fleet: FleetCase): Truth {
  const snapshots = placeSnapshots(fleet);
  const ids = new Set(snapshots.flatMap(({ parts }) => parts.map(({ id }) => id)));
  const truth: Truth = { installations: [], events: placeEvents(snapshots), snapshots };
  for (const id of ids) {
    const looks = looksAt(id, snapshots);
    if (looks.length === 0) continue;
    const life = lifeOf(looks);
    const failures = fleet.failures
      .filter((one) => one.componentId === id && one.confidence >= 0.5)
      .map(({ at }) => at);
    const ends = life.stays.map((stay) => endsOf(stay, life, looks, failures));
    for (const end of ends) truth.installations.push(...installationsOf(id, end));
    const about = describe(id, snapshots);
    for (const event of componentEvents(id, life, ends, looks))
      truth.events.push({ ...event, data: { ...event.data, ...about } });
  }
  return truth;
}

/** A card that several sources call differently is what the most telling of them calls it. */
function describe(id: string, snapshots: readonly PlacedSnapshot[]): { kind: string; serial: string | null } {
  const shown = snapshots.flatMap(({ parts }) => parts).filter((part) => part.id === id);
  const kind = COMPONENT_KINDS.find((one) => shown.some((part) => part.kind === one));
  return { kind: kind ?? '', serial: shown[0]?.serial ?? null };
}

interface Ends {
  stay: Stay;
  installedAfter: string | null;
  removedAt: string | null;
  reason: string | null;
  /** A stay elsewhere begins at its end. */
  movedTo: Stay[];
}

function endsOf(stay: Stay, life: Life, looks: readonly Look[], failures: readonly string[]): Ends {
  const elsewhere = life.stays.filter(({ place }) => place.id !== stay.place.id);
  const here = life.absences.filter(({ placeId }) => placeId === stay.place.id).map(({ at }) => at);
  const before = [...here, ...elsewhere.map(({ last }) => last)].filter((at) => at < stay.first).toSorted();
  const after = [...here, ...elsewhere.map(({ first }) => first)].filter((at) => at > stay.last).toSorted();
  const next = life.stays
    .filter(({ place, first }) => place.id === stay.place.id && first > stay.last)
    .map(({ first }) => first)
    .toSorted()[0];
  const removedAt = after[0] !== undefined && (next === undefined || after[0] < next) ? after[0] : null;
  const movedTo = elsewhere.filter(({ first }) => first === removedAt);
  const said = looks
    .filter(
      ({ named, reason: why, place, at }) =>
        named && why !== 'unknown' && place.id === stay.place.id && at > stay.last && (next === undefined || at < next),
    )
    .toSorted((a, b) => (a.at + a.reason < b.at + b.reason ? -1 : 1))
    .at(0);
  const failed = removedAt !== null && failures.some((at) => stay.first <= at && at <= removedAt);
  const reason = (): string => {
    if (said) return said.reason ?? 'unknown';
    if (failed) return 'failed';
    return movedTo.length > 0 ? 'moved' : 'unknown';
  };
  return {
    stay,
    installedAfter: before.at(-1) ?? null,
    removedAt,
    reason: removedAt === null ? null : reason(),
    movedTo,
  };
}

/** The stay in pieces of one slot each. */
function installationsOf(component: string, { stay, installedAfter, removedAt, reason }: Ends): InstallationLine[] {
  const named = bestOf(stay.sightings, ({ slot }) => slot);
  const lines: InstallationLine[] = [];
  const base = { component, place: stay.place };
  let last = stay.first;
  let open: InstallationLine = {
    ...base,
    slot: named[0]?.value ?? null,
    installedAfter,
    installedAt: stay.first,
    removedAfter: null,
    removedAt: null,
    reason: null,
  };
  for (const { at, value } of named) {
    if (value !== open.slot) {
      lines.push({ ...open, removedAfter: last, removedAt: at, reason: 'moved' });
      open = {
        ...base,
        slot: value,
        installedAfter: last,
        installedAt: at,
        removedAfter: null,
        removedAt: null,
        reason: null,
      };
    }
    last = at;
  }
  lines.push({ ...open, removedAfter: removedAt === null ? null : stay.last, removedAt, reason });
  return lines;
}

/** What the best source that names it at all says of it, in the order of time. */
function bestOf(
  sightings: readonly Look[],
  valueOf: (look: Look) => string | null,
): { at: string; value: string; place: Place }[] {
  const best = SOURCES.find((source) => sightings.some((look) => look.source === source && valueOf(look) !== null));
  return sightings
    .filter(({ source }) => source === best)
    .flatMap((look) => {
      const value = valueOf(look);
      return value === null ? [] : [{ at: look.at, value, place: look.place }];
    })
    .toSorted((a, b) => (a.at === b.at ? Number(a.value > b.value) - 0.5 : Number(a.at > b.at) - 0.5));
}

function componentEvents(component: string, life: Life, ends: readonly Ends[], looks: readonly Look[]): EventLine[] {
  const events: EventLine[] = [];
  const sightings = looks.filter(({ there }) => there);
  const first = sightings.map(({ at }) => at).toSorted()[0] ?? '';
  events.push({ type: 'FIRST_SEEN', at: first, component, places: [], data: { after: null } });
  for (const { at, stays } of life.conflicts) {
    const places = stays.map(({ place }) => place.id).toSorted();
    const [one, other] = [places[0] ?? '', places[1] ?? ''];
    events.push({ type: 'CONFLICTING_SIGHTING', at, component, places, data: { after: null, one, other } });
  }
  for (const end of ends) {
    const { stay, installedAfter, removedAt, reason, movedTo } = end;
    const lines = installationsOf(component, end);
    const slot = lines[0]?.slot ?? null;
    const [at, here] = [stay.first, stay.place.id];
    const cameFrom = ends.filter((other) => other.movedTo.includes(stay));
    if (cameFrom.length === 0) {
      const type = stay.place.type === 'asset' ? 'INSTALLED' : 'STORED';
      events.push({ type, at, component, places: [here], data: { after: installedAfter, slot } });
    }
    for (const { stay: left } of cameFrom) {
      const data = { after: left.last, from: left.place.id, to: here, slot };
      events.push({ type: 'MOVED', at, component, places: [left.place.id, here], data });
    }
    if (removedAt !== null && movedTo.length === 0) {
      const data = { after: stay.last, slot: lines.at(-1)?.slot ?? null, reason };
      events.push({ type: 'REMOVED', at: removedAt, component, places: [here], data });
    }
    events.push(
      ...changes(
        'SLOT_CHANGED',
        component,
        bestOf(stay.sightings, (look) => look.slot),
      ),
    );
  }
  const byPlace = [...Map.groupBy(sightings, ({ place }) => place.id).values()];
  for (const some of life.conflicts.length > 0 ? byPlace : [sightings])
    events.push(
      ...changes(
        'FIRMWARE_CHANGED',
        component,
        bestOf(some, ({ firmware }) => firmware),
      ),
    );
  return events;
}

function changes(
  type: string,
  component: string,
  values: readonly { at: string; value: string; place: Place }[],
): EventLine[] {
  return values.flatMap(({ at, value, place }, index) => {
    const before = values[index - 1];
    if (before === undefined || before.value === value) return [];
    return [{ type, at, component, places: [place.id], data: { after: before.at, from: before.value, to: value } }];
  });
}

/** On the places' own timelines: since when a source says what it says, and the first look at a server. */
function placeEvents(snapshots: readonly PlacedSnapshot[]): EventLine[] {
  const events: EventLine[] = [];
  for (const own of Map.groupBy(snapshots, ({ place, source }) => `${place.id} ${source}`).values()) {
    const moments = [...new Set(own.map(({ at }) => at))].toSorted();
    let before: string[] = [];
    for (const at of moments) {
      const now = [...new Set(own.filter((one) => one.at === at).map(({ says }) => says))];
      for (const says of now) {
        const goesOn = before.includes(says) && before.length === 1 && now.length === 1;
        if (!goesOn)
          events.push({
            type: 'LOG_COLLECTED',
            at,
            component: null,
            places: [own[0]?.place.id ?? ''],
            data: { source: own[0]?.source ?? '' },
          });
      }
      before = now;
    }
  }
  for (const own of Map.groupBy(snapshots, ({ place }) => place.id).values()) {
    const place = own[0]?.place;
    const [at] = own.map((one) => one.at).toSorted();
    if (place?.type === 'asset' && at !== undefined)
      events.push({ type: 'FIRST_SEEN', at, component: null, places: [place.id], data: {} });
  }
  return events;
}
