import { defineAdapter } from '../../src/ports/adapter.ts';
import { hardwareInventory } from './inventory.ts';
import { Settings } from './settings.ts';

/** The BMCs of the servers themselves, over Redfish. */
export const redfishAdapter = defineAdapter({
  id: 'redfish',
  title: 'Redfish (BMC)',
  testedWith: [
    'iDRAC9 6.10',
    'iDRAC9 7.10',
    'iLO 5 2.72',
    'iLO 6 1.66',
    'iLO 7 1.13',
    'Supermicro X10, X13',
    'OpenBMC 2.15',
    'BlueField 24.10',
    'DMTF 2025.4',
  ],
  capabilities: ['hardwareInventory'],
  hasWebhook: false,
  Settings,
  connect(settings, kit) {
    return {
      provides: { hardwareInventory: hardwareInventory(settings, kit) },
      // There is no one address to ask: every server has its own BMC.
      async probe() {
        return [
          {
            name: 'configuration' as const,
            ok: true,
            found: 'Redfish has no central address: each BMC is checked when its server is read',
          },
        ];
      },
    };
  },
});
