import { isPlaceholder } from '../../core/placeholder.ts';
import { normalizeVendor } from '../../core/vendor.ts';
import type { SeenComponent } from '../../ports/bundle-format.ts';
import { COMPONENT_KINDS, type ComponentKind } from '../../ports/hardware-inventory.ts';

/** Who a component is: by its serial for its whole life, or, where that identifies nothing, by its place. */
export type Identity = { by: 'serial'; vendor: string | null; serial: string } | { by: 'place' };

/** One part of a snapshot, told apart from all others in it. */
export interface IdentifiedPart {
  part: SeenComponent;
  identity: Identity;
}

/** One card may be called a NIC by one source and a PCIe device by the next. */
const CARDS: ReadonlySet<ComponentKind> = new Set(['nic', 'gpu', 'storage-controller', 'pcie-device']);

/** What a serial is unique within, beside its vendor: a mainboard and the BMC on it show the same one, and are two parts. */
export function familyOf(kind: ComponentKind): string {
  return CARDS.has(kind) ? 'card' : kind;
}

/** Letters in upper case, without spaces around it and doubled inside; null where it identifies nothing. */
export function normalizeSerial(serial: string | null): string | null {
  if (serial === null) return null;
  const text = serial.trim().replaceAll(/\s+/g, ' ').toUpperCase();
  return text === '' || text.length > MAX_SERIAL || isPlaceholder(text) ? null : text;
}
/** Of the column; nobody prints more on a label. */
const MAX_SERIAL = 128;

/**
 * A serial on two slots of one snapshot identifies neither. The same serial as two kinds of card is one card that the source lists
 * twice. A part without serial and place cannot be told from its like, and is left out with a warning.
 */
export function identifyParts(parts: readonly SeenComponent[]): { parts: IdentifiedPart[]; warnings: string[] } {
  const warnings: string[] = [];
  const found: IdentifiedPart[] = [];
  const bySerial = new Map<string, IdentifiedPart[]>();
  for (const part of parts) {
    // A RAID volume, a hypervisor's disk, media that the BMC shows: nobody can hold it in the hand.
    if (part.attributes['virtual'] === true) continue;
    const serial = normalizeSerial(part.serial);
    if (serial === null) {
      found.push({ part, identity: { by: 'place' } });
      continue;
    }
    const vendor = normalizeVendor(part.manufacturer, part.model, part.partNumber);
    const key = [vendor ?? '', serial, familyOf(part.kind)].join('\n');
    const same = bySerial.get(key) ?? [];
    same.push({ part, identity: { by: 'serial', vendor, serial } });
    bySerial.set(key, same);
  }
  for (const same of bySerial.values()) {
    const whole = joinKinds(same);
    if (whole.length > 1) {
      const slots = whole.map(({ part }) => part.slot ?? 'no slot').join(', ');
      warnings.push(
        `${whole[0]?.part.kind}: the serial ${whole[0]?.part.serial} is on several places (${slots}) and identifies none`,
      );
    }
    found.push(...(whole.length > 1 ? whole.map(({ part }) => ({ part, identity: { by: 'place' as const } })) : whole));
  }
  const placed = found.filter(({ part, identity }) => identity.by === 'serial' || part.slot !== null);
  const lost = found.length - placed.length;
  if (lost > 0) warnings.push(`${lost} part(s) have neither a serial nor a place, and are left out of the history`);
  return { parts: onePerPlace(placed, warnings), warnings };
}

function joinKinds(same: readonly IdentifiedPart[]): IdentifiedPart[] {
  const [first, ...others] = same;
  if (first === undefined || others.length === 0) return [...same];
  const kinds = new Set(same.map(({ part }) => part.kind));
  if (kinds.size !== same.length) return [...same];
  const best = same.toSorted((a, b) => COMPONENT_KINDS.indexOf(a.part.kind) - COMPONENT_KINDS.indexOf(b.part.kind))[0];
  return best === undefined ? [] : [best];
}

/** Two parts without identity in one slot: the first one stands for the place. */
function onePerPlace(parts: readonly IdentifiedPart[], warnings: string[]): IdentifiedPart[] {
  const taken = new Set<string>();
  return parts.filter(({ part, identity }) => {
    if (identity.by === 'serial') return true;
    const place = `${part.kind}\n${part.slot}`;
    if (taken.has(place)) {
      warnings.push(`${part.kind}: two parts without a serial are said to be in ${part.slot}`);
      return false;
    }
    taken.add(place);
    return true;
  });
}
