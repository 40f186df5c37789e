import { setBmcCredentials } from '#src/assets/commands/set-bmc-credentials.ts';
import { type Asset, findAsset } from '#src/assets/reads.ts';
import {
  dropPending,
  finishRotation,
  keepPending,
  noteAnswered,
  noteFailure,
  noteNotSent,
  noteRetired,
  noteSend,
} from '#src/bmc-access/commands/rotate-password.ts';
import { makePassword, mustBeReachable } from '#src/bmc-access/model.ts';
import { type BmcAccess, findBmcAccess } from '#src/bmc-access/reads.ts';
import { tx } from '#src/core/tx.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { BmcAccounts } from '#src/ports/bmc-accounts.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import { rotateBmcPasswordJob } from '../catalogue.ts';
import { handle, type JobCtx, type JobResult } from '../job-ctx.ts';
import { targetOf } from './bmc-target.ts';
import { findHolding, type Guess } from './find-holding-password.ts';

/** A BMC that says yes and stays with the old one is not asked for ever. */
const SENDS = 3;

export interface Rotation {
  ctx: JobCtx;
  assetId: string;
  accounts: BmcAccounts;
  /** With what holds as far as is known. */
  current: BmcTarget;
  /** With what shall hold. */
  next: BmcTarget;
}

/**
 * Gives a BMC a new password such that it is never lost: it is kept before it is set, and what holds after a lost answer is found out by
 * logging in, the new one first, with no more refused logins than the BMC allows. Run again from any point, it goes on from there.
 */
export const rotateBmcPasswordTask = handle(rotateBmcPasswordJob, async (ctx, request) => {
  const { assetId } = request;
  const asset = await findAsset(ctx, assetId);
  mustBeReachable(asset, assetId);
  const accounts = ctx.adapters.use('bmcAccounts');
  const known = await findBmcAccess(ctx, assetId);
  const isDone = known?.requestId === request.requestId && known.pendingSealed === null;
  if (isDone) return retireOld(ctx, accounts, asset, known);
  const current = targetOf(ctx, asset);
  const access = known?.pendingSealed ? known : await choosePassword(ctx, accounts, current, request);
  const next = {
    ...current,
    username: access.pendingUsername ?? '',
    password: ctx.seal.open(access.pendingSealed ?? ''),
  };
  await setUntilItHolds({ ctx, assetId, accounts, current, next }, access);
  await finish(ctx, asset, current.username);
  // An earlier request was under way: what this one wants is not done by that.
  if (access.requestId !== request.requestId && request.userName !== null && request.userName !== next.username)
    await ctx.enqueue(rotateBmcPasswordJob, request);
  const after = await findAsset(ctx, assetId);
  mustBeReachable(after, assetId);
  return retireOld(ctx, accounts, after, await findBmcAccess(ctx, assetId));
});

/** Made, sealed and kept: nothing has been told to the BMC yet. */
async function choosePassword(
  ctx: JobCtx,
  accounts: BmcAccounts,
  current: BmcTarget,
  {
    assetId,
    requestId,
    userName,
    disableOld,
  }: { assetId: string; requestId: string; userName: string | null; disableOld: boolean },
): Promise<BmcAccess> {
  const policy = await accounts.readPolicy(current, ctx.signal);
  const name = userName ?? current.username;
  const sealed = ctx.seal.close(makePassword(policy, name));
  const retireUsername = disableOld && name !== current.username ? current.username : null;
  return tx(ctx, (inside) =>
    keepPending(inside, { assetId, requestId, userName: name, sealed, policy, retireUsername }),
  );
}

async function setUntilItHolds(rotation: Rotation, access: BmcAccess): Promise<void> {
  const { ctx, assetId } = rotation;
  let { sentAt } = access;
  if (sentAt !== null && (await found(rotation, ['next', 'current'])) === 'next') return;
  for (let sends = 0; sends < SENDS; sends += 1) {
    await send(rotation, sentAt);
    sentAt = ctx.now().toISOString();
    if ((await found(rotation, ['next', 'current'])) === 'next') return;
  }
  const system = ctx.adapters.providerOf('bmcAccounts');
  const message = `${system}: the BMC took the new password of ${rotation.next.username} ${SENDS} times, and the old one still holds; set it by hand`;
  await tx(ctx, (inside) => dropPending(inside, assetId, message));
  throw new AdapterError('rejected', message, { system });
}

/** @throws AdapterError what the BMC said; then what holds is known, or will be found out by the next run */
async function send(rotation: Rotation, sentBefore: string | null): Promise<void> {
  const { ctx, assetId, accounts, current, next } = rotation;
  const sending = await tx(ctx, (inside) => noteSend(inside, assetId));
  const { username, password } = next;
  const isOwn = username === current.username;
  try {
    await ctx.effect({
      key: `bmc-password-${sending}`,
      adapter: ctx.adapters.providerOf('bmcAccounts'),
      operation: isOwn ? 'set the password of a BMC' : 'make an account at a BMC',
      class: 'idempotent',
      request: { assetId, userName: username },
      async act() {
        if (isOwn) await accounts.setPassword(current, { userName: username, password }, ctx.signal);
        else await accounts.ensureAccount(current, { userName: username, password, role: 'Administrator' }, ctx.signal);
        return {};
      },
    });
    await tx(ctx, (inside) => noteAnswered(inside, assetId));
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    if ((await afterFailure(rotation, error, sentBefore)) !== 'next') throw error;
  }
}

/** @returns 'next' where it holds in spite of what the BMC said */
async function afterFailure(
  rotation: Rotation,
  error: AdapterError,
  sentBefore: string | null,
): Promise<'next' | undefined> {
  const { ctx, assetId } = rotation;
  const { kind, message } = error;
  const certainlyNot = error.detail?.['sent'] === false || kind === 'unauthorized' || kind === 'throttled';
  if (certainlyNot) await tx(ctx, (inside) => noteNotSent(inside, assetId, sentBefore));
  else if (kind === 'rejected' || kind === 'unsupported' || kind === 'not-found') {
    // Refused is refused; but the new one is given up for nothing less than a login with the one before.
    if ((await found(rotation, ['current', 'next'])) === 'next') return 'next';
    await tx(ctx, (inside) => dropPending(inside, assetId, message));
  } else await tx(ctx, (inside) => noteFailure(inside, assetId, message)); // lost: the next run finds out
  return undefined;
}

/** Which of the two holds. @throws Later while nothing may be tried | AdapterError where neither has for long */
function found(
  rotation: Rotation,
  order: readonly ['next', 'current'] | readonly ['current', 'next'],
): Promise<'next' | 'current'> {
  const guesses: Guess<'next' | 'current'>[] = order.map((name) => ({ name, target: rotation[name] }));
  return findHolding(rotation, guesses);
}

/** The new one holds: from here on everybody logs in with it. */
async function finish(ctx: JobCtx, asset: Asset, username: string): Promise<void> {
  const assetId = asset.id;
  await tx(ctx, async (inside) => {
    // Whatever was entered since this run began: what has just proved to hold is the newer word.
    const sealed = (await findAsset(inside, assetId))?.bmcPasswordSealed ?? null;
    const before = { username, sealed };
    const done = await finishRotation(inside, { assetId, before });
    if (done !== undefined) await setBmcCredentials(inside, { assetId, ...done });
  });
}

/** The account that was used before goes off only now that ours has proved to work. */
async function retireOld(
  ctx: JobCtx,
  accounts: BmcAccounts,
  asset: Asset,
  access: BmcAccess | undefined,
): Promise<JobResult> {
  const userName = asset.bmcUsername ?? '';
  const old = access?.retireUsername ?? null;
  if (old === null) return { outcome: 'rotated', username: userName };
  const assetId = asset.id;
  try {
    await ctx.effect({
      key: `bmc-account-off-${assetId}-${access?.requestId ?? ''}`,
      adapter: ctx.adapters.providerOf('bmcAccounts'),
      operation: 'switch an account of a BMC off',
      class: 'idempotent',
      request: { assetId, userName: old },
      async act() {
        await accounts.setEnabled(targetOf(ctx, asset), old, false, ctx.signal);
        return {};
      },
    });
  } catch (error) {
    if (!(error instanceof AdapterError) || error.retry !== 'never' || error.kind === 'unauthorized') throw error;
    await tx(ctx, (inside) => noteRetired(inside, assetId, old, error.message));
    return { outcome: 'rotated', username: userName, left_on: old, why: error.message };
  }
  await tx(ctx, (inside) => noteRetired(inside, assetId, old, null));
  return { outcome: 'rotated', username: userName, switched_off: old };
}
