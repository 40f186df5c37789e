import type { AdapterDefinition } from '#src/ports/adapter.ts';
import { alertmanagerAdapter } from './alertmanager/index.ts';
import { awxAdapter } from './awx/index.ts';
import { dhcpAdapter } from './dhcp/index.ts';
import { directoryAdapter } from './directory/index.ts';
import { jiraAdapter } from './jira/index.ts';
import { netboxAdapter } from './netbox/index.ts';
import { redfishAdapter } from './redfish/index.ts';
import { s3Adapter } from './s3/index.ts';

/** Every adapter that there is. A test compares the list with the folders. */
export const adapters = [
  alertmanagerAdapter,
  awxAdapter,
  dhcpAdapter,
  directoryAdapter,
  jiraAdapter,
  netboxAdapter,
  redfishAdapter,
  s3Adapter,
] as unknown as readonly AdapterDefinition[];
