import type { Ctx } from '../core/ctx.ts';
import { toSql } from '../core/time.ts';
import { type Ticket, toTicket } from './store.ts';

/** A new part that comes later is no news of that ticket. */
const LATEST_MS = 30 * 86_400_000;

/** Tickets of a server that want a part replaced: the open ones, and those done lately without a proof. */
export async function replacementsOf(ctx: Ctx, assetId: string): Promise<Ticket[]> {
  const lately = toSql(new Date(ctx.now().getTime() - LATEST_MS));
  const rows: Record<string, unknown>[] = await ctx
    .db('tickets')
    .where({ asset_id: assetId })
    .where('type', 'like', 'REPLACE\\_%')
    .whereNot({ component: '' })
    .where((either) =>
      either
        .whereIn('state', ['OPEN', 'IN_PROGRESS'])
        .orWhere((done) => done.where({ state: 'DONE' }).whereNull('proof').where('closed_at', '>=', lately)),
    )
    .orderBy('id')
    .select('*');
  return rows.map(toTicket);
}

/** Servers with replacements that may have to be looked at again: a new part is watched, or nobody told of it. */
export async function serversUnderRepair(ctx: Ctx, limit: number): Promise<string[]> {
  const rows: { asset_id: string }[] = await ctx
    .db('tickets')
    .distinct('asset_id')
    .whereIn('state', ['OPEN', 'IN_PROGRESS'])
    .whereNotNull('proof')
    .whereNotNull('asset_id')
    .limit(limit);
  return rows.map(({ asset_id: id }) => String(id));
}

/** Replacements that somebody called done before then, and that no new part was seen of. */
export async function doneWithoutProof(ctx: Ctx, before: string, limit: number): Promise<string[]> {
  const rows: { id: string }[] = await ctx
    .db('tickets')
    .where({ state: 'DONE', unproven: false })
    .where('type', 'like', 'REPLACE\\_%')
    .whereNull('proof')
    .where('closed_at', '<=', toSql(before))
    .orderBy('id')
    .limit(limit)
    .select('id');
  return rows.map(({ id }) => String(id));
}

/** With a counterpart outside that was not read since then: the open ones, and those closed lately. */
export async function staleOutside(ctx: Ctx, before: string, limit: number): Promise<Ticket[]> {
  const lately = toSql(new Date(ctx.now().getTime() - 7 * 86_400_000));
  const rows: Record<string, unknown>[] = await ctx
    .db('tickets')
    .whereNotNull('external_id')
    .where((either) => either.whereIn('state', ['OPEN', 'IN_PROGRESS']).orWhere('closed_at', '>=', lately))
    .where((either) => either.whereNull('synced_at').orWhere('synced_at', '<', toSql(before)))
    .orderByRaw('synced_at IS NOT NULL, synced_at')
    .limit(limit)
    .select('*');
  return rows.map(toTicket);
}
