import { z } from 'zod';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcAccount } from '../../../src/ports/bmc-accounts.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink, asText, isRecord } from '../decode.ts';
import { accountServiceOf, type Resource } from './account-service.ts';

export interface Accounts {
  /** Of the collection. */
  path: string;
  /** Accounts that have a name. */
  named: BmcAccount[];
  /** Paths of places for an account that are empty. */
  slots: string[];
  /** Some could not be read: who is not listed may be there all the same. */
  failures: string[];
}

export async function readAccounts(bmc: Bmc, system: string): Promise<Accounts> {
  const service = await bmc.get(accountServiceOf(bmc, system));
  const path = asLink(service['Accounts']);
  if (path === null) throw new AdapterError('unsupported', `${system}: the BMC lists no accounts`, { system });
  const { members, failures } = await readCollection(bmc, path, z.record(z.string(), z.unknown()));
  const named: BmcAccount[] = [];
  const slots: string[] = [];
  for (const member of members) {
    const at = asText(member['@odata.id']);
    if (at === null) continue;
    const account = accountOf(member, at);
    if (account.userName !== '') named.push(account);
    else if (isFree(at)) slots.push(at);
  }
  return { path, named, slots, failures: failures.map((one) => `${one.path}: ${one.why}`) };
}

/** iDRAC keeps its first slot for itself. */
const isFree = (path: string): boolean =>
  !/\/iDRAC\.Embedded\.1\/Accounts\/1$|\/AccountService\/Accounts\/1$/i.test(path);

function accountOf(body: Resource, path: string): BmcAccount {
  const oem = isRecord(body['Oem']) ? body['Oem'] : {};
  const hpe = [oem['Hpe'], oem['Hp']].find(isRecord) ?? {};
  const flag = (name: string): boolean | null => (typeof body[name] === 'boolean' ? body[name] : null);
  return {
    path,
    // iLO 4 has the name to log in with in its own part only.
    userName: asText(body['UserName']) ?? asText(hpe['LoginName']) ?? '',
    role: asText(body['RoleId']),
    enabled: flag('Enabled'),
    locked: flag('Locked'),
  };
}

/** @throws AdapterError malformed where not all accounts could be read and it is not among the others: nobody knows then */
export function findAccount({ named, failures }: Accounts, userName: string, system: string): BmcAccount | undefined {
  const found = named.find((one) => one.userName === userName);
  const [failure] = failures;
  if (found !== undefined || failure === undefined) return found;
  const message = `${system}: not all accounts could be read (${failure}), so that nobody knows whether ${userName} is among them`;
  throw new AdapterError('malformed', message, { system });
}

/** @throws AdapterError not-found */
export function mustFindAccount(accounts: Accounts, userName: string, system: string): BmcAccount {
  const found = findAccount(accounts, userName, system);
  if (found !== undefined) return found;
  const names = accounts.named.map((one) => one.userName).join(', ');
  throw new AdapterError('not-found', `${system}: the BMC has no account ${userName}, only ${names}`, { system });
}
