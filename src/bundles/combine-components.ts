import type { SeenComponent } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';
import { fold, type ReadPart } from './combine-servers.ts';
import { isPlaceholder } from '../core/placeholder.ts';

/** A part under all the names that it was seen by. */
export interface MergedPart {
  component: SeenComponent;
  serials: Set<string>;
  wwns: Set<string>;
  devices: Set<string>;
  addresses: Set<string>;
  /** Readings that show it, by their number. */
  shownBy: Set<number>;
}

/** The more a kind says of what a PCI device is, the later it stands. */
const PCI_KINDS: ComponentKind[] = ['pcie-device', 'storage-controller', 'nic', 'gpu', 'drive'];
const HEALTH = ['OK', 'Warning', 'Critical'];

/** The parts of one server out of several readings, the best format first. */
export function mergeComponents(parts: readonly ReadPart[], warn: (sentence: string) => void): MergedPart[] {
  const merged: MergedPart[] = [];
  const index = new Map<string, MergedPart[]>();
  for (const [number, { reading, path }] of parts.entries())
    for (const component of reading.components) {
      const candidate = candidateOf(component, number);
      const same = find(index, candidate, number, (other) => warn(conflict(path, candidate, other)));
      if (same === undefined) merged.push(candidate);
      else absorb(same, candidate);
      note(index, same ?? candidate);
    }
  return merged;
}

function candidateOf(component: SeenComponent, number: number): MergedPart {
  const { serial, attributes } = component;
  const text = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? [value] : []);
  return {
    component: { ...component, attributes: { ...attributes }, readings: { ...component.readings } },
    serials: new Set(serial === null || isPlaceholder(serial) ? [] : [fold(serial)]),
    wwns: new Set(text(attributes['wwn']).map(bareWwn)),
    devices: new Set(text(attributes['device']).map(deviceName)),
    addresses: new Set(text(attributes['pciAddress']).map(pciAddress)),
    shownBy: new Set([number]),
  };
}

function bareWwn(wwn: string): string {
  return fold(wwn)
    .replace(/^(NAA|EUI|WWN)[.:-]?/, '')
    .replace(/^0X/, '');
}

/** A namespace is a name of its NVMe drive: `nvme0n1`, with multipath `nvme0c1n1`. */
export function deviceName(device: string): string {
  return device
    .trim()
    .replace(/^\/dev\//, '')
    .replace(/^(nvme\d+)(?:c\d+)?n\d+$/, '$1');
}

/** `3b:00.0`, `0000:3B:00.0`, `00000000:3B:00.0` are one place. */
function pciAddress(address: string): string {
  const parts = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/.exec(address.trim().toLowerCase());
  if (parts === null) return address.trim().toLowerCase();
  const [, domain = '0', bus = '', device = '', fn = ''] = parts;
  return `${Number.parseInt(domain, 16).toString(16).padStart(4, '0')}:${bus.padStart(2, '0')}:${device.padStart(2, '0')}.${fn}`;
}

/** Names under which the part is looked for, the strongest first. */
function keysOf(part: MergedPart): string[] {
  const { kind, slot } = part.component;
  const keys = [...part.serials].map((serial) => `${kind} serial ${serial}`);
  if (slot !== null) keys.push(`${kind} slot ${slot.toLowerCase()}`);
  // the device of a drive behind a RAID controller (`megaraid,5`) is the one of the controller
  const ownDevice = ['drive', 'nic', 'gpu'].includes(kind) && !/,\d+$/.test(slot ?? '');
  if (ownDevice) for (const device of part.devices) keys.push(`${kind} device ${device}`);
  if (PCI_KINDS.includes(kind)) for (const address of part.addresses) keys.push(`pci ${address}`);
  return keys;
}

function note(index: Map<string, MergedPart[]>, part: MergedPart): void {
  for (const key of keysOf(part)) {
    const known = index.get(key);
    if (known === undefined) index.set(key, [part]);
    else if (!known.includes(part)) known.push(part);
  }
}

function find(
  index: Map<string, MergedPart[]>,
  candidate: MergedPart,
  number: number,
  onConflict: (other: MergedPart) => void,
): MergedPart | undefined {
  const said = new Set<MergedPart>();
  for (const key of keysOf(candidate))
    for (const other of index.get(key) ?? []) {
      // one tool that lists two places means two parts, whatever serials it gives them
      if (other.shownBy.has(number) && !samePlace(other, candidate, key)) continue;
      if (!serialsDiffer(other, candidate)) return other;
      if (!said.has(other)) onConflict(other);
      said.add(other);
    }
  return undefined;
}

/** Within one reading: a drive with two paths or two namespaces is listed twice, under one serial and without a place. */
function samePlace(one: MergedPart, other: MergedPart, key: string): boolean {
  const [a, b] = [one.component.slot, other.component.slot];
  if (a !== null || b !== null) return a === b;
  return key.includes(' serial ') || key.includes(' device ');
}

/**
 * For a SAS drive `lsblk` may give the WWN as its serial, and the kernel the serial with more behind it; neither makes it another
 * drive.
 */
function serialsDiffer(one: MergedPart, other: MergedPart): boolean {
  const names = (part: MergedPart): string[] => [...part.serials].filter((serial) => !isWwn(serial, one, other));
  const [a, b] = [names(one), names(other)];
  if (a.length === 0 || b.length === 0) return false;
  const longer = (left: string, right: string): boolean => right.length >= 6 && left.startsWith(right);
  return !a.some((left) => b.some((right) => left === right || longer(left, right) || longer(right, left)));
}

function isWwn(serial: string, one: MergedPart, other: MergedPart): boolean {
  const bare = bareWwn(serial);
  return one.wwns.has(bare) || other.wwns.has(bare);
}

function absorb(into: MergedPart, from: MergedPart): void {
  const [kept, more] = [into.component, from.component];
  if (PCI_KINDS.indexOf(more.kind) > PCI_KINDS.indexOf(kept.kind) && PCI_KINDS.includes(kept.kind))
    kept.kind = more.kind;
  if (kept.serial !== null && more.serial !== null && isWorse(kept.serial, into, from)) kept.serial = more.serial;
  kept.slot ??= more.slot;
  kept.manufacturer ??= more.manufacturer;
  kept.model ??= more.model;
  kept.partNumber ??= more.partNumber;
  kept.serial ??= more.serial;
  kept.firmware ??= more.firmware;
  kept.health = worst(kept.health, more.health);
  for (const [name, value] of Object.entries(more.attributes)) {
    const before = kept.attributes[name];
    if (Array.isArray(before) && Array.isArray(value)) kept.attributes[name] = [...new Set([...before, ...value])];
    else kept.attributes[name] = before ?? value;
  }
  kept.readings = { ...more.readings, ...kept.readings };
  for (const key of ['serials', 'wwns', 'devices', 'addresses'] as const)
    for (const name of from[key]) into[key].add(name);
  for (const number of from.shownBy) into.shownBy.add(number);
}

/** A placeholder, or a WWN in the place of the serial. */
function isWorse(serial: string, one: MergedPart, other: MergedPart): boolean {
  return isPlaceholder(serial) || isWwn(fold(serial), one, other);
}

function worst(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return HEALTH.indexOf(other) > HEALTH.indexOf(one) ? other : one;
}

function conflict(path: string, { component }: MergedPart, { component: other }: MergedPart): string {
  const place = component.slot ?? component.attributes['device'] ?? component.attributes['pciAddress'] ?? 'one place';
  return `${path}: ${component.kind} ${String(place)} has the serial ${component.serial ?? '?'} here and ${other.serial ?? '?'} elsewhere; both are kept`;
}
