import type { TxCtx } from '../../core/ctx.ts';
import { forgetRetiredBefore } from '../store.ts';

/** @returns how many secrets were forgotten */
export async function forgetOldPasswords(tx: TxCtx, keepDays: number): Promise<number> {
  return forgetRetiredBefore(tx.db, new Date(tx.now().getTime() - keepDays * 86_400_000));
}
