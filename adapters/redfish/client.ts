import type { HttpAnswer, HttpRequest, HttpStream } from '../../src/kit/http.ts';
import type { Kit } from '../../src/kit/kit.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { BmcTarget } from '../../src/ports/hardware-inventory.ts';
import { answerOf } from './answer.ts';
import type { Bmc, BmcAnswer, StreamOptions } from './bmc.ts';
import { brokerOf } from './broker.ts';
import { fold, ownPath } from './own-origin.ts';
import { openEntrance, type OpenOptions } from './entrance.ts';
import { parseBody } from './resource-body.ts';
import { ServiceRoot } from './schema.ts';
import type { Settings } from './settings.ts';
import { refusalOf } from './write-refusal.ts';
import { createWriter } from './write.ts';

export type { Bmc, BmcAnswer, BmcWrite } from './bmc.ts';
export type { OpenOptions } from './entrance.ts';

// The only paths that are not taken from links: fixed by DSP0266; the second is what some answer to alone.
const PATHS = { root: '/redfish/v1/', rootWithoutSlash: '/redfish/v1' } as const;

const REDIRECTS = 3;
/** What a BMC can do changes with its firmware, and then its session ends too, which makes the root be read again at once. */
const ROOT_MS = 15 * 60_000;

/**
 * A BMC, logged in: with the hub's one session there and within its in-flight limit. Close it in `finally`.
 * @throws AdapterError unauthorized | unreachable | throttled | malformed | unsupported
 */
export async function openBmc(
  target: BmcTarget,
  settings: Settings,
  kit: Kit,
  signal: AbortSignal,
  options: OpenOptions = {},
): Promise<Bmc> {
  const { system } = kit;
  const seat = await brokerOf(kit, settings).take(target);
  const { origin, learnt, breaker, lane } = seat.bmc;
  const entrance = openEntrance({ seat, kit, signal, options });
  const seen = new Map<string, Promise<Record<string, unknown>>>();
  const underWay = new Set<Promise<unknown>>();

  function ask(link: string, wanted: Pick<HttpRequest, 'timeoutMs' | 'headers'>): Promise<HttpAnswer> {
    return follow(link, (path) => entrance.ask({ method: 'GET', path, ...wanted }));
  }

  async function follow<A extends HttpAnswer>(link: string, askAt: (path: string) => Promise<A>): Promise<A> {
    let path = ownPath(link, origin, system);
    for (let redirects = 0; ; redirects += 1) {
      const answer = await askAt(path);
      const to = answer.status >= 301 && answer.status <= 308 ? answer.headers['location'] : undefined;
      if (to === undefined || redirects >= REDIRECTS) return answer;
      path = ownPath(new URL(to, origin + path).href, origin, system); // iLO: 308 from the form without a slash
    }
  }

  async function fetchResource(link: string, timeoutMs: number | undefined): Promise<Record<string, unknown>> {
    const answer = await ask(link, { timeoutMs });
    const path = ownPath(link, origin, system);
    if (answer.status < 200 || answer.status > 299) throw refusalOf('GET', path, answer, { system, secrets: [] });
    const body = parseBody(answer.text, path, system);
    if (link !== PATHS.root && link !== PATHS.rootWithoutSlash) entrance.prove(); // the root is open to all
    return body;
  }

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    const ended = (): void => void underWay.delete(work);
    work.then(ended, ended);
    return work;
  }

  function get(link: string, { timeoutMs }: { timeoutMs?: number } = {}): Promise<Record<string, unknown>> {
    const key = fold(link);
    const before = seen.get(key);
    if (before) return before;
    const reading = track(fetchResource(link, timeoutMs));
    seen.set(key, reading);
    return reading;
  }

  async function readAnew(
    link: string,
    wanted: { timeoutMs?: number; headers?: Record<string, string> } = {},
  ): Promise<BmcAnswer> {
    const answer = await ask(link, wanted);
    if (answer.status < 200 || answer.status > 299) {
      throw refusalOf('GET', ownPath(link, origin, system), answer, { system, secrets: [] });
    }
    entrance.prove();
    seen.delete(fold(link)); // what was remembered is older than this
    return answerOf(answer, origin);
  }

  async function stream(link: string, wanted: StreamOptions): Promise<HttpStream> {
    const answer = await follow(link, (path) => entrance.stream({ path, ...wanted }));
    const { chunks } = answer;
    if (chunks !== null) return { ...answer, chunks: keepAwake(chunks) };
    throw refusalOf('GET', ownPath(link, origin, system), answer, { system, secrets: [] });
  }

  /** The one session is closed when nobody uses it, which some BMCs take for the end of what was asked for with it. */
  async function* keepAwake(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    const timer = setInterval(() => seat.keeper.touch(), Math.min(settings.sessionIdleMs / 4, 15_000));
    try {
      yield* chunks;
    } finally {
      clearInterval(timer);
    }
  }

  async function readRoot(): Promise<ServiceRoot> {
    const body = await get(PATHS.root).catch(async (error: unknown) => {
      if (!(error instanceof AdapterError) || error.kind !== 'not-found') throw error;
      return fetchResource(PATHS.rootWithoutSlash, undefined);
    });
    const found = ServiceRoot.parse(body);
    if (found.Systems === null && found.RedfishVersion === null)
      throw new AdapterError('malformed', `${system}: ${origin}${PATHS.root} is not a Redfish service root`, {
        system,
      });
    learnt.about([found.RedfishVersion, found.Product, body['UUID']].join(' '));
    seat.bmc.root = { value: found, until: Date.now() + ROOT_MS };
    return found;
  }

  async function firstRoot(): Promise<ServiceRoot> {
    const kept = seat.bmc.root;
    if (kept !== null && kept.until > Date.now()) return kept.value;
    return readRoot().catch((error: unknown) => {
      if (!(error instanceof AdapterError)) throw error;
      const { status } = error;
      // DSP0266 wants the root open to all; some old ones want a login here too, and then it is readable after it
      if (error.kind === 'unauthorized' && entrance.fatal() === null) return ServiceRoot.parse({});
      if (error.kind === 'not-found')
        throw new AdapterError('unsupported', `${system}: no Redfish service at ${origin}`, {
          ...{ system, status, cause: error },
        });
      if (error.kind === 'rejected' || error.kind === 'unsupported')
        throw new AdapterError('malformed', error.message, { system, status, cause: error });
      throw error;
    });
  }

  async function close(): Promise<string[]> {
    entrance.stop();
    await Promise.allSettled(underWay);
    const problems = await entrance.leave();
    seat.leave();
    return problems;
  }

  let root: ServiceRoot;
  try {
    breaker.admit();
    await entrance.check();
    root = await firstRoot();
    await entrance.enter(root.Links.Sessions);
    if (root.RedfishVersion === null && root.Systems === null) {
      seen.clear();
      root = await readRoot();
    }
  } catch (error) {
    if (error instanceof AdapterError && error.status !== undefined) {
      if (error.kind === 'unreachable') breaker.failed(`answered ${error.status}`);
      if (error.kind === 'throttled') breaker.leaveAlone(error.retryAfterMs ?? 30_000, error.message);
    }
    await close();
    throw error;
  }
  const { NoLinks, ExpandAll } = root.ProtocolFeaturesSupported.ExpandQuery;
  const everything = ExpandAll === true ? '*' : null;
  // `.` leaves out the Links section; iLO knows only that one. The depth when none is named is 1 (DSP0266), which every
  // one that offers $expand can do.
  const offered = NoLinks === true ? '.' : everything;
  const { send } = createWriter({ entrance, seat, kit, readAnew });
  return {
    root,
    get expand() {
      return learnt.get('expand') === 'none' ? null : offered;
    },
    set expand(found) {
      learnt.set('expand', found ?? 'none');
    },
    get,
    read: (link, wanted = {}) => track(readAnew(link, wanted)),
    stream: (link, wanted) => track(stream(link, wanted)),
    send: (write) => {
      seen.clear(); // what was read before is no longer how it is
      return track(send(write));
    },
    learnt: (name) => learnt.get(name),
    learn: (name, value) => learnt.set(name, value),
    fatal: () => entrance.fatal(),
    narrow(atATime) {
      if (atATime < settings.maxInFlight) learnt.set('in-flight', String(atATime));
      lane.narrow(atATime);
    },
    requests: () => entrance.requests(),
    fingerprint256: () => seat.http.fingerprint256 ?? seat.bmc.tls.last?.fingerprint256 ?? null,
    close,
  };
}
