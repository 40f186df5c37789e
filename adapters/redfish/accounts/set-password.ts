import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import type { Bmc } from '../client.ts';
import { asText } from '../decode.ts';
import { withBmc, type Opening } from '../with-bmc.ts';
import { accountServiceOf, demandsNewPassword } from './account-service.ts';
import { mustFindAccount, readAccounts } from './list-accounts.ts';

/** @throws AdapterError unreachable with `detail.sent` where the answer was lost: nobody knows which password holds */
export async function setPassword(
  opening: Opening,
  target: BmcTarget,
  change: { userName: string; password: string },
  signal: AbortSignal,
): Promise<void> {
  const work = (bmc: Bmc): Promise<void> => patchPassword(bmc, target, change, opening.kit.system);
  try {
    await withBmc(opening, target, signal, work, { passwordChange: true });
  } catch (error) {
    if (!demandsNewPassword(error)) throw error;
    // No session before that: with the credentials in the request itself.
    await withBmc(opening, target, signal, work, { login: 'try', passwordChange: true });
  }
}

async function patchPassword(
  bmc: Bmc,
  target: BmcTarget,
  { userName, password }: { userName: string; password: string },
  system: string,
): Promise<void> {
  const { path, forced } = await accountPath(bmc, target, userName, system);
  // With a forced change nothing may be read, so that there is no ETag to send either.
  await bmc.send({ method: 'PATCH', link: path, body: { Password: password }, ...(forced ? { etag: 'none' } : {}) });
}

async function accountPath(
  bmc: Bmc,
  target: BmcTarget,
  userName: string,
  system: string,
): Promise<{ path: string; forced: boolean }> {
  try {
    const { path } = mustFindAccount(await readAccounts(bmc, system), userName, system);
    return { path, forced: false };
  } catch (error) {
    if (!demandsNewPassword(error) || userName !== target.username) throw error;
    const told = error.detail?.['account'];
    if (typeof told === 'string') return { path: told, forced: true };
    return { path: await ownAccount(bmc, userName, error, system), forced: true };
  }
}

/** Where the factory's administrator stands, where the BMC lets nobody look and does not say. */
const FACTORY: Record<string, string> = { root: '2', ADMIN: '2', USERID: '1', Administrator: '1', admin: '2' };

async function ownAccount(bmc: Bmc, userName: string, why: AdapterError, system: string): Promise<string> {
  const accounts = `${accountServiceOf(bmc, system).replace(/\/$/, '')}/Accounts`;
  for (const id of [encodeURIComponent(userName), FACTORY[userName]]) {
    if (id === undefined) continue;
    const path = `${accounts}/${id}`;
    try {
      const { body } = await bmc.read(path);
      if (asText(body?.['UserName']) === userName) return path;
    } catch (error) {
      if (!(error instanceof AdapterError) || error.kind === 'unreachable' || bmc.fatal() !== null) throw error;
    }
  }
  const message = `${system}: the BMC demands a new password for ${userName} and does not show where; set one by hand`;
  throw new AdapterError('rejected', message, { system, cause: why });
}
