import type { InventoryReport } from '../../src/ports/hardware-inventory.ts';
import { asMacs, isVirtual } from './mac-address.ts';
import { fold } from './own-origin.ts';
import { isAbsent } from './found-part.ts';
import type { Reading } from './reading.ts';
import { EthernetInterface, type ComputerSystem, type Manager } from './schema.ts';
import { slotSigns } from './slots.ts';

export interface ManagerEnds {
  manager: Manager;
  macAddresses: string[];
}

/** The manager of this system, or the first BMC. */
export function pickManager(managers: readonly Manager[], system: ComputerSystem): Manager | null {
  const managedBy = system.Links.ManagedBy.map(fold);
  const ours = managers.find((one) => one['@odata.id'] !== null && managedBy.includes(fold(one['@odata.id'])));
  return ours ?? managers.find((one) => one.ManagerType?.toUpperCase() === 'BMC') ?? managers[0] ?? null;
}

/** Reports each manager as a `bmc`, with the MACs of its physical interfaces. */
export async function readManagers(reading: Reading, managers: readonly Manager[]): Promise<ManagerEnds[]> {
  // A service that runs somewhere (NVIDIA's fabric manager on a DGX) is no controller, and what sits on a board below the BMC
  // (Cray's MCUs) is a controller of that board.
  const controllers = managers.filter(
    (one) => !/^(service|auxiliarycontroller)$/i.test(one.ManagerType ?? '') && !isNameOnly(one, managers),
  );
  if (controllers.length > 0) reading.looked('bmc');
  return Promise.all(
    controllers.map(async (manager) => {
      const link = manager.EthernetInterfaces;
      const ends = link === null ? [] : await reading.many(link, EthernetInterface, 'bmc');
      const present = ends.filter((one) => !isAbsent(one.Status));
      const alone = present.filter((one) => !isVirtual(one));
      // MegaRAC shows the bond of its ports and not the ports: it has the address of one of them
      const real = alone.length > 0 ? alone : present.filter((one) => /^bond\d+$/i.test(one.Id ?? ''));
      const macAddresses = asMacs(real.map((one) => one.PermanentMACAddress ?? one.MACAddress));
      reportManager(reading, manager, macAddresses);
      return { manager, macAddresses };
    }),
  );
}

/** Cisco lists each of its network cards as a manager that has nothing but a name. */
function isNameOnly(one: Manager, all: readonly Manager[]): boolean {
  const said = [one.ManagerType, one.FirmwareVersion, one.Model, one.SerialNumber, one.UUID, one.EthernetInterfaces];
  return all.length > 1 && said.every((value) => value === null);
}

export function reportManager(reading: Reading, manager: Manager, macAddresses: string[]): void {
  reading.found({
    kind: 'bmc',
    slot: slotSigns(manager, null),
    status: manager.Status,
    manufacturer: manager.Manufacturer,
    model: manager.Model,
    partNumber: manager.PartNumber,
    serial: manager.SerialNumber,
    firmware: manager.FirmwareVersion,
    attributes: { macAddresses, uuid: manager.UUID },
  });
}

export function describeManager(
  ends: ManagerEnds | null,
  redfishVersion: string | null,
  vendor: string | null,
): InventoryReport['manager'] {
  return {
    model: ends?.manager.Model ?? null,
    firmware: ends?.manager.FirmwareVersion ?? null,
    macAddresses: ends?.macAddresses ?? [],
    redfishVersion,
    vendor,
  };
}
