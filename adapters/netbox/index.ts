import { defineAdapter } from '#src/ports/adapter.ts';
import { openNetboxClient } from './client.ts';
import { deviceRecords } from './device-records.ts';
import { loadLifecycleMapping } from './lifecycle-mapping.ts';
import { probeNetbox } from './probe.ts';
import { Settings } from './settings.ts';
import { webhookDoor } from './webhook.ts';

export { bootstrapNetbox, type BootstrapOptions, type BootstrapStep } from './bootstrap.ts';
export { openNetboxClient } from './client.ts';
export { fromNetbox, loadLifecycleMapping, toNetbox, type LifecycleMapping } from './lifecycle-mapping.ts';

export const netboxAdapter = defineAdapter({
  id: 'netbox',
  title: 'NetBox',
  testedWith: ['4.4', '4.5', '4.6', '4.7'],
  capabilities: ['deviceRecords'],
  hasWebhook: true,
  Settings,
  connect(settings, kit) {
    const { client, close } = openNetboxClient(settings, kit);
    return {
      provides: { deviceRecords: deviceRecords(client, kit.system, settings) },
      webhook: webhookDoor(settings),
      probe: (signal) => probeNetbox(client, settings, loadLifecycleMapping(), signal),
      close,
    };
  },
});
