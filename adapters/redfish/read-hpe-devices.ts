import type { ComponentKind } from '../../src/ports/hardware-inventory.ts';
import { asMacs } from './mac-address.ts';
import type { Reading } from './reading.ts';
import { HpeDevice, HpeNetworkAdapter } from './schema-hpe.ts';
import type { Chassis, ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

/** What sits in the slots of an HPE server whose BMC lists no PCIe devices: until iLO 5 the GPUs stand nowhere else. */
export async function readHpeDevices(reading: Reading, chassis: Chassis): Promise<void> {
  const link = chassis.Oem.Hpe.Links.Devices ?? chassis.Oem.Hp.Links.Devices;
  if (link === null) return;
  const devices = await reading.many(link, HpeDevice, 'gpu', 'pcie-device');
  if (devices.length > 0) reading.looked('gpu', 'pcie-device');
  for (const one of devices) {
    const kind = kindOf(one);
    if (kind === null || (one.SerialNumber === null && one.PartNumber === null && one.ProductPartNumber === null))
      continue;
    const known = reading.parts().find((part) => part.serial === one.SerialNumber && one.SerialNumber !== null);
    if (known !== undefined) {
      known.manufacturer ??= one.Manufacturer;
      known.partNumber ??= one.ProductPartNumber ?? one.PartNumber;
      continue;
    }
    if (kind === 'nic') reading.looked('nic');
    reading.found({
      kind,
      slot: slotSigns(one, null, one.Location),
      status: one.Status,
      manufacturer: one.Manufacturer,
      model: one.Name,
      partNumber: one.ProductPartNumber ?? one.PartNumber,
      serial: one.SerialNumber,
      firmware: one.FirmwareVersion.Current.VersionString,
    });
  }
}

/** Controllers, batteries and backplanes have lists of their own, or are part of the chassis. */
function kindOf({ DeviceType, Location }: HpeDevice): ComponentKind | null {
  const type = DeviceType ?? '';
  if (/storage|battery|backplane/i.test(type)) return null;
  // The board that carries an HGX's modules calls itself a GPU
  if (/gpu/i.test(type)) return /baseboard/i.test(Location ?? '') ? 'pcie-device' : 'gpu';
  return /nic|network|fibre channel|infiniband/i.test(type) ? 'nic' : 'pcie-device';
}

/** Cards with their ports' MACs, of which NetworkAdapters knows nothing (iLO 4; on iLO 5 those that cannot speak to it). */
export async function readHpeAdapters(reading: Reading, system: ComputerSystem, taken: Set<string>): Promise<void> {
  const all = [system.Oem.Hpe, system.Oem.Hp].flatMap((one) => [one.Links.NetworkAdapters, one.links.NetworkAdapters]);
  const link = all.find((one) => one !== null);
  if (link === undefined || link === null) return;
  for (const one of await reading.many(link, HpeNetworkAdapter, 'nic')) {
    const macAddresses = asMacs(one.PhysicalPorts.map((port) => port.MacAddress)).filter((mac) => !taken.has(mac));
    if (macAddresses.length === 0) continue;
    for (const mac of macAddresses) taken.add(mac);
    reading.looked('nic');
    reading.found({
      kind: 'nic',
      slot: slotSigns(one, null, one.StructuredName),
      status: one.Status,
      model: one.Name,
      partNumber: one.PartNumber,
      serial: one.SerialNumber,
      firmware: one.Firmware.Current.VersionString,
      attributes: { macAddresses },
    });
  }
}
