import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import type { CaseInput } from '../model.ts';
import { type CaseSync, lockSync, updateSync } from '../sync-store.ts';
import { importCases } from './import-cases.ts';

/**
 * Keeps the cases of one page, and that the sync is at the next one. A page that was taken already changes nothing: another run of the
 * same job was faster.
 */
export async function takePage(
  tx: TxCtx,
  page: { syncId: string; of: string | null; number: number; cases: readonly CaseInput[]; next: string | null },
): Promise<CaseSync> {
  const sync = await lockSync(tx.db, page.syncId);
  if (!sync) throw new HubError('not-found', `There is no import ${page.syncId}`);
  if (sync.finishedAt !== null || sync.page !== page.of || sync.pages !== page.number) return sync;
  const results = await importCases(tx, { source: sync.source, cases: page.cases });
  const count = (did: string): number => results.filter((one) => one.did === did).length;
  const changes = {
    page: page.next,
    pages: sync.pages + 1,
    created: sync.created + count('created'),
    updated: sync.updated + count('updated'),
    unchanged: sync.unchanged + count('unchanged'),
    finishedAt: page.next === null ? tx.now().toISOString() : null,
  };
  await updateSync(tx.db, sync.id, changes);
  return { ...sync, ...changes };
}

/** From its first page again: the other side knows the page no more. What was kept stays, and is met again. */
export async function restartSync(tx: TxCtx, syncId: string): Promise<void> {
  await updateSync(tx.db, syncId, { page: null });
}
