import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { kitForTests } from '../../../src/kit/kit-for-tests.ts';
import type { StreamReport } from '../../../src/ports/bmc-events.ts';
import { closeBroker } from '../broker.ts';
import { targetOf } from '../kit-for-tests.ts';
import { Settings } from '../settings.ts';
import { type BmcSimulator, startBmcSimulator } from '../simulator.ts';
import { simulatedTree } from '../simulator/simulated-tree.ts';
import { bmcEvents } from './index.ts';

const kit = kitForTests('redfish');
let bmc: BmcSimulator;
let stop = new AbortController();
let heard = 0;

async function start(options: { tls?: boolean } = {}): Promise<void> {
  bmc = await startBmcSimulator({ tree: simulatedTree('dell'), events: true, ...options });
  [stop, heard] = [new AbortController(), 0];
}
afterEach(async () => {
  stop.abort(new Error('the test is over'));
  await closeBroker(kit);
  await bmc.close();
});

function listen(fingerprint256: string | null = null, from = kit): Promise<StreamReport> {
  const events = bmcEvents(Settings.parse({ timeoutMs: 2_000 }), from, { againMs: 50, longestMs: 100, tellMs: 20 });
  const target = async () => targetOf(bmc, { fingerprint256 });
  return events.openStream({ target, heard: async () => void (heard += 1) }, stop.signal);
}
async function until(check: () => boolean): Promise<void> {
  for (const end = Date.now() + 8_000; !check(); await sleep(10)) if (Date.now() > end) throw new Error('not in time');
}

test('over TLS, to the pinned certificate only', async () => {
  await start({ tls: true });
  const another = Array.from({ length: 32 }, () => '00').join(':');
  await expect(listen(another)).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining('pin') });
  expect(bmc.counters().requests).toBe(0);
  expect(await listen(bmc.fingerprint256)).toMatchObject({ state: 'open' });
  expect(bmc.events?.stream('Fan 3 has failed')).toBe(1);
  await until(() => heard === 1);
});

test('after a restart of the BMC what was said meanwhile comes again, and with an ended session there is one new login', async () => {
  await start();
  await listen();
  bmc.events?.stream('one');
  await until(() => heard === 1);
  bmc.expireSessions();
  bmc.events?.cut();
  expect(bmc.events?.stream('two')).toBe(0);
  await until(() => bmc.events?.listeners() === 1 && heard >= 2);
  expect(bmc.requests.findLast(({ path }) => path.endsWith('/SSE'))?.headers['last-event-id']).toBe('1');
  expect(bmc.counters()).toMatchObject({ sessionsOpened: 2, refusedLogins: 0 });
});

test('where all places are taken it is not now', async () => {
  await start();
  await listen(null, kitForTests('redfish'));
  await listen(null, kitForTests('redfish'));
  await expect(listen()).rejects.toMatchObject({ kind: 'unreachable', status: 503 });
});
