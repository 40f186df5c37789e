import { canonicalJson } from '../core/json.ts';
import type { InstalledComponent, PlaceInventory } from './inventory-reads.ts';

export interface PartChange {
  component_id: string;
  kind: string;
  serial: string | null;
  slot: string | null;
  what: 'slot' | 'firmware' | 'health' | 'model' | 'part_number' | 'attributes';
  from: unknown;
  to: unknown;
}

/** What differs between two moments of one place. A value that one of them does not know is no difference. */
export function compareInventories(
  before: PlaceInventory,
  after: PlaceInventory,
): { installed: InstalledComponent[]; removed: InstalledComponent[]; changed: PartChange[] } {
  const was = new Map(before.components.map((one) => [one.componentId, one]));
  const is = new Map(after.components.map((one) => [one.componentId, one]));
  const changed: PartChange[] = [];
  for (const [id, now] of is) {
    const then = was.get(id);
    if (then === undefined) continue;
    const { kind, serial, slot } = now;
    const note = (what: PartChange['what'], from: unknown, to: unknown) => {
      if (from === null || to === null || canonicalJson(from) === canonicalJson(to)) return;
      changed.push({ component_id: id, kind, serial, slot, what, from, to });
    };
    note('slot', then.slot, now.slot);
    note('firmware', then.firmware, now.firmware);
    note('health', then.health, now.health);
    note('model', then.model, now.model);
    note('part_number', then.partNumber, now.partNumber);
    note('attributes', then.attributes, now.attributes);
  }
  return {
    installed: [...is.values()].filter(({ componentId }) => !was.has(componentId)),
    removed: [...was.values()].filter(({ componentId }) => !is.has(componentId)),
    changed,
  };
}
