import { describeDeviceRecords } from './contract-suite.ts';
import { startNetboxSimulator } from './simulator.ts';

describeDeviceRecords('the simulator', async () => {
  const simulator = await startNetboxSimulator();
  return { url: simulator.url, token: simulator.token, close: () => simulator.close() };
});

const url = process.env.NETBOX_URL;
const token = process.env.NETBOX_TOKEN;
if (url && token) describeDeviceRecords(`NetBox at ${url}`, async () => ({ url, token, close: async () => {} }));
else process.stderr.write('skipped: deviceRecords against a real NetBox (NETBOX_URL, NETBOX_TOKEN are not set)\n');
