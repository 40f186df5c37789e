import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import type { EraseHandle, EraseMethod } from '../../ports/drive-erase.ts';
import { driveErased, driveEraseFailed, driveEraseUnproven } from '../events.ts';
import { announceErasures, type Erasure, lockErasure, takeBackErasures, updateErasure } from '../store.ts';

export async function chooseMethod(tx: TxCtx, { id }: Erasure, method: EraseMethod): Promise<void> {
  const now = await lockErasure(tx.db, id);
  if (now === undefined || now.endedAt !== null) return;
  await updateErasure(tx.db, id, { method, state: 'starting' });
}

/**
 * @returns false: one of them was cancelled meanwhile, and nothing may be sent
 * @throws HubError conflict where one of them was announced before: it may be under way, and must not go out twice
 */
export async function announceErase(tx: TxCtx, all: readonly Erasure[]): Promise<boolean> {
  for (const { id } of all) {
    const now = await lockErasure(tx.db, id);
    if (now === undefined || now.endedAt !== null) return false;
  }
  const ids = all.map(({ id }) => id);
  if ((await announceErasures(tx.db, ids, tx.now())) === ids.length) return true;
  const names = all.map(({ serial }) => serial).join(', ');
  throw new HubError('conflict', `${names}: this was sent before, and is not sent again`);
}

export async function takeBackErase(tx: TxCtx, all: readonly Erasure[]): Promise<void> {
  await takeBackErasures(
    tx.db,
    all.map(({ id }) => id),
  );
}

export async function noteErase(
  tx: TxCtx,
  { id }: Erasure,
  seen: {
    state?: 'following';
    handle?: EraseHandle;
    said?: string;
    percent?: number | null;
    evidence?: Record<string, string>;
    quietSince?: string | null;
  },
): Promise<void> {
  await updateErasure(tx.db, id, seen);
}

export type EraseEnd =
  | { state: 'done'; document: string; endedAt: string; evidence: Record<string, string> }
  | { state: 'failed' | 'unknown'; why: string; evidence: Record<string, string> };

/** Said once, whoever says it first. */
export async function endErase(tx: TxCtx, erasure: Erasure, end: EraseEnd): Promise<void> {
  const now = await lockErasure(tx.db, erasure.id);
  if (now === undefined || now.endedAt !== null) return;
  const { evidence } = end;
  const endedAt = end.state === 'done' ? end.endedAt : tx.now().toISOString();
  const { id, assetId, slot, serial, method, announcedAt: startedAt } = now;
  const data = { erasureId: id, slot, serial, method, startedAt, endedAt, evidence };
  const of = { subject: { type: 'asset', id: assetId }, once: id } as const;
  if (end.state === 'done') {
    await updateErasure(tx.db, id, { state: 'done', document: end.document, evidence, endedAt, percent: 100 });
    await append(tx, driveErased, { ...of, data: { ...data, document: end.document } });
    return;
  }
  await updateErasure(tx.db, id, { state: end.state, why: end.why, evidence, endedAt });
  const event = end.state === 'failed' ? driveEraseFailed : driveEraseUnproven;
  await append(tx, event, { ...of, data: { ...data, why: end.why } });
}
