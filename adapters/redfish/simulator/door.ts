import { randomBytes } from 'node:crypto';
import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import { foldPath } from './tree.ts';

export interface DoorOptions {
  username: string;
  password: string;
  /** Where sessions are opened. */
  sessionsPath: string;
  /** 'at-older-path': 405 here, and open at /redfish/v1/Sessions (iDRAC 8); 'none': 404, Basic only. */
  sessions: 'normal' | 'at-older-path' | 'none';
  sessionCap: number;
  sessionTimeoutMs: number;
  /** So many wrong passwords, and the account is locked until `unlock`; 0: never. */
  lockoutAfter: number;
  passwordChangeRequired: boolean;
}

interface OpenSession {
  id: string;
  path: string;
  usedAt: number;
}

/** Who may come in: sessions with token and cap, Basic, lock-out. */
export interface Door {
  /** Answers what concerns sessions themselves; undefined: not the door's business. */
  session(request: SimulatedRequest): SimulatedAnswer | undefined;
  /** The refusal, or undefined for who may pass. */
  keepOut(request: SimulatedRequest): SimulatedAnswer | undefined;
  counters: { sessionsOpened: number; sessionsClosed: number; refusedLogins: number };
  openSessions(): number;
  locked(): boolean;
  unlock(): void;
  /** All sessions end, as after a reboot of the BMC. */
  expire(): void;
}

const NO_LOGIN = new Set(['/redfish', '/redfish/v1', '/redfish/v1/odata', '/redfish/v1/$metadata']);

export function openDoor(options: DoorOptions): Door {
  const sessions = new Map<string, OpenSession>();
  const counters = { sessionsOpened: 0, sessionsClosed: 0, refusedLogins: 0 };
  const state = { wrong: 0, locked: false, next: 1 };
  const home = foldPath(options.sessionsPath);
  const place = options.sessions === 'at-older-path' ? '/redfish/v1/sessions' : home;

  function dropIdle(now: number): void {
    for (const [token, one] of sessions) if (now - one.usedAt > options.sessionTimeoutMs) sessions.delete(token);
  }

  function matches(username: unknown, password: unknown): boolean {
    const right = !state.locked && username === options.username && password === options.password;
    if (right) state.wrong = 0;
    else {
      state.wrong += 1;
      counters.refusedLogins += 1;
      if (options.lockoutAfter > 0 && state.wrong >= options.lockoutAfter) state.locked = true;
    }
    return right;
  }

  function open(request: SimulatedRequest): SimulatedAnswer {
    const { UserName, Password } = (request.json ?? {}) as { UserName?: unknown; Password?: unknown };
    if (typeof UserName !== 'string' || typeof Password !== 'string')
      return refuse(400, 'PropertyMissing', 'UserName or Password is missing.');
    if (!matches(UserName, Password)) return unauthorized();
    dropIdle(request.at);
    if (sessions.size >= options.sessionCap)
      return refuse(503, 'SessionLimitExceeded', 'No further session can be opened.');
    const id = String(state.next);
    state.next += 1;
    const path = `${place === home ? options.sessionsPath.replace(/\/+$/, '') : '/redfish/v1/Sessions'}/${id}`;
    const token = randomBytes(16).toString('hex');
    sessions.set(token, { id, path, usedAt: request.at });
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
    if (known === undefined && !basic(request.headers['authorization'])) return unauthorized();
    if (!options.passwordChangeRequired || request.method === 'DELETE') return undefined;
    return refuse(403, 'PasswordChangeRequired', 'The password must be changed first.');
  }

  function basic(header: string | undefined): boolean {
    const [scheme, value] = (header ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'basic' || value === undefined) return false;
    const [username, ...password] = Buffer.from(value, 'base64').toString('utf8').split(':');
    return matches(username, password.join(':'));
  }

  return {
    session,
    keepOut,
    counters,
    openSessions() {
      dropIdle(Date.now());
      return sessions.size;
    },
    locked: () => state.locked,
    unlock: () => Object.assign(state, { wrong: 0, locked: false }),
    expire: () => sessions.clear(),
  };
}

function unauthorized(): SimulatedAnswer {
  return refuse(401, 'NoValidSession', 'There is no valid session established with the implementation.');
}
