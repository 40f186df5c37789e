import type { Knex } from 'knex';
import { fromJsonOrNull } from '../core/json.ts';
import { toIso, toSql } from '../core/time.ts';
import type { EffectClass } from './effect.ts';

export interface EffectRow {
  state: 'intended' | 'sent' | 'done' | 'refused' | 'parked';
  result: unknown;
  fence: number;
  jobId: string;
  sentAt: Date | null;
  /** How often it was marked as sent. */
  sends: number;
}

export async function intendEffect(
  db: Knex,
  effect: {
    key: string;
    adapter: string;
    operation: string;
    class: EffectClass;
    request: unknown;
    jobId: string;
    fence: number;
    now: Date;
  },
): Promise<EffectRow> {
  await db.raw(
    `INSERT IGNORE INTO effects (effect_key, adapter, operation, class, state, request, job_id, fence, intended_at)
     VALUES (?, ?, ?, ?, 'intended', ?, ?, ?, ?)`,
    [
      effect.key,
      effect.adapter,
      effect.operation,
      effect.class,
      JSON.stringify(effect.request),
      effect.jobId,
      effect.fence,
      toSql(effect.now),
    ],
  );
  const [row] = await db('effects').where({ effect_key: effect.key }).select('*');
  return {
    state: row.state,
    result: fromJsonOrNull(row.result),
    fence: row.fence,
    jobId: row.job_id,
    sentAt: row.sent_at === null ? null : new Date(toIso(row.sent_at)),
    sends: row.sends,
  };
}

/** Compare-and-set on the state, the sender and the count that were read, so that of two runs one sends. */
export async function markSent(
  db: Knex,
  key: string,
  seen: Pick<EffectRow, 'state' | 'fence' | 'jobId' | 'sends'>,
  by: { jobId: string; fence: number; now: Date },
): Promise<boolean> {
  const changed = await db('effects')
    .where({ effect_key: key, state: seen.state, fence: seen.fence, job_id: seen.jobId, sends: seen.sends })
    .update({ state: 'sent', job_id: by.jobId, fence: by.fence, sent_at: toSql(by.now), sends: db.raw('sends + 1') });
  return changed === 1;
}

/** What came back is a fact whoever recorded the sending: only a result that is already there is not overwritten. */
export async function markDone(db: Knex, key: string, result: unknown, now: Date): Promise<void> {
  await db('effects')
    .where({ effect_key: key })
    .whereNot({ state: 'done' })
    .update({ state: 'done', result: JSON.stringify(result ?? null), error: null, finished_at: toSql(now) });
}

/** The other side said no: nothing happened, a later attempt may send again. */
export async function markRefused(
  db: Knex,
  key: string,
  by: { jobId: string; fence: number },
  error: Record<string, unknown>,
): Promise<void> {
  await db('effects')
    .where({ effect_key: key, state: 'sent', job_id: by.jobId, fence: by.fence })
    .update({ state: 'refused', error: JSON.stringify(error) });
}

export async function markParked(db: Knex, key: string, error: Record<string, unknown>): Promise<void> {
  await db('effects')
    .where({ effect_key: key, state: 'sent' })
    .update({ state: 'parked', error: JSON.stringify(error) });
}
