import { randomBytes } from 'node:crypto';
import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { type AccountOptions, DEMAND_PAGE, type SimulatedAccount, type SimulatedAccounts } from './accounts.ts';
import { refuse } from './answers.ts';
import { foldPath } from './tree.ts';

export interface DoorOptions {
  accounts: SimulatedAccounts;
  /** Where sessions are opened. */
  sessionsPath: string;
  /** 'at-older-path': 405 here, and open at /redfish/v1/Sessions (iDRAC 8); 'none': 404, Basic only. */
  sessions: 'normal' | 'at-older-path' | 'none';
  sessionCap: number;
  sessionTimeoutMs: number;
  demandsBy: AccountOptions['demandsBy'];
  /** What refuses a login because the account is locked says so. */
  tellsLock: boolean;
}

interface OpenSession {
  id: string;
  path: string;
  usedAt: number;
  account: SimulatedAccount;
}

/** Who may come in: sessions with token and cap, Basic, lock-out. */
export interface Door {
  /** Answers what concerns sessions themselves; undefined: not the door's business. */
  session(request: SimulatedRequest): SimulatedAnswer | undefined;
  /** The refusal, or undefined for who may pass. */
  keepOut(request: SimulatedRequest): SimulatedAnswer | undefined;
  /** Who has been let pass; undefined where nobody had to prove anything. */
  caller(request: SimulatedRequest): SimulatedAccount | undefined;
  counters: { sessionsOpened: number; sessionsClosed: number; refusedLogins: number };
  openSessions(): number;
  /** All sessions end, as after a reboot of the BMC; or those of one account. */
  expire(of?: SimulatedAccount): void;
}

const NO_LOGIN = new Set(['/redfish', '/redfish/v1', '/redfish/v1/odata', '/redfish/v1/$metadata']);

export function openDoor(options: DoorOptions): Door {
  const sessions = new Map<string, OpenSession>();
  const counters = { sessionsOpened: 0, sessionsClosed: 0, refusedLogins: 0 };
  const state = { next: 1 };
  const callers = new WeakMap<SimulatedRequest, SimulatedAccount>();
  const home = foldPath(options.sessionsPath);
  const place = options.sessions === 'at-older-path' ? '/redfish/v1/sessions' : home;

  function dropIdle(now: number): void {
    for (const [token, one] of sessions) if (now - one.usedAt > options.sessionTimeoutMs) sessions.delete(token);
  }

  /** The account, or why not. Counts wrong passwords. */
  function enter(username: unknown, password: unknown, now: number): SimulatedAccount | SimulatedAnswer {
    const entry = options.accounts.enter(username, password, now);
    if (entry === 'wrong' || entry === 'locked') {
      counters.refusedLogins += 1;
      return entry === 'locked' && options.tellsLock
        ? refuse(401, 'AccountLocked', 'The account is locked.')
        : unauthorized();
    }
    return options.accounts.all().find((one) => one.userName === username) ?? unauthorized();
  }

  function open(request: SimulatedRequest): SimulatedAnswer {
    const { UserName, Password } = (request.json ?? {}) as { UserName?: unknown; Password?: unknown };
    if (typeof UserName !== 'string' || typeof Password !== 'string')
      return refuse(400, 'PropertyMissing', 'UserName or Password is missing.');
    const account = enter(UserName, Password, request.at);
    if (isAnswer(account)) return account;
    if (account.mustChange && options.demandsBy === 'no-session') return demand(account);
    dropIdle(request.at);
    if (sessions.size >= options.sessionCap)
      return refuse(503, 'SessionLimitExceeded', 'No further session can be opened.');
    const id = String(state.next);
    state.next += 1;
    const path = `${place === home ? options.sessionsPath.replace(/\/+$/, '') : '/redfish/v1/Sessions'}/${id}`;
    const token = randomBytes(16).toString('hex');
    sessions.set(token, { id, path, usedAt: request.at, account });
    counters.sessionsOpened += 1;
    const body = {
      '@odata.type': '#Session.v1_3_0.Session',
      '@odata.id': path,
      Id: id,
      Name: 'User Session',
      UserName,
    };
    return { status: 201, headers: { location: path, 'x-auth-token': token }, body };
  }

  function demand(account: SimulatedAccount): SimulatedAnswer {
    if (options.demandsBy === 'page') return DEMAND_PAGE;
    const at = options.accounts.pathOf(account);
    const message = `The password provided for this account must be changed before access is granted. PATCH the Password property for this account located at the target URI '${at}' to complete this process.`;
    return refuse(403, 'PasswordChangeRequired', message);
  }

  function session(request: SimulatedRequest): SimulatedAnswer | undefined {
    const path = foldPath(request.path);
    if (options.sessions === 'none' && path.startsWith(home))
      return refuse(404, 'ResourceMissingAtURI', 'There are no sessions here.');
    if (request.method === 'POST' && path === place) return open(request);
    if (request.method === 'POST' && path === home) return refuse(405, 'OperationNotAllowed', 'Not here.');
    if (request.method !== 'DELETE' || !path.startsWith(`${place}/`)) return undefined;
    const refused = keepOut(request);
    if (refused) return refused;
    for (const [token, one] of sessions) {
      if (foldPath(one.path) !== path) continue;
      sessions.delete(token);
      counters.sessionsClosed += 1;
      return { status: 204 };
    }
    return refuse(404, 'ResourceMissingAtURI', 'No such session.');
  }

  function keepOut(request: SimulatedRequest): SimulatedAnswer | undefined {
    if (NO_LOGIN.has(foldPath(request.path))) return undefined;
    dropIdle(request.at);
    const known = sessions.get(request.headers['x-auth-token'] ?? '');
    if (known) known.usedAt = request.at;
    const account = known?.account ?? basic(request);
    if (isAnswer(account)) return account;
    callers.set(request, account);
    if (!account.mustChange || request.method === 'DELETE') return undefined;
    const own = foldPath(request.path) === foldPath(options.accounts.pathOf(account)) && request.method === 'PATCH';
    return own ? undefined : demand(account);
  }

  function basic(request: SimulatedRequest): SimulatedAccount | SimulatedAnswer {
    const [scheme, value] = (request.headers['authorization'] ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'basic' || value === undefined) return unauthorized();
    const [username, ...password] = Buffer.from(value, 'base64').toString('utf8').split(':');
    return enter(username, password.join(':'), request.at);
  }

  return {
    session,
    keepOut,
    caller: (request) => callers.get(request),
    counters,
    openSessions() {
      dropIdle(Date.now());
      return sessions.size;
    },
    expire(of) {
      for (const [token, one] of sessions) if (of === undefined || one.account === of) sessions.delete(token);
    },
  };
}

function unauthorized(): SimulatedAnswer {
  return refuse(401, 'NoValidSession', 'There is no valid session established with the implementation.');
}

function isAnswer(one: SimulatedAccount | SimulatedAnswer): one is SimulatedAnswer {
  return 'status' in one;
}
