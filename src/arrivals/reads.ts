import type { Ctx } from '../core/ctx.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import type { BmcState } from './model.ts';
import { type Bmc, type ExpectedMachine, toBmc, toExpectedMachine } from './store.ts';

export type { Bmc, ExpectedMachine };

export async function findBmcByMac(ctx: Ctx, mac: string): Promise<Bmc | undefined> {
  const [row] = await ctx.db('bmcs').where({ mac }).select('*');
  return row ? toBmc(row) : undefined;
}

export async function findBmc(ctx: Ctx, id: string): Promise<Bmc | undefined> {
  const [row] = await ctx.db('bmcs').where({ id }).select('*');
  return row ? toBmc(row) : undefined;
}

/** Latest seen first. */
export async function listBmcs(
  ctx: Ctx,
  want: { state?: BmcState | undefined; before?: Before | undefined; limit: number },
): Promise<Bmc[]> {
  const query = ctx.db('bmcs').limit(want.limit);
  if (want.state) void query.where('bmcs.state', want.state);
  newestFirst(query, { time: 'bmcs.last_seen_at', id: 'bmcs.id' }, want.before);
  return (await query.select('bmcs.*')).map(toBmc);
}

export async function findExpectedByMac(ctx: Ctx, bmcMac: string): Promise<ExpectedMachine | undefined> {
  const [row] = await ctx.db('expected_machines').where({ bmc_mac: bmcMac }).select('*');
  return row ? toExpectedMachine(row) : undefined;
}

export async function findExpected(ctx: Ctx, id: string): Promise<ExpectedMachine | undefined> {
  const [row] = await ctx.db('expected_machines').where({ id }).select('*');
  return row ? toExpectedMachine(row) : undefined;
}

export async function listExpected(
  ctx: Ctx,
  want: { arrived?: boolean | undefined; after?: string | undefined; limit: number },
): Promise<ExpectedMachine[]> {
  const query = ctx.db('expected_machines').orderBy('expected_machines.id').limit(want.limit);
  if (want.after) void query.where('expected_machines.id', '>', want.after);
  if (want.arrived === true) void query.whereNotNull('expected_machines.arrived_at');
  if (want.arrived === false) void query.whereNull('expected_machines.arrived_at');
  return (await query.select('expected_machines.*')).map(toExpectedMachine);
}
