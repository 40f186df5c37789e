import { afterAll, beforeAll, expect, test } from 'vitest';
import { kitForTests } from '../../../src/kit/kit-for-tests.ts';
import type { RecordObjects } from '#src/ports/record-objects.ts';
import { netboxAdapter } from '../index.ts';
import { type NetboxSimulator, startNetboxSimulator } from '../simulator.ts';

// NetBox answers a filter that it does not know with the whole table, and 200: whatever comes back is held against what was asked for.

let simulator: NetboxSimulator;
let records: RecordObjects;
let close: (() => Promise<void>) | undefined;
let ids: ReadonlyMap<string, number>;
const signal = AbortSignal.timeout(60_000);

beforeAll(async () => {
  simulator = await startNetboxSimulator();
  const given = { url: simulator.url, token: simulator.token, requestsPerSecond: 1_000 };
  const connection = netboxAdapter.connect(netboxAdapter.Settings.parse(given), kitForTests('netbox'));
  close = async () => connection.close?.();
  if (!connection.provides.recordObjects) throw new Error('no recordObjects');
  records = connection.provides.recordObjects;
  ids = simulator.seed({ devices: ['d1', 'd2'].map((name) => ({ name, site: 'ams1', serial: `S-${name}` })) });
  for (const device of ids.values()) simulator.as('alice').create('interface', { device, name: 'eth0', type: 'other' });
});
afterAll(async () => {
  await close?.();
  await simulator.close();
});

const one = (): string => String(ids.get('d1'));

test.each([
  ['by a key', 'devices', () => records.find('device', { fields: [], by: 'serial', values: ['S-d1'] }, signal), 1],
  ['by ids', 'devices', () => records.readMany('device', { fields: [], ids: [one()] }, signal), 1],
  ['of a device', 'interfaces', () => records.readOf('interface', { fields: [], parentIds: [one()] }, signal), 1],
  ['of its cables', 'interfaces', () => records.portsOf('switch', [one()], signal), 1],
] as const)('what is asked for %s is that, or an error that says what came', async (_how, list, ask, count) => {
  simulator.faults.ignoreFilters(list, 1);
  await expect(ask()).rejects.toMatchObject({
    kind: 'malformed',
    message: expect.stringMatching(/was not asked for; a filter was not obeyed/),
  });
  expect(await ask()).toHaveLength(count);
});
