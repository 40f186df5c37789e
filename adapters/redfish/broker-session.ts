import { createHash } from 'node:crypto';
import type { Http } from '../../src/kit/http.ts';
import type { Kit } from '../../src/kit/kit.ts';
import type { Lease } from '../../src/kit/shared-store.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { KnownBmc } from './known-bmc.ts';
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

export const SESSION_LIST = 'sessions';
/** The record outlives the process that opened the session, so that the session can still be deleted. */
export const RECORD_MS = 24 * 3_600_000;
const LOGIN = { ttlMs: 30_000, waitMs: 90_000 };
const LOG_OUT_MS = 5_000;

/** The same for all sessions. */
export interface SessionHouse {
  kit: Kit;
  idleMs: number;
}

/** The one session at one BMC for one pair of credentials, of all uses in this process. */
export class SessionKeeper {
  /** Keyed digest of origin, user name and password. */
  readonly key: string;
  readonly bmc: KnownBmc;
  /** How many work with it now. */
  users = 0;
  usedAt = 0;
  /** The BMC demands another password before anything else. */
  mustChangeUntil = 0;
  readonly #house: SessionHouse;
  #session: Session | null = null;
  #fingerprint256: string | null = null;
  #remindedAt = 0;
  #entering: Promise<Session> | null = null;

  constructor(key: string, bmc: KnownBmc, house: SessionHouse) {
    this.key = key;
    this.bmc = bmc;
    this.#house = house;
  }

  current(): Session | null {
    return this.#session;
  }

  /** A login under way. */
  entering(): Promise<unknown> | null {
    return this.#entering;
  }

  /** Takes what the record says, which was read together with other things. */
  adopt(record: SessionRecord | null, credentials: Credentials): void {
    const own = this.#session;
    if (record === null) {
      // It was swept; unless Redis is away or has forgotten everything, and then one that was used just now still holds.
      if (own !== null && Date.now() - this.usedAt > this.#house.idleMs) this.#session = null;
    } else if (own === null || tokenOf(own) !== record.token) {
      this.#fingerprint256 = record.fingerprint256;
      this.#session = sessionOf(record, credentials);
    }
  }

  /**
   * The session to go on with after `used` was refused (null: there was none). One login for all who need one, in all processes.
   * @throws AdapterError as `logIn`; unauthorized where these credentials were refused before
   */
  async enter(login: Login, http: Http, used: Session | null): Promise<Session> {
    if (this.#session !== null && this.#session !== used) return this.#session;
    this.#entering ??= this.#logInOnce(login, http, used).finally(() => (this.#entering = null));
    return this.#entering;
  }

  /** Deletes a session that is of no use. */
  async discard(session: Session, http: Http): Promise<void> {
    if (this.#session === session) {
      const { shared } = this.#house.kit;
      this.#session = null;
      await shared.delete(recordName(this.key));
      await shared.forget(SESSION_LIST, this.key);
    }
    await this.#logOutQuietly(session, http);
  }

  /** Keeps it from being closed as idle. Tells the other processes only now and then. */
  touch(): void {
    const { kit, idleMs } = this.#house;
    const now = Date.now();
    this.usedAt = now;
    const session = this.#session;
    if (session === null || session.path === null || now - this.#remindedAt < idleMs / 4) return;
    this.#remindedAt = now;
    void kit.shared.remind(SESSION_LIST, this.key, idleMs);
  }

  /** Somebody has closed it. */
  drop(): void {
    this.#session = null;
  }

  async #save(session: Session): Promise<void> {
    const { origin, host } = this.bmc;
    const { path } = session;
    const fingerprint256 = this.#fingerprint256;
    const record: SessionRecord = { origin, host, token: tokenOf(session), path, fingerprint256, closingSince: null };
    await this.#house.kit.shared.set(recordName(this.key), JSON.stringify(record), RECORD_MS);
  }

  async #logInOnce(login: Login, http: Http, used: Session | null): Promise<Session> {
    const { kit } = this.#house;
    const { host, lane } = this.bmc;
    const lease = await this.#leaveToLogIn();
    try {
      const record = await readRecord(kit, this.key);
      const another = record !== null && (used === null || tokenOf(used) !== record.token);
      if (another) {
        this.adopt(record, login);
        if (this.#session !== null && this.#session !== used) return this.#session;
      }
      // Somebody may have been refused while this one waited.
      await kit.lockouts.check(host, credentialOf(login));
      // It may be alive, where a BMC answers 401 for what the account may not see: two at once would use up what it has.
      if (used !== null) await this.#logOutQuietly(used, http);
      const session = await lane.run(this, () => logIn(http, login));
      this.#session = session;
      this.#fingerprint256 = http.fingerprint256;
      this.#remindedAt = 0;
      await this.#save(session);
      this.touch();
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

  async #logOutQuietly(session: Session, http: Http): Promise<void> {
    const { host, lane } = this.bmc;
    const problem = await lane.run(this, () => logOut(http, session, LOG_OUT_MS));
    if (problem !== null) this.#house.kit.log.warn({ host, problem }, 'BMC session may be left open');
  }

  async #leaveToLogIn(): Promise<Lease> {
    const { shared, system } = this.#house.kit;
    const lease = await shared.lease(`login:${this.key}`, { slots: 1, ...LOGIN });
    if (lease) return lease;
    const message = `${system}: another worker has been logging in at ${this.bmc.host} for ${LOGIN.waitMs / 1000} s`;
    throw new AdapterError('throttled', message, { system, retryAfterMs: 30_000 });
  }
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
