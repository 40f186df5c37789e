import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AdapterError } from '../ports/adapter-error.ts';
import { createHttp } from './http.ts';
import { createPace, type Pace } from './pace.ts';
import { startSimulatorServer } from './simulator.ts';

describe('the bucket', () => {
  let started: number;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    started = performance.now();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** When each of `count` requests got its turn, in milliseconds, in the order of asking. */
  async function turnsOf(pace: Pace, count: number, within: number): Promise<number[]> {
    const at: number[] = [];
    const all = Array.from({ length: count }, async (_, place) => {
      await pace.turn();
      at[place] = performance.now() - started;
    });
    await vi.advanceTimersByTimeAsync(within);
    await Promise.all(all);
    return at;
  }

  test('one second goes at once, the rest at the rate, in the order of asking', async () => {
    const at = await turnsOf(createPace({ system: 'box', perSecond: 10 }), 30, 3_000);
    expect(at.slice(0, 10)).toEqual(Array(10).fill(0));
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(at[29]).toBeGreaterThanOrEqual(1_990);
    expect(at[29]).toBeLessThan(2_100);
  });

  test('a strained answer halves the rate, once for all that were under way, and successes raise it again', async () => {
    const pace = createPace({ system: 'box', perSecond: 16 });
    const under = await Promise.all(Array.from({ length: 8 }, () => pace.turn()));
    await vi.advanceTimersByTimeAsync(5);
    for (const one of under) one.ended(503);
    expect(pace.perSecond).toBe(8);
    await vi.advanceTimersByTimeAsync(1_000);
    (await pace.turn()).ended('timeout');
    expect(pace.perSecond).toBe(4);
    for (let time = 0; time < 20; time += 1) {
      const next = pace.turn();
      await vi.advanceTimersByTimeAsync(1_000);
      (await next).ended(200);
    }
    expect(pace.perSecond).toBeCloseTo(4 + 20 * 0.16);
    for (let time = 0; time < 200; time += 1) {
      const next = pace.turn();
      await vi.advanceTimersByTimeAsync(1_000);
      (await next).ended(200);
    }
    expect(pace.perSecond).toBe(16);
  });

  test('it never comes to a halt, and a 500 does not slow it down', async () => {
    const pace = createPace({ system: 'box', perSecond: 64 });
    (await pace.turn()).ended(500);
    expect(pace.perSecond).toBe(64);
    for (let time = 0; time < 20; time += 1) {
      const next = pace.turn();
      await vi.advanceTimersByTimeAsync(2_000);
      (await next).ended(429);
    }
    expect(pace.perSecond).toBe(1);
  });

  test('Retry-After holds everybody back; longer than anybody waits, it is an error that says how long', async () => {
    const pace = createPace({ system: 'box', perSecond: 10, longestWaitMs: 5_000 });
    (await pace.turn()).ended(429, 3_000);
    const [at] = await turnsOf(pace, 1, 4_000);
    expect(at).toBeGreaterThanOrEqual(3_000);
    (await pace.turn()).ended(503, 60_000);
    const error: unknown = await pace.turn().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AdapterError);
    expect(error).toMatchObject({ kind: 'throttled', system: 'box', retryAfterMs: 60_000 });
  });

  test('who gives up while waiting leaves the queue and takes no turn', async () => {
    const pace = createPace({ system: 'box', perSecond: 1 });
    await pace.turn();
    const stop = new AbortController();
    const reason = new Error('enough');
    const waiting = pace.turn(stop.signal);
    const next = pace.turn();
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await vi.advanceTimersByTimeAsync(1_001);
    await next;
    expect(performance.now() - started).toBeLessThan(1_100);
    await expect(pace.turn(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

test('the http client waits for its turns and slows down for a strained server', async () => {
  const server = await startSimulatorServer({ handle: () => ({ status: 200, body: {} }) });
  const pace = createPace({ system: 'box', perSecond: 40 });
  const http = createHttp('box', { baseUrl: server.url, pace, connections: 8 });
  try {
    const begun = performance.now();
    await Promise.all(Array.from({ length: 60 }, () => http.request({ method: 'GET', path: '/' })));
    expect(performance.now() - begun).toBeGreaterThan(450);
    server.addFault({ kind: 'status', status: 503, times: 1 });
    expect((await http.request({ method: 'GET', path: '/' })).status).toBe(503);
    expect(pace.perSecond).toBe(20);
    server.addFault({ kind: 'hang' });
    await expect(http.request({ method: 'GET', path: '/', timeoutMs: 100 })).rejects.toThrow('no answer in time');
    expect(pace.perSecond).toBe(10);
  } finally {
    await http.close();
    await server.close();
  }
});
