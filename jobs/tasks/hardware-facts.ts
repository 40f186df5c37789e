import type { AssetInventory } from '#src/assets/reads.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';

/** What of an inventory the system of record keeps, by the names of its custom fields. A kind that was not looked at completely says nothing. */
export function hardwareFacts(inventory: AssetInventory): Record<string, string | number> {
  const { body, scope } = inventory;
  const of = (kind: ComponentKind) => body.components.filter((component) => component.kind === kind);
  const count = (kind: ComponentKind) => (scope.includes(kind) ? of(kind).length : undefined);
  const facts: Record<string, string | number | null | undefined> = {
    bmc_firmware: body.manager.firmware,
    bios_version: body.system.biosVersion,
    cpu_model: of('cpu')[0]?.model,
    cpu_count: count('cpu'),
    memory_gib: scope.includes('dimm')
      ? Math.round(sum(of('dimm').map((dimm) => dimm.attributes['capacityBytes'])) / 2 ** 30)
      : undefined,
    drive_count: count('drive'),
    nic_count: count('nic'),
    gpu_count: count('gpu'),
    psu_count: count('psu'),
  };
  return Object.fromEntries(
    Object.entries(facts).filter(
      (entry): entry is [string, string | number] => entry[1] !== undefined && entry[1] !== null,
    ),
  );
}

function sum(values: unknown[]): number {
  return values.map((value) => (typeof value === 'number' ? value : 0)).reduce((a, b) => a + b, 0);
}
