import type { Ctx } from '../core/ctx.ts';
import { type Restart, restartOf } from './restart-store.ts';
import { type ControlState, controlStateOf } from './store.ts';

export type { ControlState };

export async function findControlState(ctx: Ctx, assetId: string): Promise<ControlState> {
  return controlStateOf(ctx.db, assetId);
}

/** The restart that was announced last and is not settled. */
export async function findRestart(ctx: Ctx, assetId: string): Promise<Restart | null> {
  return restartOf(ctx.db, assetId);
}
