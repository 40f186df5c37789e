import { defineAdapter } from '#src/ports/adapter.ts';
import { openNetboxClient } from './client.ts';
import { deviceRecords } from './device-records.ts';
import { loadLifecycleMapping } from './lifecycle-mapping.ts';
import { probeNetbox } from './probe.ts';
import { recordObjects } from './record-objects/index.ts';
import { leavesAside, Settings } from './settings.ts';
import { webhookDoor } from './webhook.ts';

export { bootstrapNetbox, type BootstrapOptions, type BootstrapStep } from './bootstrap.ts';
export { openNetboxClient } from './client.ts';
export { loadLifecycleMapping, type LifecycleMapping } from './lifecycle-mapping.ts';

export const netboxAdapter = defineAdapter({
  id: 'netbox',
  title: 'NetBox',
  testedWith: ['4.4', '4.5', '4.6', '4.7'],
  capabilities: ['deviceRecords', 'recordObjects'],
  hasWebhook: true,
  Settings,
  leavesAside,
  connect(settings, kit) {
    const { client, close } = openNetboxClient(settings, kit);
    return {
      provides: {
        deviceRecords: deviceRecords(client, kit.system),
        recordObjects: recordObjects(client, kit.system, settings),
      },
      webhook: webhookDoor(settings),
      probe: (signal) => probeNetbox(client, settings, loadLifecycleMapping(), signal),
      close,
    };
  },
});
