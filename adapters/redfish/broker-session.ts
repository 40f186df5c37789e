import { createHash } from 'node:crypto';
import type { Http } from '../../src/kit/http.ts';
import type { Kit } from '../../src/kit/kit.ts';
import type { Lease } from '../../src/kit/shared-store.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { Lane } from './broker-lane.ts';
import { basicHeaders, logIn, logOut, type Login, type Session } from './session.ts';

type Credentials = Pick<Login, 'username' | 'password'>;

/** What all workers know of the session at one BMC for one pair of credentials. Sealed in Redis. */
export interface SessionRecord {
  origin: string;
  host: string;
  /** Null: the service has no sessions, and every request carries the credentials (which are not in here). */
  token: string | null;
  path: string | null;
  /** Of the certificate shown when it was opened: whoever deletes it gives the token to nobody else. */
  fingerprint256: string | null;
  /** Since when it is being deleted. */
  closingSince: number | null;
}

export interface SessionPlace {
  /** Keyed digest of origin, user name and password. */
  key: string;
  host: string;
  origin: string;
  lane: Lane;
}

/** The one session of a place, of all uses in this process. */
export interface SessionKeeper {
  readonly place: SessionPlace;
  readonly usedAt: number;
  current(): Session | null;
  /** Takes what the record says, which was read together with other things. */
  adopt(record: SessionRecord | null, credentials: Credentials): void;
  /**
   * The session to go on with after `used` was refused (null: there was none). One login for all who need one, in all processes.
   * @throws AdapterError as `logIn`; unauthorized where these credentials were refused before
   */
  enter(login: Login, http: Http, used: Session | null): Promise<Session>;
  /** A login under way. */
  entering(): Promise<unknown> | null;
  /** Deletes a session that is of no use. */
  discard(session: Session, http: Http): Promise<void>;
  /** Keeps it from being closed as idle. Tells the other processes only now and then. */
  touch(): void;
  /** Somebody has closed it. */
  drop(): void;
}

export const SESSION_LIST = 'sessions';
/** The record outlives the process that opened the session, so that the session can still be deleted. */
export const RECORD_MS = 24 * 3_600_000;
const LOGIN = { ttlMs: 30_000, waitMs: 90_000 };
const LOG_OUT_MS = 5_000;

export function keepSession(place: SessionPlace, kit: Kit, idleMs: number): SessionKeeper {
  const { key, host, lane } = place;
  const { shared, system } = kit;
  const state = {
    session: null as Session | null,
    fingerprint256: null as string | null,
    usedAt: 0,
    remindedAt: 0,
    entering: null as Promise<Session> | null,
  };

  async function save(session: Session): Promise<void> {
    const { fingerprint256 } = state;
    const { path } = session;
    const { origin } = place;
    const record: SessionRecord = { origin, host, token: tokenOf(session), path, fingerprint256, closingSince: null };
    await shared.set(recordName(key), JSON.stringify(record), RECORD_MS);
  }

  function touch(): void {
    const now = Date.now();
    state.usedAt = now;
    if (state.session === null || state.session.path === null || now - state.remindedAt < idleMs / 4) return;
    state.remindedAt = now;
    void shared.remind(SESSION_LIST, key, idleMs);
  }

  function adopt(record: SessionRecord | null, credentials: Credentials): void {
    const own = state.session;
    if (record === null) {
      // It was swept; unless Redis is away or has forgotten everything, and then one that was used just now still holds.
      if (own !== null && Date.now() - state.usedAt > idleMs) state.session = null;
    } else if (own === null || tokenOf(own) !== record.token) {
      state.fingerprint256 = record.fingerprint256;
      state.session = sessionOf(record, credentials);
    }
  }

  async function logInOnce(login: Login, http: Http, used: Session | null): Promise<Session> {
    const lease = await leaveToLogIn();
    try {
      const record = await readRecord(kit, key);
      const another = record !== null && (used === null || tokenOf(used) !== record.token);
      if (another) {
        adopt(record, login);
        if (state.session !== null && state.session !== used) return state.session;
      }
      // Somebody may have been refused while this one waited.
      await kit.lockouts.check(host, credentialOf(login));
      // It may be alive, where a BMC answers 401 for what the account may not see: two at once would use up what it has.
      if (used !== null) await logOutQuietly(used, http);
      const session = await lane.run(state, () => logIn(http, login));
      Object.assign(state, { session, fingerprint256: http.fingerprint256, remindedAt: 0 });
      await save(session);
      touch();
      return session;
    } catch (error) {
      // Told before the lease ends: whoever comes next must find it.
      if (error instanceof AdapterError && error.kind === 'unauthorized' && error.status !== undefined)
        await reportRefusal(kit, host, login, error);
      throw error;
    } finally {
      lease.release();
    }
  }

  async function logOutQuietly(session: Session, http: Http): Promise<void> {
    const problem = await lane.run(state, () => logOut(http, session, LOG_OUT_MS));
    if (problem !== null) kit.log.warn({ host, problem }, 'BMC session may be left open');
  }

  async function leaveToLogIn(): Promise<Lease> {
    const lease = await shared.lease(`login:${key}`, { slots: 1, ...LOGIN });
    if (lease) return lease;
    const message = `${system}: another worker has been logging in at ${host} for ${LOGIN.waitMs / 1000} s`;
    throw new AdapterError('throttled', message, { system, retryAfterMs: 30_000 });
  }

  return {
    place,
    get usedAt() {
      return state.usedAt;
    },
    current: () => state.session,
    adopt,
    async enter(login, http, used) {
      if (state.session !== null && state.session !== used) return state.session;
      state.entering ??= logInOnce(login, http, used).finally(() => (state.entering = null));
      return state.entering;
    },
    entering: () => state.entering,
    async discard(session, http) {
      if (state.session === session) {
        state.session = null;
        await shared.delete(recordName(key));
        await shared.forget(SESSION_LIST, key);
      }
      await logOutQuietly(session, http);
    },
    touch,
    drop: () => void (state.session = null),
  };
}

/** What identifies credentials to the lockouts. */
export function credentialOf({ username, password }: Credentials): string {
  return `${username}:${createHash('sha256').update(password).digest('hex')}`;
}

export async function reportRefusal(
  kit: Kit,
  host: string,
  credentials: Credentials,
  error: AdapterError,
): Promise<void> {
  if (error.detail?.['passwordChangeRequired'] === true) return; // the password is right; only it must be another one
  try {
    await kit.lockouts.report(host, credentialOf(credentials), error.message);
  } catch (cause) {
    kit.log.error({ host, err: cause }, 'refused BMC credentials could not be remembered: they may be tried again');
  }
}

export const recordName = (key: string): string => `session:${key}`;

export async function readRecord(kit: Kit, key: string): Promise<SessionRecord | null> {
  const name = recordName(key);
  return parseRecord((await kit.shared.get([name]))[name] ?? null);
}

export function parseRecord(text: string | null): SessionRecord | null {
  return text === null ? null : (JSON.parse(text) as SessionRecord);
}

export function tokenOf(session: Session): string | null {
  return session.headers['x-auth-token'] ?? null;
}

/** What another process opened is taken as good: a 401 then says that it has ended. */
function sessionOf({ token, path }: SessionRecord, credentials: Credentials): Session {
  const opened = { proven: true, openedAt: Date.now() };
  if (token !== null) return { headers: { 'x-auth-token': token }, path, ...opened };
  return { headers: basicHeaders(credentials), path: null, ...opened };
}
