import type { Reading } from './reading.ts';
import { Memory, type ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

/** Memory modules. A system that advertises no list leaves `dimm` out of scope. */
export async function readMemory(reading: Reading, system: ComputerSystem): Promise<void> {
  if (system.Memory === null) return;
  const modules = await reading.many(system.Memory, Memory, 'dimm');
  if (modules.length > 0) reading.looked('dimm');
  for (const one of modules) {
    // The memory of a GPU or an accelerator is part of it.
    if (/^(HBM|GDDR)/i.test(one.MemoryDeviceType ?? '')) continue;
    reading.found({
      kind: 'dimm',
      slot: slotSigns(one, one.Location, one.DeviceLocator),
      status: one.Status,
      manufacturer: one.Manufacturer,
      model: one.Model,
      partNumber: one.PartNumber,
      serial: one.SerialNumber,
      firmware: one.FirmwareRevision,
      attributes: {
        capacityBytes: one.CapacityMiB === null ? null : one.CapacityMiB * 1024 ** 2,
        speedMts: one.OperatingSpeedMhz,
        type: one.MemoryDeviceType,
        moduleType: one.BaseModuleType,
        rank: one.RankCount,
      },
    });
  }
}
