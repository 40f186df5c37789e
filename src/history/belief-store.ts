import type { Knex } from 'knex';
import { idFrom } from '../core/id.ts';
import { fromJson } from '../core/json.ts';
import { inParts, insertRows } from '../core/insert-rows.ts';
import type { Subject } from '../core/event.ts';
import type { History, Installation } from './derive/derive.ts';
import type { Moment } from './derive/look.ts';
import { type DerivedEvent, tell, type Told } from './derive/tell.ts';
import { justAfter } from './moment.ts';

/** Who says derived events. */
export const DERIVER = 'history';

/** What is believed of a component and what the looks say now. */
export interface Revision {
  component: Told;
  history: History;
  /** It cannot have a past in the database, so none is looked for. */
  fresh: boolean;
}

export interface Revised {
  componentId: string;
  added: DerivedEvent[];
  retracted: { type: string; id: string; at: Moment; data: Record<string, unknown> }[];
  installations: boolean;
}

const INSTALLATION = [
  'id',
  'component_id',
  'asset_id',
  'location_id',
  'slot',
  'installed_after',
  'installed_at',
  'removed_after',
  'removed_at',
  'removal_reason',
  'recorded_at',
];

/**
 * Makes what is believed equal to what the looks say, and touches only what differs: what is not supported any more is retracted, never
 * deleted; what is supported still keeps the time at which it became known.
 */
export async function revise(db: Knex.Transaction, revisions: readonly Revision[], now: Moment): Promise<Revised[]> {
  const old = revisions.filter(({ fresh }) => !fresh).map(({ component }) => component.id);
  const believed = await believedInstallations(db, old);
  const told = await believedEvents(db, old);
  const work = {
    insert: [] as unknown[][],
    retract: [] as unknown[][],
    events: [] as TimelineLine[],
    withdrawn: [] as Withdrawn[],
  };
  const revised: Revised[] = [];
  for (const { component, history } of revisions) {
    const was = believed.get(component.id) ?? [];
    const events = told.get(component.id) ?? [];
    const at = afterAll(now, [...was, ...events]);
    const installations = reviseInstallations(component.id, history.installations, was, at, work);
    revised.push({ componentId: component.id, installations, ...reviseEvents(component, history, events, at, work) });
  }
  await insertRows(db, 'retracted_installations', [...INSTALLATION, 'retracted_at'], work.retract);
  await inParts(
    work.retract.map(([id]) => id as string),
    async (part) => {
      await db('installations').whereIn('id', part).delete();
      return [];
    },
  );
  await insertRows(db, 'installations', INSTALLATION, work.insert);
  await retractEvents(db, work.withdrawn);
  await insertEvents(db, work.events);
  return revised;
}

/** A new belief begins after those that it replaces, whatever the clocks of two hosts say. */
function afterAll(now: Moment, replaced: readonly { recordedAt: Moment }[]): Moment {
  let at = now;
  for (const { recordedAt } of replaced) if (recordedAt >= at) at = justAfter(recordedAt);
  return at;
}

interface Believed {
  id: string;
  recordedAt: Moment;
  /** All columns before `recorded_at`. */
  values: unknown[];
}

function reviseInstallations(
  componentId: string,
  wanted: readonly Installation[],
  was: readonly Believed[],
  at: Moment,
  work: { insert: unknown[][]; retract: unknown[][] },
): boolean {
  const rows = new Map(wanted.map((one) => rowOf(componentId, one)).map((row) => [String(row[0]), row]));
  let changed = false;
  const kept = new Set<string>();
  for (const { id, recordedAt, values } of was) {
    const same = rows.get(id);
    if (same !== undefined && same.every((value, index) => value === values[index])) {
      kept.add(id);
      continue;
    }
    changed = true;
    work.retract.push([...values, recordedAt, at]);
  }
  for (const [id, row] of rows) {
    if (kept.has(id)) continue;
    changed = true;
    work.insert.push([...row, at]);
  }
  return changed;
}

function rowOf(componentId: string, one: Installation): unknown[] {
  return [
    idFrom('installation', componentId, one.place.id, one.installedAt, one.slot ?? ''),
    componentId,
    one.place.type === 'asset' ? one.place.id : null,
    one.place.type === 'location' ? one.place.id : null,
    one.slot,
    one.installedAfter,
    one.installedAt,
    one.removedAfter,
    one.removedAt,
    one.removalReason,
  ];
}

async function believedInstallations(db: Knex, componentIds: readonly string[]): Promise<Map<string, Believed[]>> {
  const rows: Record<string, unknown>[] = await inParts(componentIds, (part) =>
    db('installations').whereIn('component_id', part).select(INSTALLATION),
  );
  const found = new Map<string, Believed[]>();
  for (const row of rows) {
    const values = INSTALLATION.slice(0, -1).map((column) => row[column]);
    const id = String(row['component_id']);
    found.set(id, [
      ...(found.get(id) ?? []),
      { id: String(row['id']), recordedAt: String(row['recorded_at']), values },
    ]);
  }
  return found;
}

interface BelievedEvent {
  id: string;
  type: string;
  at: Moment;
  data: string;
  recordedAt: Moment;
}

interface TimelineLine {
  event: DerivedEvent;
  recordedAt: Moment;
}

interface Withdrawn {
  id: string;
  recordedAt: Moment;
  retractedAt: Moment;
}

function reviseEvents(
  component: Told,
  history: History,
  was: readonly BelievedEvent[],
  at: Moment,
  work: { events: TimelineLine[]; withdrawn: Withdrawn[] },
): Pick<Revised, 'added' | 'retracted'> {
  const wanted = new Map(
    history.happenings.map((happening) => tell(component, happening)).map((event) => [event.id, event]),
  );
  const added: DerivedEvent[] = [];
  const retracted: Revised['retracted'] = [];
  const kept = new Set<string>();
  for (const old of was) {
    const event = wanted.get(old.id);
    if (event !== undefined && JSON.stringify(event.data) === old.data) {
      kept.add(old.id);
      continue;
    }
    // Of one that only knows its bracket better now, nobody needs to be told that it was taken back.
    if (event === undefined) retracted.push({ type: old.type, id: old.id, at: old.at, data: fromJson(old.data) });
    work.withdrawn.push({ id: old.id, recordedAt: old.recordedAt, retractedAt: at });
  }
  const before = new Set(was.map(({ id }) => id));
  for (const event of wanted.values()) {
    if (kept.has(event.id)) continue;
    if (!before.has(event.id)) added.push(event);
    work.events.push({ event, recordedAt: at });
  }
  return { added, retracted };
}

async function believedEvents(db: Knex, componentIds: readonly string[]): Promise<Map<string, BelievedEvent[]>> {
  const rows: Record<string, unknown>[] = await inParts(componentIds, (part) =>
    db('timeline_events')
      .where({ subject_type: 'component', actor: DERIVER })
      .whereIn('subject_id', part)
      .whereNull('retracted_at')
      .select('subject_id', 'id', 'type', 'timestamp', 'data', 'recorded_at'),
  );
  const found = new Map<string, BelievedEvent[]>();
  for (const row of rows) {
    const id = String(row['subject_id']);
    const event = {
      id: String(row['id']),
      type: String(row['type']),
      at: String(row['timestamp']),
      data: String(row['data']),
      recordedAt: String(row['recorded_at']),
    };
    found.set(id, [...(found.get(id) ?? []), event]);
  }
  return found;
}

export async function retractEvents(db: Knex.Transaction, withdrawn: readonly Withdrawn[]): Promise<void> {
  const byMoment = Map.groupBy(withdrawn, ({ retractedAt }) => retractedAt);
  for (const [retractedAt, some] of byMoment) {
    await inParts(
      some.map(({ id }) => id),
      async (part) => {
        await db('timeline_events').whereIn('id', part).whereNull('retracted_at').update({ retracted_at: retractedAt });
        return [];
      },
    );
  }
}

/** Derived events stand on timelines only; the feed is told once per upload and server. */
export async function insertEvents(db: Knex.Transaction, lines: readonly TimelineLine[]): Promise<void> {
  await insertRows(
    db,
    'timeline_events',
    ['subject_type', 'subject_id', 'timestamp', 'id', 'type', 'sentence', 'actor', 'cause', 'data', 'recorded_at'],
    lines.flatMap(({ event, recordedAt }) => {
      const data = JSON.stringify(event.data);
      return event.subjects.map((subject: Subject) => [
        subject.type,
        subject.id,
        event.at,
        event.id,
        event.type,
        event.sentence.slice(0, 500),
        DERIVER,
        null,
        data,
        recordedAt,
      ]);
    }),
  );
}

/** For a check: says in sentences how what is believed of a component differs from a history. */
export async function believedOf(
  db: Knex,
  componentIds: readonly string[],
): Promise<(component: Told, history: History) => string[]> {
  const [installations, events] = [
    await believedInstallations(db, componentIds),
    await believedEvents(db, componentIds),
  ];
  return (component, history) => {
    const rows = new Map(
      history.installations.map((one) => rowOf(component.id, one)).map((row) => [String(row[0]), JSON.stringify(row)]),
    );
    const told = new Map(
      history.happenings.map((one) => tell(component, one)).map((event) => [event.id, JSON.stringify(event.data)]),
    );
    const was = new Map((installations.get(component.id) ?? []).map(({ id, values }) => [id, JSON.stringify(values)]));
    const said = new Map((events.get(component.id) ?? []).map(({ id, data }) => [id, data]));
    return [...differences('installation', was, rows), ...differences('event', said, told)];
  };
}

function differences(what: string, was: ReadonlyMap<string, string>, is: ReadonlyMap<string, string>): string[] {
  const gone = [...was]
    .filter(([id]) => !is.has(id))
    .map(([id, text]) => `${what} ${id} is believed, and nothing supports it: ${text}`);
  const missing = [...is].filter(([id]) => !was.has(id)).map(([id, text]) => `${what} ${id} is not believed: ${text}`);
  const other = [...is]
    .filter(([id, text]) => was.has(id) && was.get(id) !== text)
    .map(([id, text]) => `${what} ${id} is ${was.get(id)}, and should be ${text}`);
  return [...gone, ...missing, ...other];
}
