import { z } from 'zod';
import type { Ctx } from '../core/ctx.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';

export const DeliveryState = z.enum(['pending', 'observed', 'ignored', 'unsupported', 'failed']);
export type DeliveryState = z.infer<typeof DeliveryState>;

export interface DeliverySummary {
  id: string;
  adapter: string;
  state: DeliveryState;
  reason: string | null;
  attempts: number;
  receivedAt: string;
  handledAt: string | null;
  bytes: number;
}

/** Latest received first, without the bodies. */
export async function listDeliveries(
  ctx: Ctx,
  want: {
    adapter?: string | undefined;
    state?: DeliveryState | undefined;
    before?: Before | undefined;
    limit: number;
  },
): Promise<DeliverySummary[]> {
  const query = ctx.db('deliveries').limit(want.limit);
  if (want.adapter) void query.where('deliveries.adapter', want.adapter);
  if (want.state) void query.where('deliveries.state', want.state);
  newestFirst(query, { time: 'deliveries.received_at', id: 'deliveries.id' }, want.before);
  const rows = await query.select(
    'id',
    'adapter',
    'state',
    'reason',
    'attempts',
    'received_at',
    'handled_at',
    ctx.db.raw('length(body) AS bytes'),
  );
  return rows.map((row) => ({
    id: row.id,
    adapter: row.adapter,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    receivedAt: toIso(row.received_at),
    handledAt: toIsoOrNull(row.handled_at),
    bytes: Number(row.bytes),
  }));
}

export async function pendingDeliveries(ctx: Ctx): Promise<{ pending: number; oldestSeconds: number }> {
  const [row] = await ctx
    .db('deliveries')
    .where({ state: 'pending' })
    .select(
      ctx.db.raw('count(*) AS pending'),
      ctx.db.raw('coalesce(timestampdiff(MICROSECOND, min(received_at), utc_timestamp(6)) / 1e6, 0) AS oldest'),
    );
  return { pending: Number(row.pending), oldestSeconds: Math.max(0, Number(row.oldest)) };
}

/** Whether an adapter's door took something before this time that nobody has come to yet. What failed and waits for another try is not meant. */
export async function isBehindSince(ctx: Ctx, want: { adapter: string; before: Date }): Promise<boolean> {
  const [row] = await ctx
    .db('deliveries')
    .where({ state: 'pending', adapter: want.adapter, attempts: 0 })
    .andWhere('due_at', '<=', toSql(want.before))
    .limit(1)
    .select('id');
  return row !== undefined;
}
