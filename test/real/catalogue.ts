import path from 'node:path';
import type { RealResult } from './real-result.ts';
import { runAlertmanager } from './alertmanager.ts';
import { runClients } from './clients.ts';
import { runKea } from './kea.ts';
import { startRealHub } from './hub-for-kea.ts';
import { runNetbox } from './netbox.ts';
import { runRedfish } from './redfish.ts';
import { runS3 } from './s3.ts';

export interface RealTest {
  name: string;
  says: string;
  run(options: { log(line: string): void }): Promise<RealResult>;
}

const root = path.resolve(import.meta.dirname, '../..');

/** Systems that nobody here wrote. Each installs what it needs, says so, and stops what it started. */
export const realTests: RealTest[] = [
  {
    name: 'netbox',
    says: 'a real NetBox 4.7: our contract suite, and the story with its webhooks',
    run: ({ log }) => runNetbox({ log, root }),
  },
  {
    name: 'kea',
    says: 'real Kea, dnsmasq and ISC dhcpd with our hooks, real clients in network namespaces, the real hub',
    run: ({ log }) => runKea({ log, root, startHub: startRealHub }),
  },
  {
    name: 'alertmanager',
    says: "Debian's Prometheus and Alertmanager: a real alert opens one ticket, and no trouble of the hub loses one",
    run: ({ log }) => runAlertmanager({ log, root }),
  },
  {
    name: 'clients',
    says: 'pynetbox, awxkit, awx and the Python jira against our simulators',
    run: ({ log }) => runClients({ log, root }),
  },
  {
    name: 'redfish',
    says: "sushy-tools' emulator: power, boot, virtual media and light",
    run: ({ log }) => runRedfish({ log, root }),
  },
  {
    name: 's3',
    says: 'a real S3 server (Versity S3 Gateway): our contract suite and probe',
    run: ({ log }) => runS3({ log, root }),
  },
];
