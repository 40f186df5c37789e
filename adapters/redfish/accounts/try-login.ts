import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import { withBmc, type Opening } from '../with-bmc.ts';
import { demandsNewPassword } from './account-service.ts';

/**
 * One login with a session of its own, one read, and out again. The caller counts the tries: the lockouts are neither asked nor told.
 * @throws AdapterError where it cannot be told; throttled where the account is locked, since then the right password is refused as well
 */
export async function tryLogin(
  opening: Opening,
  target: BmcTarget,
  signal: AbortSignal,
): Promise<'accepted' | 'refused' | 'must-change'> {
  const { system } = opening.kit;
  const state = { isIn: false };
  try {
    await withBmc(
      opening,
      target,
      signal,
      async (bmc) => {
        state.isIn = true;
        const link = bmc.root.Systems ?? bmc.root.Managers ?? bmc.root.AccountService;
        // Without sessions (Basic) nothing has been checked yet.
        if (link === null) throw new AdapterError('malformed', `${system}: the BMC has nothing to read`, { system });
        await bmc.read(link);
      },
      { login: 'try', passwordChange: true },
    );
    return 'accepted';
  } catch (error) {
    if (demandsNewPassword(error)) return 'must-change';
    if (!(error instanceof AdapterError) || error.kind !== 'unauthorized') throw error;
    if (/locked/i.test(error.message)) throw lockedOut(error, system);
    // Inside, and not let to anything: a 403 of a few words is how some demand a new password (libredfish: 403 with a page);
    // one with a reason is about this account's rights.
    if (state.isIn && error.status === 403) return hasReason(error) ? 'accepted' : 'must-change';
    return 'refused';
  }
}

function hasReason(error: AdapterError): boolean {
  const ids = error.detail?.['messageIds'];
  return Array.isArray(ids) && ids.length > 0;
}

function lockedOut(error: AdapterError, system: string): AdapterError {
  const message = `${system}: the account is locked, so that no password can be tried (${error.message})`;
  return new AdapterError('throttled', message, {
    system,
    status: error.status,
    retryAfterMs: 30 * 60_000,
    cause: error,
  });
}
