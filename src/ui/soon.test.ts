import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { soon } from './screens/soon.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a crowd of calls becomes one, and one more for those that came while it ran', async () => {
  let runs = 0;
  let atOnce = 0;
  const work = soon(async () => {
    runs += 1;
    atOnce += 1;
    expect(atOnce).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    atOnce -= 1;
  }, 1000);
  for (let call = 0; call < 50; call += 1) work.ask();
  await vi.advanceTimersByTimeAsync(200);
  expect(runs).toBe(1);
  work.ask();
  work.ask();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toBe(2);
});

test('nothing runs any more after it was stopped', async () => {
  let runs = 0;
  const work = soon(async () => void (runs += 1), 1000);
  work.ask();
  work.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toBe(0);
});
