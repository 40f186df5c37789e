import type { Ctx } from '../core/ctx.ts';
import { type ConnectionState, findConnection } from './connection-store.ts';
import type { DriftDecision, DriftKind } from './model.ts';

/** What stands open between the hub and a system. */
export interface SystemOverview extends ConnectionState {
  /** Not resolved, by what they are and who decides. */
  drifts: { kind: DriftKind; decision: DriftDecision; state: string; count: number }[];
  /** Pairs that both sides know, and objects of theirs that are nobody's. */
  links: { object: string; pairs: number; theirsAlone: number }[];
  /** Noticed, and not looked at yet. */
  notices: number;
}

export async function readSystem(ctx: Ctx, system: string): Promise<SystemOverview> {
  const state = await findConnection(ctx.db, system);
  const drifts: Record<string, unknown>[] = await ctx
    .db('drifts')
    .where({ system_id: system })
    .whereIn('state', ['open', 'decided', 'ignored'])
    .groupBy('kind', 'decision', 'state')
    .orderBy(['kind', 'decision', 'state'])
    .select('kind', 'decision', 'state')
    .count({ n: '*' });
  const links: Record<string, unknown>[] = await ctx
    .db('record_links')
    .where({ system_id: system })
    .groupBy('object_type')
    .orderBy('object_type')
    .select('object_type')
    .count({ n: '*', pairs: 'hub_id' });
  const [notices] = await ctx.db('reconcile_notices').where({ system_id: system }).count({ n: '*' });
  return {
    ...state,
    drifts: drifts.map((row) => ({
      kind: row['kind'] as DriftKind,
      decision: row['decision'] as DriftDecision,
      state: String(row['state']),
      count: Number(row['n']),
    })),
    links: links.map((row) => ({
      object: String(row['object_type']),
      pairs: Number(row['pairs']),
      theirsAlone: Number(row['n']) - Number(row['pairs']),
    })),
    notices: Number(notices?.['n'] ?? 0),
  };
}
