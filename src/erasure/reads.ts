import type { Ctx } from '../core/ctx.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import { type Erasure, toErasure } from './store.ts';

export type { Erasure };

/** Of one request, by slot. */
export async function erasuresOf(ctx: Ctx, requestId: string): Promise<Erasure[]> {
  const rows = await ctx.db('erasures').where({ request_id: requestId }).orderBy('slot').select('*');
  return rows.map(toErasure);
}

export async function listErasures(
  ctx: Ctx,
  filter: { assetId: string; before: Before | undefined; limit: number },
): Promise<Erasure[]> {
  const query = ctx.db('erasures').where({ asset_id: filter.assetId }).limit(filter.limit);
  newestFirst(query, { time: 'erasures.requested_at', id: 'erasures.id' }, filter.before);
  return (await query.select('*')).map(toErasure);
}

/** What a server's BMC was asked for, by whatever request, and has not ended. */
export async function sentErasures(ctx: Ctx, assetId: string): Promise<Erasure[]> {
  const rows = await ctx
    .db('erasures')
    .where({ asset_id: assetId })
    .whereNull('ended_at')
    .whereNotNull('announced_at')
    .orderBy('id')
    .select('*');
  return rows.map(toErasure);
}
