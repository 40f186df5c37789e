import { madeOf } from './decode.ts';
import type { Reading } from './reading.ts';
import { Memory, type ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

/** Memory modules. A system that advertises no list leaves `dimm` out of scope. */
export async function readMemory(reading: Reading, system: ComputerSystem): Promise<void> {
  if (system.Memory === null) return;
  const modules = await reading.many(system.Memory, Memory, 'dimm');
  if (modules.length > 0) reading.looked('dimm');
  for (const one of modules) reportModule(reading, one);
}

export function reportModule(reading: Reading, one: Memory): void {
  // The memory of a GPU or an accelerator is part of it. One that is not up yet says no type (GB200: GPU_0_DRAM_0).
  const untyped = one.MemoryDeviceType === null && one.SerialNumber === null && one.CapacityMiB === null;
  if (/^(HBM|GDDR)/i.test(one.MemoryDeviceType ?? '') || (untyped && /(^|[^a-z])(gpu|hbm)/i.test(one.Id ?? ''))) return;
  reading.found({
    kind: 'dimm',
    slot: slotSigns(one, one.Location, one.DeviceLocator, nameInPath(one)),
    status: one.Status,
    ...madeOf(one),
    firmware: one.FirmwareRevision,
    attributes: {
      capacityBytes: one.CapacityMiB === null ? null : one.CapacityMiB * 1024 ** 2,
      speedMts: one.OperatingSpeedMhz,
      ratedSpeedMts: ratedSpeed(one),
      type: one.MemoryDeviceType,
      moduleType: one.BaseModuleType,
      // Supermicro writes 32
      rank: one.RankCount !== null && one.RankCount <= 16 ? one.RankCount : null,
      ecc: one.ErrorCorrection === null ? null : /ECC$/.test(one.ErrorCorrection) && one.ErrorCorrection !== 'NoECC',
    },
  });
}

/** Cisco's blades number their modules (`Id`) and say which socket it is in the name, and in the address. */
function nameInPath({ '@odata.id': path, Id, Name }: Memory): string | null {
  return /^\d+$/.test(Id ?? '') && Name !== null && path?.split('/').at(-1) === Name ? Name : null;
}

/** The best speed that the module allows. BMCs write transfers where the schema has MHz; one that is slower than it runs is the clock. */
function ratedSpeed({ AllowedSpeedsMHz, OperatingSpeedMhz }: Memory): number | null {
  let best = 0;
  for (const speed of AllowedSpeedsMHz) best = Math.max(best, speed);
  return best > 0 && best >= (OperatingSpeedMhz ?? 0) ? best : null;
}
