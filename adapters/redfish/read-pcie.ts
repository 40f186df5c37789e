import type { ComponentKind } from '../../src/ports/hardware-inventory.ts';
import { fold } from './own-origin.ts';
import { linkAttributes } from './pcie-link.ts';
import type { Reading } from './reading.ts';
import { PcieDevice, PcieFunction, type Chassis, type ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

const KINDS = ['gpu', 'pcie-device'] as const;

/**
 * PCIe cards that no other list has reported; those that compute or display are GPUs (Supermicro lists its GPUs only here). A device
 * with neither serial nor part number is a function of the board or the CPU, not a part. Comes last: it needs the others' claims.
 * @returns how many devices the BMC lists, parts or not
 */
export async function readPcie(
  reading: Reading,
  systems: readonly ComputerSystem[],
  chassis: readonly Chassis[],
): Promise<number> {
  const devices: PcieDevice[] = [];
  const lists = [...new Set(chassis.map((one) => one.PCIeDevices).filter((link) => link !== null))];
  for (const link of lists) {
    devices.push(...(await reading.many(link, PcieDevice, ...KINDS)));
  }
  // iDRAC links the chassis' devices from the system too, under an address of the system's own.
  const known = new Set(devices.map((device) => nameOf(device['@odata.id'] ?? '')));
  const linked = systems.flatMap((system) => system.PCIeDevices).filter((link) => !known.has(nameOf(link)));
  for (const link of new Set(linked)) {
    const device = await reading.one(link, PcieDevice, ...KINDS);
    if (device !== null) devices.push(device);
  }

  if (devices.length > 0) reading.looked(...KINDS);
  for (const device of devices) {
    const { Manufacturer: manufacturer, Model: model, Name: name } = device;
    reading.tell(device['@odata.id'], {
      manufacturer,
      // Lenovo says of its GPUs only here what they are, and in the name.
      model: model ?? (/^(adapter|network ?adapter|pcie ?device)$/i.test(name ?? '') ? null : name),
      attributes: linkAttributes(device.PCIeInterface),
    });
  }

  const serials = new Set(reading.parts().map((part) => part.serial ?? null));
  const cards = devices.filter(
    (device) =>
      (device.SerialNumber !== null || device.PartNumber !== null) &&
      !reading.isClaimed(device['@odata.id']) &&
      (device.SerialNumber === null || !serials.has(device.SerialNumber)),
  );
  await Promise.all(cards.map(async (device) => reportDevice(reading, device, await classesOf(reading, device))));
  return devices.length;
}

function nameOf(link: string): string {
  return fold(link).split('/').at(-1) ?? '';
}

export function reportDevice(reading: Reading, device: PcieDevice, classes: readonly string[]): void {
  // Drives, controllers and network cards have lists of their own; on Dell the serial here is another one than there.
  const elsewhere = (pattern: RegExp, kind: ComponentKind) =>
    classes.some((one) => pattern.test(one)) && reading.hasLooked(kind);
  if (elsewhere(/^massstorage/i, 'drive') || elsewhere(/^network/i, 'nic')) return;
  const place = device.Slot.Location.PartLocation.ServiceLabel === null ? device.Location : device.Slot.Location;
  reading.found({
    kind: isGpu(device, classes) ? 'gpu' : 'pcie-device',
    slot: slotSigns(device, place),
    status: device.Status,
    manufacturer: device.Manufacturer ?? device.Oem.Supermicro.GPUVendor,
    model: device.Model ?? device.Name,
    partNumber: device.PartNumber,
    serial: device.SerialNumber,
    firmware: device.FirmwareVersion,
    attributes: { deviceType: device.DeviceType, ...linkAttributes(device.PCIeInterface) },
  });
}

/** A display controller on a card of its own; of the accelerators (network and FPGA cards among them) those of the GPU makers. */
function isGpu(device: PcieDevice, classes: readonly string[]): boolean {
  if (classes.some((one) => /^display/i.test(one))) return true;
  const maker = `${device.Manufacturer ?? ''} ${device.Model ?? ''} ${device.Name ?? ''}`;
  return classes.some((one) => /^processingaccelerator/i.test(one)) && /nvidia|\bamd\b|instinct|gaudi/i.test(maker);
}

async function classesOf(reading: Reading, device: PcieDevice): Promise<string[]> {
  const listed = device.PCIeFunctions === null ? [] : await reading.many(device.PCIeFunctions, PcieFunction, ...KINDS);
  const linked = listed.length > 0 ? [] : device.Links.PCIeFunctions;
  const functions = await Promise.all(linked.map((link) => reading.one(link, PcieFunction, ...KINDS)));
  return [...listed, ...functions].map((one) => one?.DeviceClass ?? null).filter((one) => one !== null);
}
