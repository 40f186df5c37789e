import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcAccount } from '../../../src/ports/bmc-accounts.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import type { Bmc, BmcWrite } from '../client.ts';
import { evidenceOf } from '../quirks.ts';
import { withBmc, type Opening } from '../with-bmc.ts';
import { isRefusal } from './account-service.ts';
import { findAccount, mustFindAccount, readAccounts, type Accounts } from './list-accounts.ts';

export interface Wanted {
  userName: string;
  password: string;
  role: 'Administrator' | 'Operator' | 'ReadOnly';
}

/** The account as it is wanted, made where it is not there. The same again changes nothing but the password, to the same. */
export async function ensureAccount(
  opening: Opening,
  target: BmcTarget,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<BmcAccount> {
  const { system } = opening.kit;
  return withBmc(opening, target, signal, async (bmc) => {
    const accounts = await readAccounts(bmc, system);
    const known = findAccount(accounts, wanted.userName, system);
    if (known === undefined) await makeAccount(bmc, accounts, wanted, system);
    else await mendAccount(bmc, known, wanted);
    return mustFindAccount(await readAccounts(bmc, system), wanted.userName, system);
  });
}

async function mendAccount(bmc: Bmc, known: BmcAccount, { password, role }: Wanted): Promise<void> {
  const body = {
    Password: password,
    ...(known.role === role ? {} : { RoleId: role }),
    ...(known.enabled === false ? { Enabled: true } : {}),
  };
  await bmc.send({ method: 'PATCH', link: known.path, body });
}

/**
 * Dell, Lenovo and old Supermicro have a fixed number of places, of which an empty one is filled; all others take a POST. Tried in the order of
 * what is there to be seen, and what worked is remembered.
 */
async function makeAccount(bmc: Bmc, accounts: Accounts, wanted: Wanted, system: string): Promise<void> {
  const ways: (readonly [string, () => Promise<void>])[] = [];
  const slot = accounts.slots.at(0);
  if (slot !== undefined) ways.push(['slot', () => fillSlot(bmc, slot, wanted)]);
  ways.push(['post', () => postAccount(bmc, accounts.path, wanted)]);
  if (bmc.learnt('new-account') === 'post') ways.reverse();
  let refused: AdapterError | null = null;
  for (const [name, way] of ways) {
    try {
      await way();
      return bmc.learn('new-account', name);
    } catch (error) {
      if (!isRefusal(error) || isAboutPassword(error)) throw error;
      refused ??= error;
    }
  }
  throw refused ?? new AdapterError('rejected', `${system}: no account could be made`, { system });
}

/** Another way to say it would not help, and would only be refused with a worse reason. */
const isAboutPassword = (error: AdapterError): boolean =>
  /password(?!s? must be changed)/i.test(error.message) && error.status === 400;

async function fillSlot(bmc: Bmc, link: string, { userName, password, role }: Wanted): Promise<void> {
  const patch = (body: object): Promise<unknown> => bmc.send({ method: 'PATCH', link, body });
  try {
    await patch({ UserName: userName, Password: password, RoleId: role, Enabled: true });
  } catch (error) {
    if (!isRefusal(error) || isAboutPassword(error)) throw error;
    // iDRAC 8 takes one after the other: there is no password without a name, and nothing is on without a password.
    await patch({ UserName: userName });
    await patch({ Password: password });
    await patch({ RoleId: role });
    await patch({ Enabled: true });
  }
}

async function postAccount(bmc: Bmc, link: string, { userName, password, role }: Wanted): Promise<void> {
  const { vendor } = await evidenceOf(bmc);
  const isHpe = /^(hpe?$|hewlett)/i.test(vendor ?? '');
  // iLO wants the name to log in with in its own part, and refuses `Enabled` in a POST before iLO 6.
  const body = isHpe
    ? { UserName: userName, Password: password, RoleId: role, Oem: { Hpe: { LoginName: userName } } }
    : { UserName: userName, Password: password, RoleId: role, Enabled: true };
  const write: BmcWrite = { method: 'POST', link, body };
  try {
    await bmc.send(write);
  } catch (error) {
    // Some want the collection's ETag (gofish: accountservice.go).
    const wantsEtag = error instanceof AdapterError && (error.status === 412 || error.status === 428);
    if (!wantsEtag) throw error;
    await bmc.send({ ...write, etag: 'ladder' });
  }
}

/** @throws AdapterError rejected for the account that `target` logs in as: nobody could switch it on again */
export async function setEnabled(
  opening: Opening,
  target: BmcTarget,
  change: { userName: string; enabled: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { system } = opening.kit;
  const { userName, enabled } = change;
  const own = target.username === '' ? opening.settings.username : target.username;
  if (!enabled && userName === own) {
    const message = `${system}: ${userName} is the account that the hub logs in with; it is not switched off`;
    throw new AdapterError('rejected', message, { system });
  }
  await withBmc(opening, target, signal, async (bmc) => {
    const account = mustFindAccount(await readAccounts(bmc, system), userName, system);
    if (account.enabled === enabled) return;
    await bmc.send({ method: 'PATCH', link: account.path, body: { Enabled: enabled } });
    const now = mustFindAccount(await readAccounts(bmc, system), userName, system);
    if (now.enabled === null || now.enabled === enabled) return;
    const message = `${system}: ${userName} was asked to be ${enabled ? 'on' : 'off'}, but the BMC shows it otherwise`;
    throw new AdapterError('rejected', message, { system });
  });
}
