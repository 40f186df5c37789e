import type { Ctx } from '../core/ctx.ts';
import { type ControlState, controlStateOf } from './store.ts';

export type { ControlState };

export async function findControlState(ctx: Ctx, assetId: string): Promise<ControlState> {
  return controlStateOf(ctx.db, assetId);
}
