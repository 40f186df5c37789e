import type { Ctx } from '#src/core/ctx.ts';
import { type HardwareNow, hardwareNow } from '#src/history/reads.ts';

export type HardwareFacts = Record<string, string | number | undefined>;

/** Kinds of parts that are counted, by the name of the count. */
const COUNTS = {
  cpu_count: 'cpu',
  drive_count: 'drive',
  nic_count: 'nic',
  gpu_count: 'gpu',
  psu_count: 'psu',
} as const;

/** What is said of the hardware of many servers. A kind that was not looked at completely says nothing: it is unknown, not none. */
export async function serverHardware(ctx: Ctx, assetIds: readonly string[]): Promise<Map<string, HardwareFacts>> {
  const known = await hardwareNow(ctx, assetIds);
  return new Map([...known].map(([id, hardware]) => [id, factsOf(hardware)]));
}

function factsOf({ lookedAt, counts, memoryBytes, first, biosVersion, bmcFirmware }: HardwareNow): HardwareFacts {
  const counted = Object.entries(COUNTS).map(([name, kind]) => [
    name,
    lookedAt.has(kind) ? (counts.get(kind) ?? 0) : undefined,
  ]);
  return {
    bmc_firmware: first.get('bmc')?.firmware ?? bmcFirmware ?? undefined,
    bios_version: biosVersion ?? first.get('mainboard')?.firmware ?? undefined,
    cpu_model: first.get('cpu')?.model ?? undefined,
    memory_gib: lookedAt.has('dimm') ? Math.round(memoryBytes / 2 ** 30) : undefined,
    ...Object.fromEntries(counted),
  };
}
