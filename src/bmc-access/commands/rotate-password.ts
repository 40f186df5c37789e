import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import type { PasswordPolicy } from '../../ports/bmc-accounts.ts';
import { bmcAccountDisabled, bmcPasswordRotated } from '../events.ts';
import { budgetOf, recentTries, waitForTry } from '../model.ts';
import { type BmcAccess, lockAccess, retirePassword, saveAccess } from '../store.ts';

/** The steps of a rotation, each of which is in the database before anything that depends on it is done outside. */

/** Keeps the new password before it is set. One that is kept already stays: it may hold. */
export async function keepPending(
  tx: TxCtx,
  pending: {
    assetId: string;
    requestId: string;
    userName: string;
    sealed: string;
    policy: PasswordPolicy;
    retireUsername: string | null;
  },
): Promise<BmcAccess> {
  const { assetId, requestId, userName, sealed, policy, retireUsername } = pending;
  const known = await lockAccess(tx.db, assetId);
  if (known.pendingSealed !== null) return known;
  const { lockoutThreshold, lockoutSeconds } = policy;
  const next = {
    ...{ requestId, pendingUsername: userName, pendingSealed: sealed, pendingAt: tx.now().toISOString() },
    ...{ sends: 0, sentAt: null, rounds: 0, lockoutThreshold, lockoutSeconds, retireUsername, failure: null },
  };
  await saveAccess(tx.db, assetId, next);
  return { ...known, ...next };
}

/** From here on it may hold. @returns what names this sending: the same as long as nobody heard back */
export async function noteSend(tx: TxCtx, assetId: string): Promise<string> {
  const { requestId, sends } = await lockAccess(tx.db, assetId);
  await saveAccess(tx.db, assetId, { sentAt: tx.now().toISOString() });
  return `${assetId}-${requestId ?? ''}-${sends}`;
}

/** The BMC said yes. Should the old one still hold, the next sending is another one. */
export async function noteAnswered(tx: TxCtx, assetId: string): Promise<void> {
  const { sends } = await lockAccess(tx.db, assetId);
  await saveAccess(tx.db, assetId, { sends: sends + 1 });
}

/** The BMC certainly was asked for nothing that time; where it never was, the new password certainly does not hold. */
export async function noteNotSent(tx: TxCtx, assetId: string, before: string | null): Promise<void> {
  await lockAccess(tx.db, assetId);
  await saveAccess(tx.db, assetId, { sentAt: before });
}

/** Takes one of the logins that may be refused, before it is tried. @returns milliseconds to wait where none is left */
export async function takeTry(tx: TxCtx, assetId: string): Promise<{ waitMs: number } | { at: string }> {
  const access = await lockAccess(tx.db, assetId);
  const budget = budgetOf(access);
  const waitMs = waitForTry(access.tries, budget, tx.now());
  if (waitMs > 0) return { waitMs };
  const at = tx.now().toISOString();
  await saveAccess(tx.db, assetId, { tries: [...recentTries(access.tries, budget, tx.now()), at] });
  return { at };
}

/** It was not refused. */
export async function giveTryBack(tx: TxCtx, assetId: string, at: string): Promise<void> {
  const { tries } = await lockAccess(tx.db, assetId);
  const index = tries.indexOf(at);
  if (index >= 0) await saveAccess(tx.db, assetId, { tries: tries.toSpliced(index, 1) });
}

/** Both were refused. @returns how often by now */
export async function noteRound(tx: TxCtx, assetId: string): Promise<number> {
  const { rounds } = await lockAccess(tx.db, assetId);
  await saveAccess(tx.db, assetId, { rounds: rounds + 1 });
  return rounds + 1;
}

/** The BMC refused the new password and the one before holds. It is kept for a while all the same. */
export async function dropPending(tx: TxCtx, assetId: string, failure: string): Promise<void> {
  const { pendingUsername, pendingSealed } = await lockAccess(tx.db, assetId);
  if (pendingUsername !== null && pendingSealed !== null)
    await retirePassword(tx.db, {
      assetId,
      username: pendingUsername,
      sealed: pendingSealed,
      held: false,
      at: tx.now(),
    });
  // Asked for again, it is another one.
  const none = { requestId: null, pendingUsername: null, pendingSealed: null, pendingAt: null, sentAt: null };
  await saveAccess(tx.db, assetId, { ...none, retireUsername: null, failure: failure.slice(0, 1000) });
}

export async function noteFailure(tx: TxCtx, assetId: string, failure: string): Promise<void> {
  await lockAccess(tx.db, assetId);
  await saveAccess(tx.db, assetId, { failure: failure.slice(0, 1000) });
}

/**
 * The new password holds. The server gets it in the same transaction (`setBmcCredentials`).
 * @returns what it is, or undefined where another run has done all this
 */
export async function finishRotation(
  tx: TxCtx,
  done: { assetId: string; before: { username: string; sealed: string | null } },
): Promise<{ username: string; sealed: string } | undefined> {
  const { assetId, before } = done;
  const { pendingUsername, pendingSealed } = await lockAccess(tx.db, assetId);
  if (pendingUsername === null || pendingSealed === null) return undefined;
  const at = tx.now();
  if (before.sealed !== null)
    await retirePassword(tx.db, { assetId, username: before.username, sealed: before.sealed, held: true, at });
  const none = { pendingUsername: null, pendingSealed: null, pendingAt: null, sentAt: null };
  await saveAccess(tx.db, assetId, { ...none, rounds: 0, tries: [], rotatedAt: at.toISOString(), failure: null });
  await append(tx, bmcPasswordRotated, {
    subject: { type: 'asset', id: assetId },
    data: { userName: pendingUsername, before: before.username },
  });
  return { username: pendingUsername, sealed: pendingSealed };
}

/** Somebody has entered others in their place. They may have been the right ones, so they are kept for a while. */
export async function keepOverwritten(
  tx: TxCtx,
  old: { assetId: string; username: string; sealed: string },
): Promise<void> {
  await retirePassword(tx.db, { ...old, held: true, at: tx.now() });
}

/** The account used before is off, or `failure` says why it stays on. */
export async function noteRetired(tx: TxCtx, assetId: string, userName: string, failure: string | null): Promise<void> {
  const { retireUsername } = await lockAccess(tx.db, assetId);
  if (retireUsername !== userName) return;
  await saveAccess(tx.db, assetId, { retireUsername: null, failure: failure?.slice(0, 1000) ?? null });
  if (failure === null)
    await append(tx, bmcAccountDisabled, { subject: { type: 'asset', id: assetId }, data: { userName } });
}
