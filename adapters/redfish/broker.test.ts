import { describe, expect, test, vi } from 'vitest';
import { sharedInProcess } from '../../src/kit/shared-in-process.ts';
import type { Shared } from '../../src/kit/shared-store.ts';
import { closeBroker } from './broker.ts';
import { openBmc, type Bmc, type OpenOptions } from './client.ts';
import { targetOf, testKit } from './kit-for-tests.ts';
import { Settings } from './settings.ts';
import { startBmcSimulator, type BmcSimulator, type BmcSimulatorOptions } from './simulator.ts';
import { simulatedTree } from './simulator/simulated-tree.ts';
import { errorOf } from '../../src/kit/adapter-error-for-tests.ts';

const never = new AbortController().signal;
const SYSTEM = '/redfish/v1/Systems/System.Embedded.1';
const MEMORY = `${SYSTEM}/Memory`;

async function withBmc(
  options: Partial<BmcSimulatorOptions>,
  work: (bmc: BmcSimulator) => Promise<void>,
): Promise<void> {
  const bmc = await startBmcSimulator({ tree: simulatedTree('dell'), ...options });
  try {
    await work(bmc);
  } finally {
    await bmc.close();
  }
}

/** A worker of the hub: others may share what it shares. */
function worker(given: { shared?: Shared; lockouts?: ReturnType<typeof testKit> } & Partial<Settings> = {}) {
  const { shared, lockouts, ...more } = given;
  const own = testKit();
  const kit = { ...own, shared: shared ?? own.shared, lockouts: (lockouts ?? own).lockouts };
  const settings = Settings.parse({ timeoutMs: 3_000, ...more });
  return {
    kit,
    async use<T>(bmc: BmcSimulator, work: (open: Bmc) => Promise<T>, options: OpenOptions = {}): Promise<T> {
      const open = await openBmc(targetOf(bmc), settings, kit, never, options);
      try {
        return await work(open);
      } finally {
        await open.close();
      }
    },
    open: (bmc: BmcSimulator, change: Partial<ReturnType<typeof targetOf>> = {}, options: OpenOptions = {}) =>
      openBmc(targetOf(bmc, change), settings, kit, never, options),
    stop: () => closeBroker(kit),
  };
}

describe('one session', () => {
  test('serves one use after another, without reading the root again, and is deleted when the hub stops', async () => {
    await withBmc({}, async (bmc) => {
      const hub = worker();
      for (let use = 0; use < 5; use += 1) await hub.use(bmc, (open) => open.get(SYSTEM));
      const { sessionsOpened, sessionsClosed, requests } = bmc.counters();
      expect({ sessionsOpened, sessionsClosed, requests }).toEqual({
        sessionsOpened: 1,
        sessionsClosed: 0,
        requests: 7,
      });
      await hub.stop();
      expect(bmc.openSessions()).toBe(0);
    });
  });

  test('is opened once for all who come at once', async () => {
    await withBmc({ latencyMs: 5 }, async (bmc) => {
      const hub = worker();
      await Promise.all(Array.from({ length: 12 }, () => hub.use(bmc, (open) => open.get(SYSTEM))));
      expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, maxInFlight: 2 });
      await hub.stop();
    });
  });

  test('that has ended is opened once more for all, and nobody fails', async () => {
    await withBmc({ latencyMs: 5 }, async (bmc) => {
      const hub = worker();
      await hub.use(bmc, (open) => open.get(SYSTEM));
      bmc.expireSessions();
      await Promise.all(Array.from({ length: 8 }, () => hub.use(bmc, (open) => open.get(SYSTEM))));
      expect(bmc.counters().sessionsOpened).toBe(2);
      expect(hub.kit.refused).toEqual([]);
      await hub.stop();
      expect(bmc.openSessions()).toBe(0);
    });
  });

  test('is deleted when nobody has used it for long, and not before', async () => {
    await withBmc({}, async (bmc) => {
      const hub = worker({ sessionIdleMs: 400 });
      const open = await hub.open(bmc);
      for (let at = 0; at < 4; at += 1) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        await open.read(SYSTEM);
      }
      expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, sessionsClosed: 0 });
      await open.close();
      await vi.waitFor(() => expect(bmc.openSessions()).toBe(0), 3_000);
      await hub.use(bmc, (again) => again.get(SYSTEM));
      expect(bmc.counters()).toMatchObject({ sessionsOpened: 2, sessionsClosed: 1 });
      await hub.stop();
    });
  });

  test('a use that is stopped while it logs in leaves the session to the others', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: '^POST', kind: 'slow', ms: 150 });
      const hub = worker();
      const stop = new AbortController();
      const settings = Settings.parse({});
      const stopped = errorOf(openBmc(targetOf(bmc), settings, hub.kit, stop.signal));
      const other = hub.use(bmc, (open) => open.get(SYSTEM));
      await vi.waitFor(() => expect(bmc.requests.some(({ method }) => method === 'POST')).toBe(true), {
        timeout: 60_000,
      });
      stop.abort();
      expect(await stopped).toMatchObject({ kind: 'unreachable', detail: { sent: false } });
      await other;
      expect(bmc.counters().sessionsOpened).toBe(1);
      await hub.stop();
    });
  });
});

describe('several workers', () => {
  test('share the session and the in-flight limit', async () => {
    await withBmc({ latencyMs: 5 }, async (bmc) => {
      const shared = sharedInProcess();
      const workers = Array.from({ length: 4 }, () => worker({ shared }));
      const reads = workers.flatMap((one) =>
        Array.from({ length: 3 }, () =>
          one.use(bmc, (open) => Promise.all([open.get(SYSTEM), open.get(MEMORY), open.get(`${SYSTEM}/Processors`)])),
        ),
      );
      await Promise.all(reads);
      expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, maxInFlight: 2 });
      for (const one of workers) await one.stop();
      expect(bmc.openSessions()).toBe(0);
    });
  });

  test('a session whose worker is gone is used by the next one, and deleted when nobody does', async () => {
    await withBmc({}, async (bmc) => {
      const shared = sharedInProcess();
      const dead = worker({ shared, sessionIdleMs: 240_000 });
      await dead.use(bmc, (open) => open.get(SYSTEM)); // and never stops it
      const alive = worker({ shared, sessionIdleMs: 300 });
      await alive.use(bmc, (open) => open.get(SYSTEM));
      expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, sessionsClosed: 0 });
      await vi.waitFor(() => expect(bmc.counters().sessionsClosed).toBe(1), 3_000);
      await alive.stop();
    });
  });

  test('one that is recorded but no longer good is forgotten by whoever finds out', async () => {
    await withBmc({}, async (bmc) => {
      const shared = sharedInProcess();
      await worker({ shared }).use(bmc, (open) => open.get(SYSTEM));
      bmc.expireSessions();
      const next = worker({ shared });
      await next.use(bmc, (open) => open.get(SYSTEM));
      expect(next.kit.refused).toEqual([]);
      expect(bmc.counters().sessionsOpened).toBe(2);
      await next.stop();
      expect(bmc.openSessions()).toBe(0);
    });
  });

  test('a refused password is tried by one of them, once', async () => {
    await withBmc({ latencyMs: 5, lockoutAfter: 2 }, async (bmc) => {
      const shared = sharedInProcess();
      const lockouts = testKit();
      const workers = Array.from({ length: 5 }, () => worker({ shared, lockouts }));
      const tries = workers.flatMap((one) => [
        one.open(bmc, { password: 'wrong' }),
        one.open(bmc, { password: 'wrong' }),
      ]);
      for (const error of await Promise.all(tries.map(errorOf))) expect(error.kind).toBe('unauthorized');
      expect(bmc.counters().refusedLogins).toBe(1);
      expect(lockouts.refused).toHaveLength(1);
      for (const one of workers) await one.stop();
    });
  });
});

describe('turns', () => {
  test('who asks for little is not kept waiting by who asks for much', async () => {
    await withBmc({ latencyMs: 10 }, async (bmc) => {
      const hub = worker();
      const much = await hub.open(bmc);
      const little = await hub.open(bmc);
      const order: string[] = [];
      const reads = Array.from({ length: 40 }, () => much.read(SYSTEM).then(() => order.push('much')));
      await Promise.all([...reads, little.read(MEMORY).then(() => order.push('little'))]);
      expect(order.indexOf('little')).toBeLessThan(6);
      await much.close();
      await little.close();
      await hub.stop();
    });
  });

  test('a weak BMC gets one request at a time, from then on and from everybody', async () => {
    await withBmc({ latencyMs: 5 }, async (bmc) => {
      const shared = sharedInProcess();
      const first = worker({ shared });
      await first.use(bmc, async (open) => open.narrow(1));
      const second = worker({ shared });
      bmc.forget();
      await second.use(bmc, (open) =>
        Promise.all([open.get(SYSTEM), open.get(MEMORY), open.get(`${SYSTEM}/Processors`)]),
      );
      expect(bmc.counters().maxInFlight).toBe(1);
      for (const one of [first, second]) await one.stop();
    });
  });

  test('what waits for its turn can be stopped, and was not sent', async () => {
    await withBmc({}, async (bmc) => {
      const hub = worker({ maxInFlight: 1 });
      const open = await hub.open(bmc);
      bmc.addFault({ match: MEMORY, kind: 'slow', ms: 300, times: 1 });
      const slow = open.read(MEMORY);
      const waiting = await hub.open(bmc);
      const write = errorOf(waiting.send({ method: 'POST', link: `${SYSTEM}/Actions/ComputerSystem.Reset`, body: {} }));
      await waiting.close();
      expect(await write).toMatchObject({ kind: 'unreachable', detail: { sent: false } });
      await slow;
      expect(bmc.requests.some(({ path }) => path.includes('Reset'))).toBe(false);
      await open.close();
      await hub.stop();
    });
  });
});

describe('a BMC that does not answer', () => {
  test('is left alone after three tries, for all workers, with a reason; and is found again', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('dell') });
    const { port } = bmc;
    await bmc.close();
    const shared = sharedInProcess();
    const hub = worker({ shared });
    for (let at = 0; at < 3; at += 1) expect((await errorOf(hub.open(bmc))).message).toContain('ECONNREFUSED');
    const back = await startBmcSimulator({ tree: simulatedTree('dell'), port });
    const error = await errorOf(hub.open(back));
    expect(error).toMatchObject({ kind: 'unreachable', retry: 'later' });
    expect(error.retryAfterMs).toBeGreaterThan(1_000);
    expect(error.message).toMatch(/has not answered since .*ECONNREFUSED.*asked again at/);
    const other = worker({ shared });
    expect((await errorOf(other.open(back))).message).toContain('asked again at');
    expect(back.requests).toEqual([]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
    await hub.use(back, (open) => open.get(SYSTEM));
    vi.useRealTimers();
    for (const one of [hub, other]) await one.stop();
    await back.close();
  });

  test('one that says when to come again is not asked before', async () => {
    await withBmc({}, async (bmc) => {
      const hub = worker();
      bmc.addFault({
        match: 'GET /redfish/v1/$',
        kind: 'status',
        status: 503,
        headers: { 'retry-after': '7' },
        times: 1,
      });
      expect((await errorOf(hub.open(bmc))).kind).toBe('throttled');
      bmc.forget();
      expect(await errorOf(hub.open(bmc))).toMatchObject({ kind: 'throttled' });
      expect(bmc.requests).toEqual([]);
      await hub.stop();
    });
  });
});

describe('finding out which password holds', () => {
  test("'try' logs in although there is a session, tells the lockouts nothing, and leaves no session", async () => {
    await withBmc({}, async (bmc) => {
      const hub = worker();
      await hub.use(bmc, (open) => open.get(SYSTEM));
      await hub.use(bmc, (open) => open.get(SYSTEM), { login: 'try' });
      expect(bmc.counters()).toMatchObject({ sessionsOpened: 2, sessionsClosed: 1 });
      expect((await errorOf(hub.open(bmc, { password: 'other' }, { login: 'try' }))).kind).toBe('unauthorized');
      expect(hub.kit.refused).toEqual([]);
      await hub.stop();
      expect(bmc.openSessions()).toBe(0);
    });
  });

  test('a password that must be changed can be used for changing it', async () => {
    await withBmc({ passwordChangeRequired: true }, async (bmc) => {
      const hub = worker();
      const options = { passwordChange: true };
      const error = await errorOf(hub.use(bmc, (open) => open.get(SYSTEM), options));
      expect(error).toMatchObject({ kind: 'unauthorized', detail: { passwordChangeRequired: true } });
      await hub.use(bmc, async (open) => expect(open.fatal()).toBeNull(), options);
      expect(bmc.counters().sessionsOpened).toBe(1);
      await hub.stop();
    });
  });
});

describe('what was learnt', () => {
  test('holds for the next use and for other workers, and not for another BMC at that address', async () => {
    const first = await startBmcSimulator({ tree: simulatedTree('dell') });
    const { port } = first;
    const shared = sharedInProcess();
    const one = worker({ shared });
    await one.use(first, async (open) => {
      open.learn('boot', 'via settings');
      open.expand = null;
    });
    const other = worker({ shared });
    await other.use(first, async (open) => {
      expect(open.learnt('boot')).toBe('via settings');
      expect(open.expand).toBeNull();
    });
    for (const each of [one, other]) await each.stop();
    await first.close();
    const second = await startBmcSimulator({ tree: simulatedTree('hpe'), port });
    const third = worker({ shared });
    await third.use(second, async (open) => expect(open.learnt('boot')).toBeUndefined());
    await third.stop();
    await second.close();
  });
});

describe('what was learnt', () => {
  test('is let go when nobody has spoken to the BMC for a while, and comes back from what is shared', async () => {
    await withBmc({}, async (bmc) => {
      const kept = sharedInProcess();
      const names: string[] = [];
      const shared: Shared = {
        ...kept,
        reach: 'all',
        set: (name, value, ttlMs) => {
          names.push(name);
          return kept.set(name, value, ttlMs);
        },
      };
      const own = worker({ shared });
      const later = vi.spyOn(Date, 'now');
      try {
        await own.use(bmc, async (open) => open.learn('a', '1'));
        const now = Date.now();
        later.mockImplementation(() => now + 60_000);
        await new Promise((resolve) => setTimeout(resolve, 1_300));
        expect(await own.use(bmc, async (open) => open.learnt('a'))).toBe('1');
        later.mockImplementation(() => now + 120_000);
        await new Promise((resolve) => setTimeout(resolve, 1_300));
        for (const name of names.filter((one) => one.startsWith('learnt:'))) await kept.delete(name);
        expect(await own.use(bmc, async (open) => open.learnt('a'))).toBeUndefined();
      } finally {
        later.mockRestore();
        await own.stop();
      }
    });
  });
});
