import { asInt, asList, asRecord, asText, seen } from '../json-facts.ts';
import { normalizeMac } from '#src/core/mac.ts';
import { parseSize } from '../sizes.ts';
import { isLogicalVolume } from './logical-volume.ts';
import { type Heard, lldpReading } from './lldp-neighbour.ts';
import { cardAddress, parsePciAddress } from './pci-address.ts';
import { splitVendor, vendorName } from './pci-vendors.ts';
import { addTo } from './slot-names.ts';
import { facts, named, said } from './words.ts';
import type { FileFormat, FileReading, SeenComponent } from '#src/ports/bundle-format.ts';

/** The discovery document of NVIDIA's bare-metal manager, of a host or of a DPU's own system. */
export const nvidiaDiscovery: FileFormat = {
  id: 'nvidia-discovery',
  title: 'NVIDIA bare-metal discovery',
  recognises: (file) => {
    const document = asRecord(file.json());
    return 'dmi_data' in document && 'machine_type' in document && Array.isArray(document['network_interfaces']);
  },
  read: (file) => [readDiscovery(asRecord(file.json()))],
};

function readDiscovery(document: Record<string, unknown>): FileReading {
  const dpu = asRecord(document['dpu_info']);
  const reading = lldpReading(asList(dpu['switches']).map((one) => heardOf(asRecord(one))));
  const dmi = asRecord(document['dmi_data']);
  const { host } = reading;
  host.manufacturer = named(asText(dmi['sys_vendor']));
  host.model = named(asText(dmi['product_name']));
  host.productSerial = reported(dmi['product_serial']);
  host.boardSerial = reported(dmi['board_serial']);
  const sockets = asList(document['cpu_info']).map((one) => asInt(asRecord(one)['sockets']) ?? 0);
  const biosVersion = named(asText(dmi['bios_version']));
  reading.system = facts<string | number>({
    biosVersion,
    biosDate: named(asText(dmi['bios_date'])),
    chassisSerial: reported(dmi['chassis_serial']),
    architecture: named(asText(document['machine_type'])),
    processorCount: sockets.reduce((sum, count) => sum + count, 0) || null,
    dpuPartNumber: named(asText(dpu['part_number'])),
    dpuFirmware: named(asText(dpu['firmware_version'])),
  });
  if (host.boardSerial !== null)
    reading.components.push(
      seen('mainboard', {
        slot: 'System Board',
        manufacturer: host.manufacturer,
        model: named(asText(dmi['board_name'])),
        serial: host.boardSerial,
        firmware: biosVersion,
      }),
    );
  reading.components.push(...gpusOf(document), ...drivesOf(document), ...cardsOf(document));
  return reading;
}

/** "NO_SERIAL" and "Unspecified Base Board Serial Number" are the tool's own words for nothing. */
function reported(value: unknown): string | null {
  const text = said(asText(value));
  return text === null || /^(?:NO_SERIAL$|Unspecified .{0,40}Serial Number$)/.test(text) ? null : text;
}

function gpusOf(document: Record<string, unknown>): SeenComponent[] {
  return asList(document['gpus']).map((value) => {
    const gpu = asRecord(value);
    const address = parsePciAddress(asText(gpu['pci_bus_id']));
    // One made-up sample numbers GPUs by function; as told, so that none is lost.
    const place = address === null ? null : `${address.device}.${address.function}`;
    return seen('gpu', {
      slot: place,
      manufacturer: /^NVIDIA\b/i.test(asText(gpu['name']) ?? '') ? 'NVIDIA' : null,
      model: named(asText(gpu['name'])),
      serial: reported(gpu['serial']),
      firmware: named(asText(gpu['vbios_version'])),
      attributes: facts<string | number>({
        capacityBytes: parseSize(asText(gpu['total_memory']) ?? '', { binary: true }),
        pciAddress: place,
        inforom: named(asText(gpu['inforom_version'])),
      }),
    });
  });
}

/** Partitions are listed as block devices of their own, with the serial of their drive. */
function drivesOf(document: Record<string, unknown>): SeenComponent[] {
  const drives = new Map<string, SeenComponent>();
  const nvme = new Set(asList(document['nvme_devices']).map((one) => asText(asRecord(one)['model'])));
  for (const value of [...asList(document['nvme_devices']), ...asList(document['block_devices'])]) {
    const one = asRecord(value);
    const serial = reported(one['serial']);
    const model = named(asText(one['model']));
    if (serial === null || model === null || drives.has(serial) || isLogicalVolume(null, model)) continue;
    const protocol = nvme.has(model) ? 'NVMe' : null;
    const firmware = named(asText(one['firmware_rev'])) ?? named(asText(one['revision']));
    drives.set(serial, seen('drive', { model, serial, firmware, attributes: facts({ protocol }) }));
  }
  return [...drives.values()];
}

/** The address is only in the path: `/devices/pci0000:00/0000:00:1c.5/0000:04:00.0/net/eno8303`. A DPU's own ports are no cards of it. */
function cardsOf(document: Record<string, unknown>): SeenComponent[] {
  const cards = new Map<string, SeenComponent>();
  if (Object.keys(asRecord(document['dpu_info'])).length > 0) return [];
  for (const value of [...asList(document['network_interfaces']), ...asList(document['infiniband_interfaces'])]) {
    const one = asRecord(value);
    const pci = asRecord(one['pci_properties']);
    const steps = (asText(pci['path']) ?? '').split('/');
    const address = parsePciAddress(steps.at(-3)) ?? parsePciAddress(asText(pci['slot']));
    const device = steps.at(-1) ?? '';
    if (address === null) continue;
    const place = cardAddress(address);
    const vendorId = asText(pci['vendor'])?.toLowerCase() ?? null;
    const { model } = splitVendor(null, named(asText(pci['description'])));
    const card =
      cards.get(place) ??
      seen('nic', {
        slot: place,
        manufacturer: vendorName(vendorId?.replace(/^0x/, '') ?? null),
        model,
        attributes: facts({ pciAddress: place, device, vendorId, deviceId: asText(pci['device'])?.toLowerCase() }),
      });
    cards.set(place, card);
    const mac = normalizeMac(asText(one['mac_address']) ?? '');
    if (mac !== undefined) addTo(card.attributes, 'macAddresses', mac);
  }
  return [...cards.values()];
}

function heardOf(one: Record<string, unknown>): Heard {
  return {
    interface: asText(one['local_port']),
    chassis: (asText(one['id']) ?? '').replace(/^mac=/, ''),
    portId: asText(one['remote_port']),
    portDescription: null,
    name: asText(one['name']),
  };
}
