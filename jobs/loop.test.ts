import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Log } from '#src/kit/kit.ts';
import { startLoop } from './loop.ts';

const warned: string[] = [];
const log: Log = {
  debug: () => {},
  info: () => {},
  warn: (_fields, message) => void warned.push(message),
  error: () => {},
  child: () => log,
};

beforeEach(() => {
  vi.useFakeTimers();
  warned.length = 0;
});
afterEach(() => vi.useRealTimers());

test('turns at once, then when its time has come', async () => {
  let turns = 0;
  const loop = startLoop('test', 1000, log, async () => ((turns += 1), false));
  await vi.advanceTimersByTimeAsync(0);
  expect(turns).toBe(1);
  await vi.advanceTimersByTimeAsync(999);
  expect(turns).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(turns).toBe(2);
  await loop.stop();
});

test('turns when nudged, once for many nudges', async () => {
  let turns = 0;
  const loop = startLoop('test', 60_000, log, async () => ((turns += 1), false));
  await vi.advanceTimersByTimeAsync(0);
  loop.nudge();
  loop.nudge();
  loop.nudge();
  await vi.advanceTimersByTimeAsync(10);
  expect(turns).toBe(2);
  await loop.stop();
});

test('nudged while it turns, it turns again: what came in meanwhile is not left lying', async () => {
  let turns = 0;
  let finish = (): void => {};
  const loop = startLoop('test', 60_000, log, () => {
    turns += 1;
    return new Promise((resolve) => (finish = () => resolve(false)));
  });
  await vi.advanceTimersByTimeAsync(0);
  loop.nudge();
  expect(turns).toBe(1);
  finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(turns).toBe(2);
  const stopped = loop.stop();
  finish();
  await stopped;
});

test('goes on at once while there is more', async () => {
  let left = 5;
  const loop = startLoop('test', 60_000, log, async () => ((left -= 1), left > 0));
  await vi.advanceTimersByTimeAsync(0);
  expect(left).toBe(0);
  await loop.stop();
});

test('goes on after a failure, a little later, and says so; its last good turn stays what it was', async () => {
  let turns = 0;
  const loop = startLoop('test', 1000, log, async () => {
    turns += 1;
    if (turns === 1) throw new Error('no');
    return false;
  });
  const before = loop.lastOk();
  await vi.advanceTimersByTimeAsync(900);
  expect([turns, warned.length, loop.lastOk()]).toEqual([1, 1, before]);
  await vi.advanceTimersByTimeAsync(1200);
  expect(turns).toBe(2);
  expect(loop.lastOk()).toBeGreaterThan(before);
  const stopped = loop.stop();
  await vi.advanceTimersByTimeAsync(1000);
  await stopped;
});

test('stopped, it ends its turn and turns no more', async () => {
  let turns = 0;
  const loop = startLoop('test', 10, log, async () => ((turns += 1), false));
  await vi.advanceTimersByTimeAsync(5);
  await loop.stop();
  const after = turns;
  loop.nudge();
  await vi.advanceTimersByTimeAsync(1000);
  expect(turns).toBe(after);
});
