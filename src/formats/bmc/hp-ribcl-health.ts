import type { FileReading, SeenComponent } from '#src/ports/bundle-format.ts';
import { facts, leadingCount, named, said } from '../host/words.ts';
import { asText, seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { macOf } from './mac.ts';
import { elementsOf, findElements, listOf } from './xml-elements.ts';

type Element = Record<string, unknown>;

/** `GET_EMBEDDED_HEALTH_DATA` of an iLO: every fact is an element with an attribute VALUE. */
export function readIloHealth(reading: FileReading, health: Element): void {
  const add = (parts: (SeenComponent | null)[]): void =>
    void reading.components.push(...parts.filter((one) => one !== null));
  add(elementsOf(health, ['POWER_SUPPLIES', 'SUPPLY']).map(supply));
  add(elementsOf(health, ['PROCESSORS', 'PROCESSOR']).map(processor));
  for (const details of elementsOf(health, ['MEMORY', 'MEMORY_DETAILS']))
    for (const [bank, modules] of Object.entries(details)) add(listOf(modules).map((one) => memoryModule(bank, one)));
  for (const controller of elementsOf(health, ['STORAGE', 'CONTROLLER'])) {
    const label = valueOf(controller, 'LABEL');
    add([storageController(controller, label)]);
    add(findElements(controller, 'PHYSICAL_DRIVE').map((one) => drive(one, label)));
  }
  add(elementsOf(health, ['NIC_INFORMATION', 'NIC']).map(port));
  for (const one of findElements(health, 'FIRMWARE_INFORMATION'))
    for (const entry of Object.values(one).flatMap(listOf)) readFirmware(reading, entry);
}

function valueOf(element: Element, name: string): string | null {
  const child = listOf(element[name])[0];
  return typeof child === 'object' && child !== null ? said(asText((child as Element)['@VALUE'])) : null;
}

function healthOf(status: string | null): string | null {
  if (status === null) return null;
  if (/^(?:OK|Good)/i.test(status)) return 'OK';
  if (/Degraded|Warning|Predictive/i.test(status)) return 'Warning';
  return /Fail|Critical|Error/i.test(status) ? 'Critical' : null;
}

function supply(one: Element): SeenComponent | null {
  if (/^No/i.test(valueOf(one, 'PRESENT') ?? '') || /Not Installed/i.test(valueOf(one, 'STATUS') ?? '')) return null;
  return seen('psu', {
    slot: valueOf(one, 'LABEL'),
    model: named(valueOf(one, 'MODEL')),
    partNumber: named(valueOf(one, 'SPARE')),
    serial: valueOf(one, 'SERIAL_NUMBER'),
    firmware: valueOf(one, 'FIRMWARE_VERSION'),
    health: healthOf(valueOf(one, 'STATUS')),
    attributes: facts({ powerWatts: leadingCount(valueOf(one, 'CAPACITY')) }),
  });
}

function processor(one: Element): SeenComponent | null {
  const name = named(valueOf(one, 'NAME'));
  if (name === null) return null;
  const counts = /(\d{1,3})\/(\d{1,3}) cores; (\d{1,3}) threads/.exec(valueOf(one, 'EXECUTION_TECHNOLOGY') ?? '');
  return seen('cpu', {
    slot: valueOf(one, 'LABEL'),
    model: name,
    health: healthOf(valueOf(one, 'STATUS')),
    attributes: facts({
      cores: counts === null ? null : Number(counts[2]),
      threads: counts === null ? null : Number(counts[3]),
    }),
  });
}

/** `<CPU_1>` holds a SOCKET and what is in it; an empty socket has no size. */
function memoryModule(bank: string, element: unknown): SeenComponent | null {
  if (typeof element !== 'object' || element === null) return null;
  const one = element as Element;
  const size = parseSize(valueOf(one, 'SIZE') ?? '', { binary: true });
  const socket = valueOf(one, 'SOCKET');
  if (size === null || size === 0 || socket === null) return null;
  const part = listOf(one['PART'])[0];
  const number = typeof part === 'object' && part !== null ? asText((part as Element)['@NUMBER']) : null;
  return seen('dimm', {
    slot: `${bank.replace('_', ' ')} DIMM ${socket}`,
    partNumber: named(number),
    health: healthOf(valueOf(one, 'STATUS')),
    attributes: facts<string | number>({
      capacityBytes: size,
      type: /DDR\d/.exec(valueOf(one, 'TYPE') ?? '')?.[0] ?? null,
      speedMts: leadingCount(valueOf(one, 'FREQUENCY')),
      rank: leadingCount(valueOf(one, 'RANKS')),
    }),
  });
}

function storageController(one: Element, label: string | null): SeenComponent {
  return seen('storage-controller', {
    slot: label,
    model: named(valueOf(one, 'MODEL')),
    serial: valueOf(one, 'SERIAL_NUMBER'),
    firmware: valueOf(one, 'FW_VERSION'),
    health: healthOf(valueOf(one, 'CONTROLLER_STATUS') ?? valueOf(one, 'STATUS')),
  });
}

function drive(one: Element, controller: string | null): SeenComponent {
  const place = valueOf(one, 'LABEL') ?? valueOf(one, 'LOCATION');
  const size = parseSize(valueOf(one, 'MARKETING_CAPACITY') ?? valueOf(one, 'CAPACITY') ?? '');
  const media = valueOf(one, 'MEDIA_TYPE') ?? valueOf(one, 'DRIVE_TYPE');
  return seen('drive', {
    slot: place === null ? null : [controller, place].filter((part) => part !== null).join(' '),
    model: named(valueOf(one, 'MODEL')),
    serial: valueOf(one, 'SERIAL_NUMBER'),
    firmware: valueOf(one, 'FW_VERSION'),
    health: healthOf(valueOf(one, 'STATUS')),
    attributes: facts<string | number>({
      approximateCapacityBytes: size,
      mediaType: /^(?:HDD|SSD)$/.test(media ?? '') ? media : null,
    }),
  });
}

function port(one: Element): SeenComponent | null {
  const mac = macOf(valueOf(one, 'MAC_ADDRESS'));
  const name = valueOf(one, 'NETWORK_PORT');
  // The iLO's own port is the BMC's, which its network settings tell of
  if (mac === null || name === null || /iLO/i.test(name)) return null;
  const place = valueOf(one, 'LOCATION');
  return seen('nic', {
    slot: place === null ? name : `${place} ${name}`,
    model: named(valueOf(one, 'PORT_DESCRIPTION')),
    attributes: { macAddresses: [mac] },
  });
}

function readFirmware(reading: FileReading, element: unknown): void {
  if (typeof element !== 'object' || element === null) return;
  const name = valueOf(element as Element, 'FIRMWARE_NAME');
  const version = valueOf(element as Element, 'FIRMWARE_VERSION');
  if (name !== null) reading.firmware.push({ id: name, name, version, updateable: null });
}
