import { expect, test } from 'vitest';
import { openNetboxClient } from './client.ts';
import { describeDeviceRecords } from './contract-suite.ts';
import { deviceRecords } from './device-records.ts';
import { Settings } from './settings.ts';
import { startNetboxSimulator } from './simulator.ts';
import { kitForTests } from '../../src/kit/kit-for-tests.ts';

const { NETBOX_URL: url, NETBOX_TOKEN: token } = process.env;
if (url && token)
  describeDeviceRecords(`NetBox at ${url}`, async () => ({
    url,
    token,
    reachesLoopback: new URL(url).hostname === '127.0.0.1',
    close: async () => {},
  }));
else {
  process.stderr.write('skipped: deviceRecords against a real NetBox (NETBOX_URL, NETBOX_TOKEN are not set)\n');
  for (const version of ['4.4.10', '4.5.10', '4.6.9', '4.7.3']) {
    describeDeviceRecords(`the simulator of ${version}`, async () => {
      const simulator = await startNetboxSimulator({ version });
      return { url: simulator.url, token: simulator.token, reachesLoopback: true, close: () => simulator.close() };
    });
  }
}

test('a server that ignores the filter does not make a stranger ours', async () => {
  const simulator = await startNetboxSimulator();
  const alice = simulator.as('alice');
  simulator.seed({ devices: [{ name: 'stranger', site: 'AMS1', serial: 'OTHER' }] });
  const port = alice.create('interface', { device: 1, name: 'eth0', type: '1000base-t' });
  const settings = Settings.parse({ url: simulator.url, token: simulator.token });
  const { client, close } = openNetboxClient(settings, kitForTests('netbox'));
  const body = { count: 1, next: null, results: [simulator.show('interface', port)] };
  simulator.server.addFault({ match: '^GET /api/dcim/interfaces/', kind: 'status', status: 200, body });
  const found = await deviceRecords(client, 'netbox').findByMac('02:00:00:00:00:01', AbortSignal.timeout(10_000));
  expect(found).toBeUndefined();
  await close();
  await simulator.close();
});
