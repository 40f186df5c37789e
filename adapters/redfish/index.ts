import { defineAdapter } from '../../src/ports/adapter.ts';
import { bmcAccounts } from './accounts/index.ts';
import { bmcControl } from './control/index.ts';
import { brokerOf, closeBroker } from './broker.ts';
import { driveErase } from './erase/index.ts';
import { eventDoor } from './events/door.ts';
import { bmcEvents } from './events/index.ts';
import { bmcFirmware } from './firmware/index.ts';
import { bmcHealth } from './health/index.ts';
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
  capabilities: [
    'bmcAccounts',
    'bmcControl',
    'bmcEvents',
    'bmcFirmware',
    'bmcHealth',
    'driveErase',
    'hardwareInventory',
  ],
  hasWebhook: true,
  isMany: true,
  Settings,
  connect(settings, kit) {
    // From the start: it looks after sessions that a process before it has left open.
    brokerOf(kit, settings);
    return {
      provides: {
        bmcAccounts: bmcAccounts(settings, kit),
        bmcControl: bmcControl(settings, kit),
        bmcEvents: bmcEvents(settings, kit),
        bmcFirmware: bmcFirmware(settings, kit),
        bmcHealth: bmcHealth(settings, kit),
        driveErase: driveErase(settings, kit),
        hardwareInventory: hardwareInventory(settings, kit),
      },
      webhook: eventDoor(kit),
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
      close: () => closeBroker(kit),
    };
  },
});
