import { sha256 } from '#src/core/id.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';

/** How a kind is called, and with what its slots' names begin where they say of themselves what they are for. */
const KINDS: Partial<Record<ComponentKind, { label: string; says: RegExp }>> = {
  cpu: { label: 'CPU', says: /^(cpu|proc|socket)/i },
  dimm: { label: 'DIMM', says: /dimm/i },
  drive: { label: 'Drive', says: /^(drive|disk|bay|nvme|ssd|hdd)/i },
  'storage-controller': { label: 'Storage controller', says: /^(raid|hba|storage|boss)/i },
  nic: { label: 'NIC', says: /^(nic|lan|eth)/i },
  gpu: { label: 'GPU', says: /^(gpu|accelerator)/i },
  psu: { label: 'PSU', says: /^(psu|ps\d|power)/i },
};

/** Names on other systems' parts have 64 characters, as most labels do. */
const LONGEST_NAME = 64;
/** Of ids, what is kept of a slot. */
const LONGEST_SLOT = 100;

/**
 * A name that depends on the kind and the slot alone, so that a swapped part is in the bay that the old one was in: the slot's own name where
 * it tells what it is for (`PSU 1`, `Disk.Bay.3`), else with the kind before it (`CPU 0`).
 */
export function slotName(kind: ComponentKind, slot: string): string {
  const known = KINDS[kind];
  if (known?.says.test(slot)) return short(slot, LONGEST_NAME);
  return short(`${known?.label ?? kind} ${slot}`, LONGEST_NAME);
}

/** Of one that was named so already, with what tells it apart. */
export function distinctName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free.toLowerCase()); n += 1) free = `${name.slice(0, LONGEST_NAME - 5)} #${n}`;
  taken.add(free.toLowerCase());
  return free;
}

/** Id of a part of a server: the same whatever is in the slot. */
export function slotId(assetId: string, kind: ComponentKind, slot: string): string {
  return `${assetId}/${kind}/${short(slot, LONGEST_SLOT)}`;
}

export function assetOf(childId: string): string {
  return childId.slice(0, childId.indexOf('/'));
}

/** Cut, and still another one than its like. */
export function short(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 9)}~${sha256(text).slice(0, 8)}`;
}
