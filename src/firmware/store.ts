import type { Knex } from 'knex';
import { fromJson, fromJsonOrNull } from '../core/json.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import { isDuplicate } from '../core/tx.ts';
import type { UpdateHandle } from '../ports/bmc-firmware.ts';
import type { HopState, Image, UpdateState, WantedComponent } from './model.ts';

export interface FirmwareUpdate {
  id: string;
  assetId: string;
  state: UpdateState;
  /** Empty: the policy's baseline. */
  wanted: WantedComponent[];
  mayReset: boolean;
  reason: string;
  requestedBy: string;
  requestedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  error: string | null;
}

/** What a step was handed on as, and when the start of what is staged was asked for: set right before that request goes out. */
export interface KeptHandle extends UpdateHandle {
  startAnnouncedAt?: string;
}

export interface Hop {
  updateId: string;
  number: number;
  component: string;
  name: string;
  from: string | null;
  to: string;
  image: Image;
  state: HopState;
  /** Updates that the BMC was busy with before: those are not ours. */
  knownTasks: string[];
  /** Set right before the request that starts it goes out; from then on it is never sent again. */
  announcedAt: string | null;
  handle: KeptHandle | null;
  resetAnnouncedAt: string | null;
  /** Since when the BMC says no more of it, and shows another version. */
  quietSince: string | null;
  backAnnouncedAt: string | null;
  said: string | null;
  percent: number | null;
  why: string | null;
  endedAt: string | null;
}

/** @returns false where one is open for this server already */
export async function insertUpdate(
  db: Knex.Transaction,
  update: Omit<FirmwareUpdate, 'state' | 'startedAt' | 'finishedAt' | 'error'>,
): Promise<boolean> {
  try {
    await db('firmware_updates').insert({
      id: update.id,
      asset_id: update.assetId,
      state: 'requested',
      wanted: JSON.stringify(update.wanted),
      may_reset: update.mayReset,
      reason: update.reason,
      requested_by: update.requestedBy.slice(0, 120),
      requested_at: toSql(update.requestedAt),
    });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

export async function lockUpdate(db: Knex.Transaction, id: string): Promise<FirmwareUpdate | undefined> {
  const [row] = await db('firmware_updates').where({ id }).forUpdate().select('*');
  return row && toUpdate(row);
}

export async function endUpdate(
  db: Knex.Transaction,
  id: string,
  end: { state: 'done' | 'failed'; error: string | null; now: Date },
): Promise<void> {
  await db('firmware_updates')
    .where({ id })
    .update({ state: end.state, error: end.error?.slice(0, 2000) ?? null, finished_at: toSql(end.now) });
}

export async function beginUpdate(db: Knex.Transaction, id: string, now: Date): Promise<void> {
  await db('firmware_updates')
    .where({ id })
    .update({ state: 'running', started_at: toSql(now) });
}

export async function insertHops(
  db: Knex.Transaction,
  hops: readonly Pick<Hop, 'updateId' | 'number' | 'component' | 'name' | 'from' | 'to' | 'image'>[],
): Promise<void> {
  for (const hop of hops)
    await db('firmware_hops').insert({
      update_id: hop.updateId,
      number: hop.number,
      component: hop.component,
      name: hop.name.slice(0, 255),
      from_version: hop.from?.slice(0, 120) ?? null,
      to_version: hop.to,
      image: JSON.stringify(hop.image),
      state: 'planned',
    });
}

type HopOf = Pick<Hop, 'updateId' | 'number'>;
type HopChanges = Partial<
  Pick<Hop, 'state' | 'knownTasks' | 'handle' | 'quietSince' | 'said' | 'percent' | 'why' | 'endedAt'>
>;

export async function updateHop(db: Knex, { updateId, number }: HopOf, changes: HopChanges): Promise<void> {
  const { state, knownTasks, handle, quietSince, said, percent, why, endedAt } = changes;
  const time = (value: string | null | undefined) => (typeof value === 'string' ? toSql(value) : value);
  const columns = {
    state,
    known_tasks: knownTasks && JSON.stringify(knownTasks),
    handle: handle && JSON.stringify(handle),
    quiet_since: time(quietSince),
    said: said?.slice(0, 500),
    percent: typeof percent === 'number' ? Math.round(Math.min(Math.max(percent, 0), 100)) : percent,
    why: why?.slice(0, 1000),
    ended_at: time(endedAt),
  };
  const given = Object.entries(columns).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  await db('firmware_hops').where({ update_id: updateId, number }).update(Object.fromEntries(given));
}

const ANNOUNCED = { start: 'announced_at', reset: 'reset_announced_at', back: 'back_announced_at' } as const;
export type Announced = keyof typeof ANNOUNCED;

/** @returns false where that was announced before: then it may have been sent, and is not sent again */
export async function announceHop(
  db: Knex.Transaction,
  { updateId, number }: HopOf,
  what: Announced,
  now: Date,
): Promise<boolean> {
  const column = ANNOUNCED[what];
  const changed = await db('firmware_hops')
    .where({ update_id: updateId, number })
    .whereNull(column)
    .update({ [column]: toSql(now) });
  return changed === 1;
}

/** The BMC said no, or was certainly never asked. */
export async function takeBackAnnouncement(
  db: Knex.Transaction,
  { updateId, number }: HopOf,
  what: Announced,
): Promise<void> {
  await db('firmware_hops')
    .where({ update_id: updateId, number })
    .update({ [ANNOUNCED[what]]: null });
}

export function toUpdate(row: Record<string, unknown>): FirmwareUpdate {
  return {
    id: String(row['id']),
    assetId: String(row['asset_id']),
    state: row['state'] as UpdateState,
    wanted: fromJson<WantedComponent[]>(row['wanted']),
    mayReset: Boolean(row['may_reset']),
    reason: String(row['reason']),
    requestedBy: String(row['requested_by']),
    requestedAt: toIso(String(row['requested_at'])),
    startedAt: toIsoOrNull(row['started_at'] as string | null),
    finishedAt: toIsoOrNull(row['finished_at'] as string | null),
    error: row['error'] as string | null,
  };
}

export function toHop(row: Record<string, unknown>): Hop {
  return {
    updateId: String(row['update_id']),
    number: Number(row['number']),
    component: String(row['component']),
    name: String(row['name']),
    from: row['from_version'] as string | null,
    to: String(row['to_version']),
    image: fromJson<Image>(row['image']),
    state: row['state'] as HopState,
    knownTasks: fromJsonOrNull<string[]>(row['known_tasks']) ?? [],
    announcedAt: toIsoOrNull(row['announced_at'] as string | null),
    handle: fromJsonOrNull<KeptHandle>(row['handle']),
    resetAnnouncedAt: toIsoOrNull(row['reset_announced_at'] as string | null),
    quietSince: toIsoOrNull(row['quiet_since'] as string | null),
    backAnnouncedAt: toIsoOrNull(row['back_announced_at'] as string | null),
    said: row['said'] as string | null,
    percent: row['percent'] === null ? null : Number(row['percent']),
    why: row['why'] as string | null,
    endedAt: toIsoOrNull(row['ended_at'] as string | null),
  };
}
