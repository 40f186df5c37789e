import { giveTryBack, noteFailure, noteRound, takeTry } from '#src/bmc-access/commands/rotate-password.ts';
import { findBmcAccess } from '#src/bmc-access/reads.ts';
import { budgetOf } from '#src/bmc-access/model.ts';
import { tx } from '#src/core/tx.ts';
import { Later } from '#src/journal/effect.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { BmcAccounts } from '#src/ports/bmc-accounts.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import type { JobCtx } from '../job-ctx.ts';

export interface Guess<N extends string> {
  name: N;
  target: BmcTarget;
}

/** So often both are tried, each time after all refused logins of before are forgotten by the BMC. */
const ROUNDS = 6;

/**
 * The first of the passwords that the BMC takes. A try is counted before it is made and given back when it was not refused, so that a crash
 * counts it rather than forgets it.
 * @throws Later until one may be refused again | AdapterError rejected where none has held for hours | as `tryLogin`
 */
export async function findHolding<N extends string>(
  { ctx, assetId, accounts }: { ctx: JobCtx; assetId: string; accounts: BmcAccounts },
  guesses: readonly Guess<N>[],
): Promise<N> {
  for (const { name, target } of guesses) {
    const taken = await tx(ctx, (inside) => takeTry(inside, assetId));
    if ('waitMs' in taken)
      throw new Later(taken.waitMs, 'logins have been refused; the next is tried when it cannot lock the account');
    const result = await tryOnce(ctx, accounts, target).catch(async (error: unknown) => {
      if (error instanceof AdapterError && error.detail?.['sent'] === false)
        await tx(ctx, (inside) => giveTryBack(inside, assetId, taken.at));
      throw error;
    });
    if (result === 'refused') continue;
    await tx(ctx, (inside) => giveTryBack(inside, assetId, taken.at));
    return name;
  }
  return nobody(ctx, assetId);
}

function tryOnce(
  ctx: JobCtx,
  accounts: BmcAccounts,
  target: BmcTarget,
): Promise<'accepted' | 'refused' | 'must-change'> {
  return accounts.tryLogin(target, ctx.signal);
}

/** Perhaps the account is locked, and then the right one is refused as well: so once more, later. */
async function nobody(ctx: JobCtx, assetId: string): Promise<never> {
  const rounds = await tx(ctx, (inside) => noteRound(inside, assetId));
  const access = await findBmcAccess(ctx, assetId);
  const { windowMs } = budgetOf({
    lockoutThreshold: access?.lockoutThreshold ?? null,
    lockoutSeconds: access?.lockoutSeconds ?? null,
  });
  if (rounds < ROUNDS)
    throw new Later(windowMs, 'the BMC refused the new and the old password; the account may be locked');
  const system = ctx.adapters.providerOf('bmcAccounts');
  const message = `${system}: the BMC refuses the new and the old password; somebody else has changed it: enter the right one with its expected machine, then rotate again`;
  await tx(ctx, (inside) => noteFailure(inside, assetId, message));
  throw new AdapterError('rejected', message, { system });
}
