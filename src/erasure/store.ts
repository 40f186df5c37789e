import type { Knex } from 'knex';
import { fromJsonOrNull } from '../core/json.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import { isDuplicate } from '../core/tx.ts';
import type { EraseHandle, EraseMethod } from '../ports/drive-erase.ts';
import type { ErasureState } from './model.ts';

/**
 * What an erasure was handed on as, and when the boot that it waits for was asked for: set right before that request goes out. `restartedFor`:
 * that boot was somebody else's, who has seen that this waits for one too.
 */
export interface KeptHandle extends EraseHandle {
  restartAnnouncedAt?: string;
  restartedFor?: string;
}

/** One drive that shall be erased, is, or was. */
export interface Erasure {
  id: string;
  requestId: string;
  assetId: string;
  slot: string;
  serial: string;
  method: EraseMethod | null;
  state: ErasureState;
  /** Set right before the request goes out that erases; from then on it is never sent again. */
  announcedAt: string | null;
  handle: KeptHandle | null;
  quietSince: string | null;
  said: string | null;
  percent: number | null;
  evidence: Record<string, string>;
  /** SHA-256 of the document that says what was done. */
  document: string | null;
  why: string | null;
  reason: string;
  requestedBy: string;
  requestedAt: string;
  endedAt: string | null;
}

/** @returns false where this drive is being erased already */
export async function insertErasure(
  db: Knex.Transaction,
  erasure: Pick<
    Erasure,
    'id' | 'requestId' | 'assetId' | 'slot' | 'serial' | 'method' | 'reason' | 'requestedBy' | 'requestedAt'
  >,
): Promise<boolean> {
  try {
    await db('erasures').insert({
      id: erasure.id,
      request_id: erasure.requestId,
      asset_id: erasure.assetId,
      slot: erasure.slot,
      serial: erasure.serial,
      method: erasure.method,
      state: 'requested',
      reason: erasure.reason,
      requested_by: erasure.requestedBy.slice(0, 120),
      requested_at: toSql(erasure.requestedAt),
    });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

export async function lockErasure(db: Knex.Transaction, id: string): Promise<Erasure | undefined> {
  const [row] = await db('erasures').where({ id }).forUpdate().select('*');
  return row && toErasure(row);
}

/** All of one request, always in the same order. */
export async function lockErasures(db: Knex.Transaction, requestId: string): Promise<Erasure[]> {
  const rows = await db('erasures').where({ request_id: requestId }).orderBy('slot').forUpdate().select('*');
  return rows.map(toErasure);
}

export async function updateErasure(
  db: Knex,
  id: string,
  changes: Partial<Omit<Erasure, 'id' | 'announcedAt'>>,
): Promise<void> {
  const { method, state, handle, quietSince, said, percent, evidence, document, why, endedAt } = changes;
  const time = (value: string | null | undefined) => (typeof value === 'string' ? toSql(value) : value);
  const columns = {
    method,
    state,
    handle: handle && JSON.stringify(handle),
    quiet_since: time(quietSince),
    said: said?.slice(0, 500),
    percent: typeof percent === 'number' ? Math.round(Math.min(Math.max(percent, 0), 100)) : percent,
    evidence: evidence && JSON.stringify(evidence),
    document,
    why: why?.slice(0, 1000),
    ended_at: time(endedAt),
  };
  const given = Object.entries(columns).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  await db('erasures').where({ id }).update(Object.fromEntries(given));
}

/** @returns how many of these were not announced before and are now */
export async function announceErasures(db: Knex.Transaction, ids: readonly string[], now: Date): Promise<number> {
  let announced = 0;
  for (const id of ids)
    announced += await db('erasures')
      .where({ id })
      .whereNull('announced_at')
      .update({ announced_at: toSql(now) });
  return announced;
}

export async function takeBackErasures(db: Knex.Transaction, ids: readonly string[]): Promise<void> {
  for (const id of ids) await db('erasures').where({ id }).update({ announced_at: null });
}

export function toErasure(row: Record<string, unknown>): Erasure {
  return {
    id: String(row['id']),
    requestId: String(row['request_id']),
    assetId: String(row['asset_id']),
    slot: String(row['slot']),
    serial: String(row['serial']),
    method: row['method'] as EraseMethod | null,
    state: row['state'] as ErasureState,
    announcedAt: toIsoOrNull(row['announced_at'] as string | null),
    handle: fromJsonOrNull<KeptHandle>(row['handle']),
    quietSince: toIsoOrNull(row['quiet_since'] as string | null),
    said: row['said'] as string | null,
    percent: row['percent'] === null ? null : Number(row['percent']),
    evidence: fromJsonOrNull<Record<string, string>>(row['evidence']) ?? {},
    document: row['document'] as string | null,
    why: row['why'] as string | null,
    reason: String(row['reason']),
    requestedBy: String(row['requested_by']),
    requestedAt: toIso(String(row['requested_at'])),
    endedAt: toIsoOrNull(row['ended_at'] as string | null),
  };
}
