import type { TlsMemory } from '../../src/kit/connector.ts';
import type { Http } from '../../src/kit/http.ts';
import type { Kit } from '../../src/kit/kit.ts';
import type { BmcTarget } from '../../src/ports/hardware-inventory.ts';
import { parseRecord, recordName, SessionKeeper } from './broker-session.ts';
import { createSweeper } from './broker-sweep.ts';
import { connect, parseTarget, trust } from './connect.ts';
import { KnownBmc, type Pool } from './known-bmc.ts';
import { LEARNT_MS } from './learn.ts';
import type { Settings } from './settings.ts';

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
/** So long connections to a BMC stay when nobody uses it: enough for who comes at once. Each costs some 150 KB while it waits to be closed. */
const IDLE_POOL_MS = 250;
/** What other processes did is looked up again after so long. */
const FRESH_MS = 20_000;
/** By then the next use looks everything up again. */
const REST_MS = FRESH_MS + 1_000;
const LANE_WAIT_MS = 120_000;
/** How long the hub waits for the sessions when it stops; the others stay on the list of whoever starts next. */
const STOP_MS = 10_000;
const MUST_CHANGE_MS = 3_600_000;
/** What is known of a BMC that nobody speaks to is dropped: Redis has what matters. */
const FORGET_MS = 30 * 60_000;

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
  const bmcs = new Map<string, KnownBmc>();
  const keepers = new Map<string, SessionKeeper>();
  const openPools = new Set<Pool>();
  const resting = new Set<KnownBmc>();
  const lanes = { system, atATime: settings.maxInFlight, waitMs: LANE_WAIT_MS, shared };
  const house = { kit, idleMs: settings.sessionIdleMs };

  const sweeper = createSweeper({
    ...house,
    keepers,
    reach: ({ origin, host, fingerprint256 }) =>
      makeHttp(origin, { url: origin, username: '', password: '', fingerprint256 }, bmcs.get(host)?.tls),
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
  const poolTimer = setInterval(() => {
    closeIdlePools(Date.now() - IDLE_POOL_MS);
    restIdle(Date.now() - REST_MS);
  }, IDLE_POOL_MS / 2);
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
    for (const pool of openPools) {
      if (pool.users > 0 || pool.idleSince > before) continue;
      openPools.delete(pool);
      pool.bmc.removePool(pool);
      void pool.http.close();
    }
  }

  /** What ten thousand BMCs have taught stands in the shared store, and is read anew with each use. */
  function restIdle(before: number): void {
    if (shared.reach !== 'all') return;
    for (const bmc of resting) {
      if (bmc.users === 0 && bmc.usedAt > before) continue;
      resting.delete(bmc);
      if (bmc.users === 0) bmc.learnt.rest();
    }
  }

  function forgetOld(before: number): void {
    const old = new Set<KnownBmc>();
    for (const [host, bmc] of bmcs) {
      if (bmc.users > 0 || bmc.usedAt > before || bmc.isConnected) continue;
      bmcs.delete(host);
      old.add(bmc);
    }
    if (old.size === 0) return;
    for (const [key, keeper] of keepers) if (old.has(keeper.bmc) && keeper.current() === null) keepers.delete(key);
  }

  function bmcAt(place: { origin: string; host: string }): KnownBmc {
    const known = bmcs.get(place.host);
    if (known) return known;
    const bmc = new KnownBmc(place, lanes);
    bmcs.set(bmc.host, bmc);
    return bmc;
  }

  function keeperOf(bmc: KnownBmc, key: string): SessionKeeper {
    const known = keepers.get(key);
    if (known) return known;
    const keeper = new SessionKeeper(key, bmc, house);
    keepers.set(key, keeper);
    return keeper;
  }

  function poolOf(bmc: KnownBmc, target: BmcTarget): Pool {
    const label = target.fingerprint256 ?? '';
    const known = bmc.poolFor(label);
    if (known) return known;
    const pool: Pool = { bmc, label, http: makeHttp(bmc.origin, target, bmc.tls), users: 0, idleSince: Date.now() };
    bmc.addPool(pool);
    openPools.add(pool);
    return pool;
  }

  /** One round trip for all that other processes may have left about this BMC. */
  async function lookUp(bmc: KnownBmc, keeper: SessionKeeper, target: BmcTarget): Promise<void> {
    const { breaker, learnt, lane } = bmc;
    const { key } = keeper;
    const names = namesOf(bmc.host);
    const found = await shared.get([recordName(key), names.breaker, names.learnt, names.mustChange(key)]);
    keeper.adopt(parseRecord(found[recordName(key)] ?? null), target);
    breaker.load(found[names.breaker] ?? null);
    learnt.load(found[names.learnt] ?? null);
    if ((found[names.mustChange(key)] ?? null) !== null) keeper.mustChangeUntil = Date.now() + FRESH_MS;
    bmc.lookedAt = Date.now();
    const narrow = Number(learnt.get('in-flight'));
    if (narrow > 0) lane.narrow(narrow);
  }

  async function take(given: BmcTarget): Promise<Seat> {
    const target = withDefaults(given, settings);
    const place = parseTarget(target.url, system);
    const bmc = bmcAt(place);
    const keeper = keeperOf(bmc, shared.digest(`${place.origin} ${target.username} ${target.password}`));
    const pool = poolOf(bmc, target);
    for (const one of [bmc, keeper, pool]) one.users += 1;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      for (const one of [bmc, keeper, pool]) one.users -= 1;
      bmc.usedAt = Date.now();
      pool.idleSince = bmc.usedAt;
      keeper.touch();
      if (bmc.users > 0) return;
      bmc.lane.rest();
      tellOthers(bmc);
      resting.add(bmc);
    };
    try {
      if (Date.now() - Math.max(bmc.lookedAt, keeper.usedAt) > FRESH_MS) await lookUp(bmc, keeper, target);
    } catch (error) {
      leave();
      throw error;
    }
    return {
      bmc,
      http: pool.http,
      keeper,
      target,
      get mustChange() {
        return keeper.mustChangeUntil > Date.now();
      },
      tellMustChange() {
        keeper.mustChangeUntil = Date.now() + MUST_CHANGE_MS;
        const { mustChange } = namesOf(bmc.host);
        void shared.set(mustChange(keeper.key), '1', MUST_CHANGE_MS);
      },
      leave,
    };
  }

  function tellOthers({ host, learnt, breaker }: KnownBmc): void {
    const told = learnt.take();
    const names = namesOf(host);
    if (told !== null) void shared.set(names.learnt, told, LEARNT_MS);
    const broken = breaker.save();
    if (broken !== null) void shared.set(names.breaker, broken.text, broken.forMs);
  }

  return {
    take,
    async close() {
      for (const timer of [sweepTimer, poolTimer, forgetTimer]) clearInterval(timer);
      await sweeper.closeAll(STOP_MS);
      await Promise.all([...openPools].map(({ http }) => http.close()));
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
