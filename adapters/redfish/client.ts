import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../../src/kit/http.ts';
import type { Kit } from '../../src/kit/kit.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { BmcTarget } from '../../src/ports/hardware-inventory.ts';
import { connect, parseTarget, trust } from './connect.ts';
import { enterLane } from './lane.ts';
import { fold, ownPath } from './own-origin.ts';
import { messageIds, saysPasswordChange } from './refusal.ts';
import { parseBody } from './resource-body.ts';
import { ServiceRoot } from './schema.ts';
import { logIn, logOut, passwordMustChange, type Session } from './session.ts';
import type { Settings } from './settings.ts';

// The only paths that are not taken from links. The first two are fixed by DSP0266; the others stand in for a root that
// does not say where sessions are (Supermicro X10), and for iDRAC 8, which has them at the older place.
const PATHS = {
  root: '/redfish/v1/',
  rootWithoutSlash: '/redfish/v1',
  sessions: '/redfish/v1/SessionService/Sessions',
  olderSessions: '/redfish/v1/Sessions',
} as const;

const CAPS = {
  /** HPE's power history is 300 KB, Dell's largest expanded collection about 1 MB. */
  bodyBytes: 8 * 1024 * 1024,
  /** A read of the largest machine known (DGX H100) takes 568. */
  requestsPerRead: 3000,
  redirects: 3,
  renewals: 2,
  /** So many requests in a row without any answer: the BMC is gone, waiting out all the others would take half an hour. */
  silences: 3,
  logOutMs: 5_000,
  /** A login under way when the read is stopped is waited for: its session could not be deleted otherwise. */
  logInGraceMs: 5_000,
};

/** One BMC, logged in. */
export interface Bmc {
  root: ServiceRoot;
  /** What `$expand` understands here; null: not offered, or offered and found not to work. */
  expand: '.' | '*' | null;
  /**
   * The resource behind a link of the BMC; each is read once and remembered.
   * @throws AdapterError not-found | unauthorized | unreachable | throttled | malformed | rejected
   */
  get(link: string, options?: { timeoutMs?: number }): Promise<Record<string, unknown>>;
  /** What makes going on pointless: refused credentials, silence. Every later `get` throws it. */
  fatal(): AdapterError | null;
  narrow(atATime: number): void;
  requests(): number;
  fingerprint256(): string | null;
  /** Stops what is under way and deletes the session. Never throws; returns what a person should know. */
  close(): Promise<string[]>;
}

/** @throws AdapterError unauthorized | unreachable | throttled | malformed | unsupported */
export async function openBmc(target: BmcTarget, settings: Settings, kit: Kit, signal: AbortSignal): Promise<Bmc> {
  const { system } = kit;
  const { origin, host } = parseTarget(target.url, system);
  const credential = `${target.username}:${createHash('sha256').update(target.password).digest('hex')}`;
  await kit.lockouts.check(host, credential);

  const http = connect(kit, {
    baseUrl: origin,
    tls: trust(target, settings),
    connections: settings.maxInFlight,
    // Several BMCs reset or mishandle a connection that was idle for longer (iLO 5: DMTF Redfish-Event-Listener #24).
    keepAliveMs: 3_000,
    timeoutMs: settings.timeoutMs,
    maxBytes: CAPS.bodyBytes,
  });
  const lane = enterLane(host, settings.maxInFlight);
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const tooLate = new AbortController();
  stopped.addEventListener('abort', () => setTimeout(() => tooLate.abort(), CAPS.logInGraceMs).unref(), { once: true });
  const opened: Session[] = [];
  const seen = new Map<string, Promise<Record<string, unknown>>>();
  const underWay = new Set<Promise<unknown>>();
  const state = {
    session: null as Session | null,
    renewals: 0,
    renewing: null as Promise<void> | null,
    proven: false,
    silences: 0,
    fatal: null as AdapterError | null,
  };

  function die(error: AdapterError): AdapterError {
    state.fatal ??= error;
    return error;
  }

  async function refuse(error: AdapterError): Promise<AdapterError> {
    die(error);
    try {
      await kit.lockouts.report(host, credential, error.message);
    } catch (cause) {
      kit.log.error({ host, err: cause }, 'refused BMC credentials could not be remembered: they may be tried again');
    }
    return error;
  }

  async function send(path: string, headers: Record<string, string>, timeoutMs?: number): Promise<HttpAnswer> {
    if (http.requests >= CAPS.requestsPerRead) {
      throw die(
        new AdapterError('malformed', `${system}: more than ${CAPS.requestsPerRead} requests for one read`, { system }),
      );
    }
    return lane.run(async () => {
      if (state.fatal) throw state.fatal;
      try {
        stopped.throwIfAborted();
        const answer = await http.request({ method: 'GET', path, headers, timeoutMs, signal: stopped });
        state.silences = 0;
        return answer;
      } catch (error) {
        if (stopped.aborted)
          throw new AdapterError('unreachable', `${system}: the read was stopped`, { system, cause: error });
        if (!(error instanceof AdapterError)) throw error;
        if (error.kind === 'unreachable') state.silences += 1;
        if (state.silences >= CAPS.silences) die(error);
        throw error;
      }
    });
  }

  async function enter(): Promise<void> {
    const sessions = root.Links.Sessions;
    const first = sessions === null ? PATHS.sessions : ownPath(sessions, origin, system);
    const sessionPaths = [...new Set([first, PATHS.olderSessions])];
    try {
      const { username, password } = target;
      const login = { system, origin, username, password, sessionPaths, signal: tooLate.signal };
      state.session = await lane.run(async () => {
        stopped.throwIfAborted();
        return logIn(http, login);
      });
      opened.push(state.session);
      stopped.throwIfAborted();
    } catch (error) {
      if (error instanceof AdapterError && error.kind === 'unauthorized') throw await refuse(error);
      if (stopped.aborted)
        throw new AdapterError('unreachable', `${system}: the read was stopped`, { system, cause: error });
      throw error;
    }
  }

  /** A 401 after a good login: the session ended early (HPE and AMI say 30 for its time-out and do not say of what). */
  async function renew(used: Session): Promise<boolean> {
    if (state.session !== used) return true; // another request has done it meanwhile
    if (used.path === null || state.renewals >= CAPS.renewals) return false;
    if (state.renewing === null) {
      state.renewals += 1;
      state.renewing = enter().finally(() => (state.renewing = null));
    }
    await state.renewing;
    return true;
  }

  async function ask(path: string, timeoutMs?: number): Promise<HttpAnswer> {
    if (state.renewing) await state.renewing;
    const used = state.session;
    const answer = await send(path, used?.headers ?? {}, timeoutMs);
    if (answer.status === 403 && saysPasswordChange(messageIds(answer.text)))
      throw await refuse(passwordMustChange(system, 403));
    const refused = answer.status === 401 || answer.status === 403;
    if (refused && used !== null && !state.proven) {
      const message = `${system}: the BMC refused the credentials at ${path} (${answer.status})`;
      throw await refuse(new AdapterError('unauthorized', message, { system, status: answer.status }));
    }
    if (answer.status !== 401 || used === null || !(await renew(used))) return answer;
    return send(path, state.session?.headers ?? {}, timeoutMs);
  }

  async function read(link: string, timeoutMs?: number): Promise<Record<string, unknown>> {
    let path = ownPath(link, origin, system);
    for (let redirects = 0; ; redirects += 1) {
      const answer = await ask(path, timeoutMs);
      const to = answer.status >= 301 && answer.status <= 308 ? answer.headers['location'] : undefined;
      if (to !== undefined && redirects < CAPS.redirects) {
        path = ownPath(new URL(to, origin + path).href, origin, system); // iLO: 308 from the form without a slash
        continue;
      }
      if (answer.status < 200 || answer.status > 299) {
        const ids = messageIds(answer.text).join(', ');
        throw http.errorFor({ method: 'GET', path }, ids === '' ? answer : { ...answer, text: ids });
      }
      const body = parseBody(answer.text, path, system);
      if (state.session !== null) state.proven = true;
      return body;
    }
  }

  function get(link: string, options: { timeoutMs?: number } = {}): Promise<Record<string, unknown>> {
    const key = fold(link);
    const before = seen.get(key);
    if (before) return before;
    const reading = read(link, options.timeoutMs);
    seen.set(key, reading);
    underWay.add(reading);
    reading.then(
      () => underWay.delete(reading),
      () => underWay.delete(reading),
    );
    return reading;
  }

  async function close(): Promise<string[]> {
    stop.abort();
    await Promise.allSettled(underWay);
    const problems: string[] = [];
    for (const session of opened) {
      const problem = await lane.run(() => logOut(http, session, Math.min(CAPS.logOutMs, settings.timeoutMs)));
      if (problem !== null) problems.push(problem);
    }
    lane.leave();
    await http.close();
    return problems;
  }

  async function readRoot(): Promise<ServiceRoot> {
    const body = await get(PATHS.root).catch((error: unknown) => {
      if (error instanceof AdapterError && error.kind === 'not-found') return get(PATHS.rootWithoutSlash);
      throw error;
    });
    const found = ServiceRoot.parse(body);
    if (found.Systems !== null || found.RedfishVersion !== null) return found;
    throw new AdapterError('malformed', `${system}: ${origin}${PATHS.root} is not a Redfish service root`, { system });
  }

  let root: ServiceRoot = ServiceRoot.parse({});
  try {
    root = await readRoot().catch((error: unknown) => {
      if (!(error instanceof AdapterError)) throw error;
      // DSP0266 wants the root open to all; some old ones want a login here too, and then it is readable after it
      if (error.kind === 'unauthorized') return root;
      if (error.kind === 'not-found') {
        throw new AdapterError('unsupported', `${system}: no Redfish service at ${origin}`, {
          system,
          status: error.status,
          cause: error,
        });
      }
      if (error.kind === 'rejected')
        throw new AdapterError('malformed', error.message, { system, status: error.status, cause: error });
      throw error;
    });
    await enter();
    if (root.RedfishVersion === null && root.Systems === null) {
      seen.clear();
      root = await readRoot();
    }
  } catch (error) {
    await close();
    throw error;
  }
  const { NoLinks, ExpandAll } = root.ProtocolFeaturesSupported.ExpandQuery;
  const everything = ExpandAll === true ? '*' : null;
  return {
    root,
    // `.` leaves out the Links section; iLO knows only that one. The depth when none is named is 1 (DSP0266), which every
    // one that offers $expand can do.
    expand: NoLinks === true ? '.' : everything,
    get,
    fatal: () => state.fatal,
    narrow: (atATime) => lane.narrow(atATime),
    requests: () => http.requests,
    fingerprint256: () => http.fingerprint256,
    close,
  };
}
