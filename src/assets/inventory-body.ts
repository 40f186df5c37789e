import { canonicalJson } from '../core/json.ts';
import { sha256 } from '../core/id.ts';
import type { InventoryReport } from '../ports/hardware-inventory.ts';

/** What is kept of a report, without what changes from read to read though the hardware did not. */
export type InventoryBody = Pick<InventoryReport, 'components' | 'firmware' | 'manager'> & {
  system: Omit<InventoryReport['system'], 'powerState'>;
};

export function inventoryBody(report: InventoryReport): InventoryBody {
  const { powerState: _volatile, ...system } = report.system;
  const bySlot = (a: { kind: string; slot: string }, b: { kind: string; slot: string }) =>
    compare(`${a.kind}/${a.slot}`, `${b.kind}/${b.slot}`);
  return {
    system,
    manager: { ...report.manager, macAddresses: report.manager.macAddresses.toSorted() },
    components: report.components.toSorted(bySlot),
    firmware: report.firmware.toSorted((a, b) => compare(a.id, b.id)),
  };
}

export function inventoryHash(body: InventoryBody): string {
  return sha256(canonicalJson(body));
}

export function countByKind(components: InventoryReport['components']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of components) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
