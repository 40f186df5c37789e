import type { SeenComponent } from '#src/ports/bundle-format.ts';
import { facts, named, said } from '../host/words.ts';
import { seen } from '../json-facts.ts';
import { type Instance, pciIds } from './dell-dcim-parts.ts';
import { macOf } from './mac.ts';

/** NICView has an instance per port and partition (`NIC.Integrated.1-3-1`); the card is what is before the first dash. */
export function groupPorts(instances: readonly Instance[]): SeenComponent[] {
  const cards = new Map<string, Map<string, string>[]>();
  for (const { values } of instances) {
    const slot = (values.get('FQDD') ?? values.get('InstanceID') ?? '').split('-')[0] ?? '';
    if (slot === '') continue;
    const ports = cards.get(slot) ?? [];
    ports.push(values);
    cards.set(slot, ports);
  }
  return [...cards].map(([slot, ports]) => card(slot, ports));
}

function card(slot: string, ports: readonly Map<string, string>[]): SeenComponent {
  const first = ports[0] ?? new Map<string, string>();
  const macs = ports.map((port) => macOf(port.get('PermanentMACAddress') ?? port.get('CurrentMACAddress')));
  return seen('nic', {
    slot,
    manufacturer: named(first.get('VendorName')),
    // The name ends with the port's own address
    model: named((first.get('ProductName') ?? '').replace(/ - [0-9A-F]{2}(?::[0-9A-F]{2}){5}$/i, '')),
    serial: said(first.get('SerialNumber')),
    partNumber: named(first.get('PartNumber')),
    firmware: said(first.get('FamilyVersion')),
    attributes: facts<string | string[]>({
      macAddresses: [...new Set(macs.filter((mac) => mac !== null))].sort(),
      ...pciIds(first),
    }),
  });
}
