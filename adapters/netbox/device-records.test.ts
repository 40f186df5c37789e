import { describeDeviceRecords } from './contract-suite.ts';
import { startNetboxSimulator } from './simulator.ts';

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
