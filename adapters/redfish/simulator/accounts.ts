import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import { etagOf } from './patch.ts';
import { foldPath, type Body } from './tree.ts';

export interface AccountOptions {
  /** 'required': 428 without the ETag of the account, or for a new one that of the collection. Default 'optional'. */
  etags?: 'optional' | 'required';
  /** 'slots': fifteen places, of which an empty one is filled by PATCH, and no POST (Dell, Lenovo). Default 'post'. */
  accounts?: 'post' | 'slots';
  minPasswordLength?: number;
  maxPasswordLength?: number;
  /** A locked account opens again after so long; 0: never by itself. Default 0. */
  lockoutMs?: number;
  /** Whether what refuses a login because of a lock says so. Default: no, as most. */
  tellsLock?: boolean;
  /** The answer to a session and to every read while the password must be changed. 'page': 403 with XHTML. Default 'message'. */
  demandsBy?: 'message' | 'page' | 'no-session';
}

export interface SimulatedAccount {
  id: string;
  userName: string;
  password: string;
  role: string;
  enabled: boolean;
  mustChange: boolean;
  wrong: number;
  lockedAt: number | null;
}

export type Entry = 'in' | 'wrong' | 'must-change' | 'locked';

export interface SimulatedAccounts {
  all(): SimulatedAccount[];
  /** Counts wrong passwords. */
  enter(userName: unknown, password: unknown, now: number): Entry;
  answer(request: SimulatedRequest, as: SimulatedAccount): SimulatedAnswer | undefined;
  read(path: string): Body | undefined;
  /** Where the account's password is changed. */
  pathOf(account: SimulatedAccount): string;
  service: string;
  unlock(): void;
  /** How often each password was changed. */
  changes(): number;
}

const SLOTS = 15;

export function accountsOf(
  options: AccountOptions & {
    username: string;
    password: string;
    lockoutAfter: number;
    mustChange: boolean;
    service: string;
  },
): SimulatedAccounts {
  const { service, lockoutAfter, lockoutMs = 0 } = options;
  const style = options.accounts ?? 'post';
  const collection = `${service}/Accounts`;
  const limits = { min: options.minPasswordLength ?? 8, max: options.maxPasswordLength ?? 20 };
  const counts = { changes: 0, next: 3 };
  const blank = { role: '', enabled: false, mustChange: false, wrong: 0, lockedAt: null };
  const first: SimulatedAccount = {
    ...{ ...blank, id: '2', userName: options.username, password: options.password },
    ...{ role: 'Administrator', enabled: true, mustChange: options.mustChange },
  };
  const accounts: SimulatedAccount[] =
    style === 'slots'
      ? Array.from({ length: SLOTS }, (_, at) =>
          at === 1 ? first : { ...blank, id: String(at + 1), userName: '', password: '' },
        )
      : [first];
  const pathOf = ({ id }: SimulatedAccount): string => `${collection}/${id}`;

  function isLocked(account: SimulatedAccount, now: number): boolean {
    if (account.lockedAt !== null && lockoutMs > 0 && now - account.lockedAt >= lockoutMs)
      Object.assign(account, { wrong: 0, lockedAt: null });
    return account.lockedAt !== null;
  }

  function enter(userName: unknown, password: unknown, now: number): Entry {
    const account = accounts.find((one) => one.userName !== '' && one.userName === userName);
    if (account === undefined || !account.enabled) return 'wrong';
    if (isLocked(account, now)) return 'locked';
    if (account.password === password) {
      account.wrong = 0;
      return account.mustChange ? 'must-change' : 'in';
    }
    account.wrong += 1;
    if (lockoutAfter > 0 && account.wrong >= lockoutAfter) account.lockedAt = now;
    return 'wrong';
  }

  function bodyOf(account: SimulatedAccount): Body {
    return {
      '@odata.id': pathOf(account),
      '@odata.type': '#ManagerAccount.v1_9_0.ManagerAccount',
      Id: account.id,
      Name: 'User Account',
      UserName: account.userName,
      Password: null,
      RoleId: account.role === '' ? 'None' : account.role,
      Enabled: account.enabled,
      Locked: account.lockedAt !== null,
      PasswordChangeRequired: account.mustChange,
      AccountTypes: ['Redfish'],
    };
  }

  function serviceBody(): Body {
    return {
      '@odata.id': service,
      '@odata.type': '#AccountService.v1_10_0.AccountService',
      Id: 'AccountService',
      Name: 'Account Service',
      ServiceEnabled: true,
      MinPasswordLength: limits.min,
      MaxPasswordLength: limits.max,
      AccountLockoutThreshold: lockoutAfter,
      AccountLockoutDuration: Math.ceil(lockoutMs / 1000),
      Accounts: { '@odata.id': collection },
    };
  }

  function listBody(): Body {
    return {
      '@odata.id': collection,
      '@odata.type': '#ManagerAccountCollection.ManagerAccountCollection',
      Name: 'Accounts',
      Members: accounts.map((one) => ({ '@odata.id': pathOf(one) })),
      'Members@odata.count': accounts.length,
    };
  }

  function badPassword(password: unknown): SimulatedAnswer | undefined {
    if (typeof password === 'string' && password.length >= limits.min && password.length <= limits.max)
      return undefined;
    const message = `The value ${String(password)} for the property Password is of ${limits.min} to ${limits.max} characters.`;
    return refuse(400, 'PropertyValueFormatError', message);
  }

  function change(account: SimulatedAccount, wanted: Body): SimulatedAnswer {
    const known = new Set(['UserName', 'Password', 'RoleId', 'Enabled', 'Locked']);
    const odd = Object.keys(wanted).find((name) => !known.has(name));
    if (odd !== undefined) return refuse(400, 'PropertyNotWritable', `${odd} cannot be written.`);
    if ('Password' in wanted) {
      const refused = badPassword(wanted['Password']);
      if (refused) return refused;
      counts.changes += 1;
      Object.assign(account, { password: wanted['Password'], mustChange: false });
    }
    if (typeof wanted['UserName'] === 'string') account.userName = wanted['UserName'];
    if (typeof wanted['RoleId'] === 'string') account.role = wanted['RoleId'];
    if (typeof wanted['Enabled'] === 'boolean') account.enabled = wanted['Enabled'];
    return { status: 200, body: bodyOf(account) };
  }

  function make(wanted: Body): SimulatedAnswer {
    if (style === 'slots') return refuse(405, 'OperationNotAllowed', 'POST is not allowed here.');
    const { UserName, Password, RoleId } = wanted;
    if (typeof UserName !== 'string' || typeof RoleId !== 'string')
      return refuse(400, 'CreateFailedMissingReqProperties', 'UserName or RoleId is missing.');
    const refused = badPassword(Password);
    if (refused) return refused;
    if (accounts.some((one) => one.userName === UserName))
      return refuse(400, 'ResourceAlreadyExists', `The account ${UserName} exists already.`);
    const account = {
      ...blank,
      id: String(counts.next),
      userName: UserName,
      password: String(Password),
      role: RoleId,
      enabled: true,
    };
    counts.next += 1;
    accounts.push(account);
    return { status: 201, headers: { location: pathOf(account) }, body: bodyOf(account) };
  }

  function read(path: string): Body | undefined {
    const at = foldPath(path);
    if (at === foldPath(service)) return serviceBody();
    if (at === foldPath(collection)) return listBody();
    const account = accounts.find((one) => foldPath(pathOf(one)) === at);
    return account === undefined ? undefined : bodyOf(account);
  }

  function whyStale(request: SimulatedRequest, body: Body | undefined): SimulatedAnswer | undefined {
    const condition = request.headers['if-match'];
    if (body === undefined) return undefined;
    if (condition === undefined)
      return options.etags === 'required' ? refuse(428, 'PreconditionRequired', 'If-Match is required.') : undefined;
    return condition === etagOf(body) ? undefined : refuse(412, 'PreconditionFailed', 'The ETag did not match.');
  }

  return {
    read,
    all: () => accounts,
    enter,
    pathOf,
    service,
    changes: () => counts.changes,
    unlock: () => accounts.forEach((one) => Object.assign(one, { wrong: 0, lockedAt: null })),
    answer(request, as) {
      const path = foldPath(request.path);
      const wanted = (request.json ?? {}) as Body;
      if (as.mustChange && (path !== foldPath(pathOf(as)) || request.method !== 'PATCH')) return undefined;
      if (request.method === 'GET') {
        const body = read(path);
        return body === undefined ? undefined : { status: 200, body };
      }
      const stale = as.mustChange ? undefined : whyStale(request, read(path));
      if (stale) return stale;
      if (path === foldPath(collection)) return request.method === 'POST' ? make(wanted) : undefined;
      const account = accounts.find((one) => foldPath(pathOf(one)) === path);
      return account !== undefined && request.method === 'PATCH' ? change(account, wanted) : undefined;
    },
  };
}

/** As AMI and some Lenovo demand it. */
export const DEMAND_PAGE: SimulatedAnswer = {
  status: 403,
  headers: { 'content-type': 'text/html' },
  body: '<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><title>403</title></html>',
};
