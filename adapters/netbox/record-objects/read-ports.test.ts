import { expect, onTestFinished, test } from 'vitest';
import { kitForTests } from '../../../src/kit/kit-for-tests.ts';
import { netboxAdapter } from '../index.ts';
import { startNetboxSimulator } from '../simulator.ts';
import { portsIn } from './read-ports.ts';

const socket = (data: Record<string, unknown>) =>
  portsIn('pdu', { id: '1', parentId: '7', version: null, data: { name: 'PSU1', ...data } }).map(({ on }) => on);
const at = (type: string, ...ends: unknown[]) =>
  socket({ connected_endpoints_type: `dcim.${type}`, connected_endpoints: ends });

test('an outlet is named with its device, a feed of a panel by itself', () => {
  expect(at('poweroutlet', { id: 1, name: '12', device: { id: 9, name: 'pdu-a' } })).toEqual([
    { name: 'pdu-a', outlet: '12' },
  ]);
  expect(at('powerfeed', { id: 1, name: 'A3' })).toEqual([{ name: 'power feed A3', outlet: null }]);
});

test('a device without a name is called as NetBox shows it', () => {
  const device = { id: 9, name: null, display: 'APC AP8959 (9)' };
  expect(at('poweroutlet', { id: 1, name: '12', device })).toEqual([{ name: 'APC AP8959 (9)', outlet: '12' }]);
});

test('a cable that splits has several ends', () => {
  const on = (id: number, name: string) => ({ id, name, device: { id, name: `sw${id}` } });
  expect(at('interface', on(1, 'e1'), on(2, 'e2'))).toEqual([
    { name: 'sw1', outlet: 'e1' },
    { name: 'sw2', outlet: 'e2' },
  ]);
});

test('a loose end, an end of another kind and a cable back into the device name nothing', () => {
  expect(socket({ connected_endpoints: null, connected_endpoints_type: null })).toEqual([null]);
  expect(at('frontport', { id: 1, name: '1', device: { id: 9, name: 'panel' } })).toEqual([null]);
  expect(at('interface', { id: 1, name: 'e1', device: { id: 7, name: 'self' } })).toEqual([null]);
});

test('a token that may see neither sockets nor cables is told what it lacks, and hears of cables what the log alone says', async () => {
  const may = { device: ['view' as const], interface: ['view' as const], objectChange: ['view' as const] };
  const simulator = await startNetboxSimulator({ tokens: [{ token: 'of-the-hub', user: 'hub', may }] });
  const given = { url: simulator.url, token: 'of-the-hub', requestsPerSecond: 1_000 };
  const connection = netboxAdapter.connect(netboxAdapter.Settings.parse(given), kitForTests('netbox'));
  onTestFinished(async () => {
    await connection.close?.();
    await simulator.close();
  });
  const { recordObjects: records } = connection.provides;
  const signal = AbortSignal.timeout(30_000);
  const ids = simulator.seed({
    devices: [
      { name: 'd1', site: 'ams1' },
      { name: 'd2', site: 'ams1' },
    ],
  });
  const [one, two] = ['d1', 'd2'].map((name) => String(ids.get(name)));
  await expect(records?.portsOf('pdu', [one ?? ''], signal)).rejects.toMatchObject({
    ...{ kind: 'unauthorized', message: expect.stringContaining('reanimator netbox permissions') },
  });
  const start = await records?.changes({ types: ['cable'], cursor: null }, signal);
  const alice = simulator.as('alice');
  const end = (device: string | undefined, name: string) => [
    {
      object_type: 'dcim.interface',
      object_id: alice.create('interface', { device: Number(device), name, type: 'other' }),
    },
  ];
  const cable = alice.create('cable', { a_terminations: end(one, 'a'), b_terminations: end(two, 'b') });
  const made = await records?.changes({ types: ['cable'], cursor: start?.cursor ?? '' }, signal);
  alice.change('cable', cable, { b_terminations: end(two, 'c') });
  const moved = await records?.changes({ types: ['cable'], cursor: made?.cursor ?? '' }, signal);
  expect(new Set(made?.changes.flatMap(({ parentIds }) => parentIds))).toEqual(new Set([one, two]));
  expect(new Set(moved?.changes.flatMap(({ parentIds }) => parentIds))).toEqual(new Set([two]));
});
