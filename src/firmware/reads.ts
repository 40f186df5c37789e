import type { Ctx } from '../core/ctx.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import { readInventory } from '../history/reads.ts';
import { byComponent, type InstalledRow } from './judge-installed.ts';
import { type FirmwareUpdate, type Hop, toHop, toUpdate } from './store.ts';

export type { FirmwareUpdate, Hop };

export async function findUpdate(ctx: Ctx, id: string): Promise<FirmwareUpdate | undefined> {
  const [row] = await ctx.db('firmware_updates').where({ id }).select('*');
  return row && toUpdate(row);
}

/** The step of a server that its BMC was told, and that has not ended; there is one at most. */
export async function sentHop(ctx: Ctx, assetId: string): Promise<Hop | null> {
  const [row] = await ctx
    .db('firmware_hops')
    .join('firmware_updates', 'firmware_updates.id', 'firmware_hops.update_id')
    .where({ 'firmware_updates.asset_id': assetId })
    .whereNull('firmware_updates.finished_at')
    .whereNull('firmware_hops.ended_at')
    .whereNotNull('firmware_hops.announced_at')
    .orderBy('firmware_hops.number')
    .select('firmware_hops.*');
  return row === undefined ? null : toHop(row);
}

/** In their order. */
export async function hopsOf(ctx: Ctx, updateId: string): Promise<Hop[]> {
  const rows = await ctx.db('firmware_hops').where({ update_id: updateId }).orderBy('number').select('*');
  return rows.map(toHop);
}

export async function listUpdates(
  ctx: Ctx,
  filter: { assetId: string; before: Before | undefined; limit: number },
): Promise<FirmwareUpdate[]> {
  const query = ctx.db('firmware_updates').where({ asset_id: filter.assetId }).limit(filter.limit);
  newestFirst(query, { time: 'firmware_updates.requested_at', id: 'firmware_updates.id' }, filter.before);
  return (await query.select('*')).map(toUpdate);
}

/** What the BMC last showed: an update names its rows, and not those of other sources. `readAt` null: nobody has looked. */
export async function readInstalled(
  ctx: Ctx,
  assetId: string,
): Promise<{ readAt: string | null; rows: InstalledRow[] }> {
  const { sources } = await readInventory(ctx, { type: 'asset', id: assetId }, { asOf: null, knownAt: null });
  const bmc = sources.find(({ source }) => source === 'redfish');
  return { readAt: bmc?.lastCollectedAt ?? null, rows: byComponent(bmc?.facts.firmware ?? []) };
}
