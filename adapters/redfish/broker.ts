import type { TlsMemory } from '../../src/kit/connector.ts';
import type { Http } from '../../src/kit/http.ts';
import type { Kit } from '../../src/kit/kit.ts';
import type { BmcTarget } from '../../src/ports/hardware-inventory.ts';
import { createBreaker, type Breaker } from './broker-breaker.ts';
import { createLane, type Lane } from './broker-lane.ts';
import { keepSession, parseRecord, recordName, type SessionKeeper } from './broker-session.ts';
import { createSweeper } from './broker-sweep.ts';
import { connect, parseTarget, trust } from './connect.ts';
import { createLearnt, LEARNT_MS, type Learnt } from './learn.ts';
import type { ServiceRoot } from './schema.ts';
import type { Settings } from './settings.ts';

/** One BMC as this process knows it, whoever logs in there. */
export interface KnownBmc {
  host: string;
  origin: string;
  lane: Lane;
  breaker: Breaker;
  learnt: Learnt;
  tls: TlsMemory;
  root: { value: ServiceRoot; until: number } | null;
}

/** A place at one BMC: connection pool, session and lane, shared with everybody else who is there. */
export interface Seat {
  bmc: KnownBmc;
  http: Http;
  keeper: SessionKeeper;
  /** With the credentials of the settings where it has none of its own. */
  target: BmcTarget;
  /** The BMC demands another password before anything else; said by whoever found out. */
  mustChange: boolean;
  tellMustChange(): void;
  leave(): void;
}

export interface Broker {
  take(target: BmcTarget): Promise<Seat>;
  close(): Promise<void>;
}

const CAPS = {
  /** HPE's power history is 300 KB, Dell's largest expanded collection about 1 MB. */
  bodyBytes: 8 * 1024 * 1024,
};
/** Several BMCs reset or mishandle a connection that was idle for longer (iLO 5: DMTF Redfish-Event-Listener #24). */
const KEEP_ALIVE_MS = 3_000;
/** What other processes did is looked up again after so long. */
const FRESH_MS = 20_000;
const LANE_WAIT_MS = 120_000;
/** How long the hub waits for the sessions when it stops; the others stay on the list of whoever starts next. */
const STOP_MS = 10_000;
const MUST_CHANGE_MS = 3_600_000;
/** What is known of a BMC that nobody speaks to is dropped: Redis has what matters. */
const FORGET_MS = 30 * 60_000;

interface Entry {
  bmc: KnownBmc;
  pools: Map<string, Pool>;
  users: number;
  usedAt: number;
  lookedAt: number;
}
interface Pool {
  http: Http;
  users: number;
  idleSince: number;
}
interface Login {
  keeper: SessionKeeper;
  entry: Entry;
  users: number;
  mustChangeUntil: number;
}

const brokers = new WeakMap<Kit, Broker>();

/** All parts of the adapter that were given the same kit share one broker. */
export function brokerOf(kit: Kit, settings: Settings): Broker {
  const broker = brokers.get(kit) ?? createBroker(kit, settings);
  brokers.set(kit, broker);
  return broker;
}

/** Deletes the sessions that this process has open. What is asked for afterwards gets a new broker. */
export async function closeBroker(kit: Kit): Promise<void> {
  const broker = brokers.get(kit);
  brokers.delete(kit);
  await broker?.close();
}

function createBroker(kit: Kit, settings: Settings): Broker {
  const { shared, system } = kit;
  const entries = new Map<string, Entry>();
  const logins = new Map<string, Login>();
  const keepers = new Map<string, SessionKeeper>();
  const openPools = new Set<{ entry: Entry; label: string; pool: Pool }>();

  const sweeper = createSweeper({
    kit,
    idleMs: settings.sessionIdleMs,
    keepers,
    isInUse: ({ place }) => (logins.get(place.key)?.users ?? 0) > 0,
    reach: ({ origin, host, fingerprint256 }) =>
      makeHttp(origin, { url: origin, username: '', password: '', fingerprint256 }, entries.get(host)?.bmc.tls),
  });
  let sweeping = false;
  async function sweep(): Promise<void> {
    if (sweeping) return;
    sweeping = true;
    try {
      await sweeper.sweep();
    } catch (err) {
      kit.log.warn({ err }, 'idle BMC sessions could not be looked after; tried again soon');
    }
    sweeping = false;
  }
  const sweepTimer = setInterval(() => void sweep(), Math.min(Math.max(settings.sessionIdleMs / 4, 100), 15_000));
  const poolTimer = setInterval(() => closeIdlePools(Date.now() - KEEP_ALIVE_MS), 1_000);
  const forgetTimer = setInterval(() => forgetOld(Date.now() - FORGET_MS), 60_000);
  for (const timer of [sweepTimer, poolTimer, forgetTimer]) timer.unref();

  function makeHttp(origin: string, target: BmcTarget, tls: TlsMemory | undefined): Http {
    return connect(kit, {
      baseUrl: origin,
      tls: { ...trust(target, settings), resume: tls },
      connections: settings.maxInFlight,
      keepAliveMs: KEEP_ALIVE_MS,
      timeoutMs: settings.timeoutMs,
      maxBytes: CAPS.bodyBytes,
    });
  }

  /** Thousands of idle sockets cost memory on both sides; the TLS session stays, so that coming back is cheap. */
  function closeIdlePools(before: number): void {
    for (const one of openPools) {
      if (one.pool.users > 0 || one.pool.idleSince > before) continue;
      openPools.delete(one);
      one.entry.pools.delete(one.label);
      void one.pool.http.close();
    }
  }

  function forgetOld(before: number): void {
    for (const [host, entry] of entries) {
      if (entry.users > 0 || entry.usedAt > before || entry.pools.size > 0) continue;
      entries.delete(host);
      for (const [key, login] of logins) {
        if (login.entry !== entry || login.keeper.current() !== null) continue;
        logins.delete(key);
        keepers.delete(key);
      }
    }
  }

  function entryOf(origin: string, host: string): Entry {
    const known = entries.get(host);
    if (known) return known;
    const lane = createLane({ system, host, atATime: settings.maxInFlight, waitMs: LANE_WAIT_MS, shared });
    const breaker = createBreaker(system, host);
    const bmc: KnownBmc = { host, origin, lane, breaker, learnt: createLearnt(), tls: { last: null }, root: null };
    const entry: Entry = { bmc, pools: new Map(), users: 0, usedAt: 0, lookedAt: 0 };
    entries.set(host, entry);
    return entry;
  }

  function loginOf(entry: Entry, key: string): Login {
    const known = logins.get(key);
    if (known) return known;
    const { host, origin, lane } = entry.bmc;
    const keeper = keepSession({ key, host, origin, lane }, kit, settings.sessionIdleMs);
    const login: Login = { keeper, entry, users: 0, mustChangeUntil: 0 };
    logins.set(key, login);
    keepers.set(key, keeper);
    return login;
  }

  function poolOf(entry: Entry, target: BmcTarget): Pool {
    const label = target.fingerprint256 ?? '';
    const known = entry.pools.get(label);
    if (known) return known;
    const { origin, tls } = entry.bmc;
    const pool: Pool = { http: makeHttp(origin, target, tls), users: 0, idleSince: Date.now() };
    entry.pools.set(label, pool);
    openPools.add({ entry, label, pool });
    return pool;
  }

  /** One round trip for all that other processes may have left about this BMC. */
  async function lookUp(entry: Entry, login: Login, target: BmcTarget): Promise<void> {
    const { breaker, learnt, lane } = entry.bmc;
    const { key } = login.keeper.place;
    const names = namesOf(entry.bmc.host);
    const found = await shared.get([recordName(key), names.breaker, names.learnt, names.mustChange(key)]);
    login.keeper.adopt(parseRecord(found[recordName(key)] ?? null), target);
    breaker.load(found[names.breaker] ?? null);
    learnt.load(found[names.learnt] ?? null);
    if ((found[names.mustChange(key)] ?? null) !== null) login.mustChangeUntil = Date.now() + FRESH_MS;
    entry.lookedAt = Date.now();
    const narrow = Number(learnt.get('in-flight'));
    if (narrow > 0) lane.narrow(narrow);
  }

  async function take(given: BmcTarget): Promise<Seat> {
    const target = withDefaults(given, settings);
    const { origin, host } = parseTarget(target.url, system);
    const entry = entryOf(origin, host);
    const login = loginOf(entry, shared.digest(`${origin} ${target.username} ${target.password}`));
    const pool = poolOf(entry, target);
    for (const one of [entry, login, pool]) one.users += 1;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      for (const one of [entry, login, pool]) one.users -= 1;
      entry.usedAt = Date.now();
      pool.idleSince = entry.usedAt;
      login.keeper.touch();
      if (entry.users > 0) return;
      entry.bmc.lane.rest();
      tellOthers(entry);
    };
    try {
      if (Date.now() - Math.max(entry.lookedAt, login.keeper.usedAt) > FRESH_MS) await lookUp(entry, login, target);
    } catch (error) {
      leave();
      throw error;
    }
    return {
      bmc: entry.bmc,
      http: pool.http,
      keeper: login.keeper,
      target,
      get mustChange() {
        return login.mustChangeUntil > Date.now();
      },
      tellMustChange() {
        login.mustChangeUntil = Date.now() + MUST_CHANGE_MS;
        const { mustChange } = namesOf(host);
        void shared.set(mustChange(login.keeper.place.key), '1', MUST_CHANGE_MS);
      },
      leave,
    };
  }

  function tellOthers({ bmc }: Entry): void {
    const learnt = bmc.learnt.take();
    const names = namesOf(bmc.host);
    if (learnt !== null) void shared.set(names.learnt, learnt, LEARNT_MS);
    const broken = bmc.breaker.save();
    if (broken !== null) void shared.set(names.breaker, broken.text, broken.forMs);
  }

  return {
    take,
    async close() {
      for (const timer of [sweepTimer, poolTimer, forgetTimer]) clearInterval(timer);
      await sweeper.closeAll(STOP_MS);
      await Promise.all([...openPools].map(({ pool }) => pool.http.close()));
    },
  };
}

function withDefaults(target: BmcTarget, { username, password }: Settings): BmcTarget {
  return target.username === '' ? { ...target, username, password } : target;
}

function namesOf(host: string) {
  return {
    breaker: `breaker:${host}`,
    learnt: `learnt:${host}`,
    mustChange: (key: string) => `must-change:${key}`,
  };
}
