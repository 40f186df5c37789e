import { startNetboxSimulator } from '../simulator.ts';
import { describeRecordObjects } from './contract-suite.ts';

const { NETBOX_URL: url, NETBOX_TOKEN: token } = process.env;
if (url && token) describeRecordObjects(`NetBox at ${url}`, async () => ({ url, token, close: async () => {} }));
else {
  process.stderr.write('skipped: recordObjects against a real NetBox (NETBOX_URL, NETBOX_TOKEN are not set)\n');
  for (const version of ['4.4.10', '4.5.10', '4.6.9', '4.7.3']) {
    describeRecordObjects(`the simulator of ${version}`, async () => {
      const simulator = await startNetboxSimulator({ version });
      return { url: simulator.url, token: simulator.token, close: () => simulator.close() };
    });
  }
}
