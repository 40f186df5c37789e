import type { PlaceInventory } from '#src/history/reads.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';

/** What of an inventory the system of record keeps, by the names of its custom fields. A kind that was not looked at completely says nothing. */
export function hardwareFacts({ components, sources }: PlaceInventory): Record<string, string | number> {
  const of = (kind: ComponentKind) => components.filter((component) => component.kind === kind);
  const looked = new Set(sources.flatMap(({ scope }) => scope));
  const count = (kind: ComponentKind) => (looked.has(kind) ? of(kind).length : undefined);
  const fact = (name: string) =>
    sources.map(({ facts }) => facts.system[name]).find((value) => typeof value === 'string');
  const facts: Record<string, unknown> = {
    bmc_firmware: of('bmc')[0]?.firmware ?? fact('bmcFirmware'),
    bios_version: fact('biosVersion') ?? of('mainboard')[0]?.firmware,
    cpu_model: of('cpu')[0]?.model,
    cpu_count: count('cpu'),
    memory_gib: looked.has('dimm')
      ? Math.round(sum(of('dimm').map(({ attributes }) => attributes['capacityBytes'])) / 2 ** 30)
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
