import type { Http, HttpAnswer, HttpRequest, HttpStream } from '../../src/kit/http.ts';
import type { Kit } from '../../src/kit/kit.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import { credentialOf, reportRefusal } from './broker-session.ts';
import type { Seat } from './broker.ts';
import { ownPath } from './own-origin.ts';
import { messageIds, saysPasswordChange } from './refusal.ts';
import { basicHeaders, logIn, logOut, passwordMustChange, type Login, type Session } from './session.ts';

export interface OpenOptions {
  /**
   * 'try': logs in anew, whatever session there is, deletes that session at the end, and neither asks the lockouts nor tells them. For
   * finding out which of two passwords holds; the caller counts the tries.
   */
  login?: 'shared' | 'try';
  /** Goes on where the BMC demands a new password before anything else: for setting it. */
  passwordChange?: boolean;
}

/** One use's way into a BMC: the session, its renewal, and when to give up. */
export interface Entrance {
  /** @throws AdapterError unauthorized where these credentials were refused before: then nothing is sent at all */
  check(): Promise<void>;
  /** Logs in where nobody has. `sessions`: where the root says that sessions are opened. */
  enter(sessions: string | null): Promise<void>;
  /** Any status is an answer. A 401 is met with one new login. */
  ask(request: Asked): Promise<HttpAnswer>;
  /** The same for an answer that goes on: it ends by its own signal, and its place in the lane is free once it has begun. */
  stream(request: AskedStream): Promise<HttpStream>;
  /** Something could be read. */
  prove(): void;
  fatal(): AdapterError | null;
  requests(): number;
  /** Ends what is under way. */
  stop(): void;
  leave(): Promise<string[]>;
}

export type Asked = Pick<HttpRequest, 'method' | 'path' | 'headers' | 'body' | 'timeoutMs' | 'ownConnection'>;

export interface AskedStream {
  path: string;
  headers: Record<string, string>;
  idleMs: number;
  signal: AbortSignal;
}

type Send<A> = (request: HttpRequest) => Promise<A>;

// Where a root does not say where sessions are (Supermicro X10), and where iDRAC 8 has them.
const PATHS = { sessions: '/redfish/v1/SessionService/Sessions', older: '/redfish/v1/Sessions' } as const;

const CAPS = {
  /** A read of the largest machine known (DGX H100) takes 568. */
  requests: 3_000,
  renewals: 2,
  /** So many requests in a row without any answer: the BMC is gone, waiting out all the others would take half an hour. */
  silences: 3,
  logOutMs: 5_000,
  /** A session that could read nothing for so long may have ended; before that, a refusal is about the credentials. */
  doubtMs: 30_000,
};

export function openEntrance(given: { seat: Seat; kit: Kit; signal: AbortSignal; options: OpenOptions }): Entrance {
  const { seat, kit, options } = given;
  const { target } = seat;
  const { system } = kit;
  const { host, origin, lane, breaker, learnt } = seat.bmc;
  const { http, keeper } = seat;
  const ending = new AbortController();
  const stopped = AbortSignal.any([given.signal, ending.signal]);
  const tries = options.login === 'try';
  const use = {};
  const state = {
    own: null as Session | null,
    sessionPaths: [PATHS.sessions, PATHS.older] as string[],
    guessed: false,
    renewals: 0,
    silences: 0,
    requests: 0,
    fatal: null as AdapterError | null,
  };

  /** Logging in counts as what it costs: requests of this use. */
  const counting: Http = {
    ...http,
    request(request) {
      state.requests += 1;
      return http.request(request);
    },
    get fingerprint256() {
      return http.fingerprint256;
    },
  };
  const current = (): Session | null => (tries ? state.own : keeper.current());

  function die(error: AdapterError): AdapterError {
    state.fatal ??= error;
    return error;
  }

  function wasStopped(cause: unknown, sent = false): AdapterError {
    const message = `${system}: the work at ${host} was stopped`;
    return new AdapterError('unreachable', message, { system, cause, detail: { sent } });
  }

  async function exchange<A extends HttpAnswer>(request: Asked, session: Session | null, send: Send<A>): Promise<A> {
    if (state.requests >= CAPS.requests)
      throw die(new AdapterError('malformed', `${system}: more than ${CAPS.requests} requests in one go`, { system }));
    let sent = false;
    const work = async (): Promise<A> => {
      if (state.fatal) throw state.fatal;
      state.requests += 1;
      sent = true;
      const headers = { ...request.headers, ...session?.headers };
      const answer = await send({ ...request, headers, signal: stopped });
      state.silences = 0;
      if (answer.status < 500) breaker.answered();
      return answer;
    };
    try {
      return await lane.run(use, work, stopped);
    } catch (error) {
      if (stopped.aborted) throw wasStopped(error, sent && !neverSent(error));
      if (!sent) throw error instanceof AdapterError ? unsent(error) : error;
      if (error instanceof AdapterError && error.kind === 'unreachable') {
        breaker.failed(reasonOf(error));
        state.silences += 1;
        if (state.silences >= CAPS.silences) die(error);
      }
      throw error;
    }
  }

  async function enter(used: Session | null): Promise<void> {
    const { username, password } = target;
    const { sessionPaths, guessed } = state;
    const login: Login = { system, origin, username, password, sessionPaths, guessed };
    try {
      if (tries) state.own = await lane.run(use, () => logInToTry(login), stopped);
      // Others may wait for the same login: it goes on even when this use is stopped.
      else await orStopped(keeper.enter(login, counting, used));
    } catch (error) {
      if (error instanceof AdapterError && error.kind === 'unauthorized') throw await refuse(error, null);
      if (stopped.aborted) throw wasStopped(error);
      if (error instanceof AdapterError && error.kind === 'unreachable' && error.status === undefined)
        breaker.failed(reasonOf(error));
      throw error;
    }
    if (stopped.aborted) throw wasStopped(stopped.reason);
  }

  /** Some open no session before the password is changed (Lenovo XCC): then the change itself carries the credentials. */
  async function logInToTry(login: Login): Promise<Session> {
    try {
      return await logIn(counting, login);
    } catch (error) {
      const mustChange = error instanceof AdapterError && error.detail?.['passwordChangeRequired'] === true;
      if (!mustChange || options.passwordChange !== true) throw error;
      return { headers: basicHeaders(login), path: null, proven: false, openedAt: Date.now() };
    }
  }

  async function orStopped<T>(work: Promise<T>): Promise<T> {
    if (stopped.aborted) throw wasStopped(stopped.reason);
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(wasStopped(stopped.reason));
      stopped.addEventListener('abort', stop, { once: true });
      work.then(resolve, reject).finally(() => stopped.removeEventListener('abort', stop));
    });
  }

  /** Nobody tries these credentials again until a person acts. `session`: what was opened with them and is of no use. */
  async function refuse(error: AdapterError, session: Session | null): Promise<AdapterError> {
    die(error);
    const mustChange = error.detail?.['passwordChangeRequired'] === true;
    if (mustChange) seat.tellMustChange();
    if (session !== null && !tries) {
      await reportRefusal(kit, host, target, error);
      await keeper.discard(session, http);
    }
    return error;
  }

  /** A 401 after a good login: the session ended early (HPE and AMI say 30 for its time-out and do not say of what), or the BMC restarted. */
  async function renew(used: Session, path: string): Promise<boolean> {
    if (current() !== used && current() !== null) return true; // somebody has done it meanwhile
    if (used.path === null || state.renewals >= CAPS.renewals) return false;
    if (learnt.get(`401 ${path}`) !== undefined) return false;
    if (keeper.entering() === null) state.renewals += 1;
    seat.bmc.root = null;
    await enter(used);
    return true;
  }

  async function ask<A extends HttpAnswer>(request: Asked, send: Send<A>): Promise<A> {
    const under = keeper.entering();
    if (under !== null && !tries) await orStopped(under.catch(() => undefined));
    const used = current();
    const answer = await exchange(request, used, send);
    if (used === null) return answer;
    if (answer.status === 403 && saysPasswordChange(messageIds(answer.text))) {
      if (options.passwordChange === true) return answer;
      throw await refuse(passwordMustChange(system, 403), used);
    }
    // The first thing that is read with a new session tells whether its credentials may read.
    const isNew = !used.proven && Date.now() - used.openedAt < CAPS.doubtMs;
    const doubtful = request.method === 'GET' && isNew && options.passwordChange !== true;
    if (doubtful && (answer.status === 401 || answer.status === 403) && current() === used) {
      const message = `${system}: the BMC refused the credentials at ${request.path} (${answer.status})`;
      throw await refuse(new AdapterError('unauthorized', message, { system, status: answer.status }), used);
    }
    if (answer.status !== 401 || !(await renew(used, request.path))) return answer;
    const again = await exchange(request, current(), send);
    // The account may not see it, and some say 401 to that: not worth a session each time.
    if (again.status === 401) learnt.set(`401 ${request.path}`, 'also with a new session');
    return again;
  }

  return {
    async check() {
      if (seat.mustChange && options.passwordChange !== true && !tries) throw die(passwordMustChange(system, 403));
      if (current() === null && !tries) await kit.lockouts.check(host, credentialOf(target));
    },
    async enter(sessions) {
      const first = sessions === null ? PATHS.sessions : ownPath(sessions, origin, system);
      state.sessionPaths = [...new Set([first, PATHS.older])];
      state.guessed = sessions === null;
      if (current() === null) await enter(null);
    },
    ask: (request) => ask(request, (wanted) => http.request(wanted)),
    stream({ path, headers, idleMs, signal }) {
      const send: Send<HttpStream> = (wanted) => http.stream({ ...wanted, idleMs, signal });
      return ask({ method: 'GET', path, headers }, send);
    },
    prove() {
      const session = current();
      if (session !== null) session.proven = true;
    },
    fatal: () => state.fatal,
    requests: () => state.requests,
    stop: () => ending.abort(),
    async leave() {
      if (state.own === null) return [];
      const session = state.own;
      const problem = await lane.run(use, () => logOut(http, session, CAPS.logOutMs));
      return problem === null ? [] : [problem];
    },
  };
}

function neverSent(error: unknown): boolean {
  return error instanceof AdapterError && error.detail?.['sent'] === false;
}

/** The same, for a request that did not go out because of what had gone wrong before. */
function unsent(error: AdapterError): AdapterError {
  const { kind, message, system, status, retryAfterMs, cause } = error;
  return new AdapterError(kind, message, {
    ...{ system, status, retryAfterMs, cause },
    detail: { ...error.detail, sent: false },
  });
}

/** Without the adapter's name and the request, which stand beside it already. */
function reasonOf(error: AdapterError): string {
  return error.message.replace(/^[\w-]+: [A-Z]+ \S+: /, '');
}
