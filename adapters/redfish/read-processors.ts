import type { ComponentKind } from '../../src/ports/hardware-inventory.ts';
import { linkAttributes } from './pcie-link.ts';
import type { Reading } from './reading.ts';
import { Processor, type ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

const KINDS: Record<string, ComponentKind> = {
  gpu: 'gpu',
  accelerator: 'pcie-device',
  fpga: 'pcie-device',
  dsp: 'pcie-device',
};

/** CPUs, and the GPUs and accelerators that the BMC lists as processors. A system that advertises no list leaves `cpu` out of scope. */
export async function readProcessors(reading: Reading, system: ComputerSystem): Promise<void> {
  if (system.Processors === null) return;
  const processors = await reading.many(system.Processors, Processor, 'cpu', 'gpu');
  if (processors.length > 0) reading.looked('cpu');
  // Supermicro never lists its GPUs here: that there is none among the processors says nothing.
  if (processors.some((one) => one.ProcessorType?.toLowerCase() === 'gpu')) reading.looked('gpu');
  for (const one of processors) reportProcessor(reading, one);
}

export function reportProcessor(reading: Reading, one: Processor): void {
  const kind = KINDS[one.ProcessorType?.toLowerCase() ?? 'cpu'] ?? 'cpu';
  reading.found({
    kind,
    slot: slotSigns(one, one.Location, one.Socket),
    status: one.Status,
    devices: [one.Links.PCIeDevice, ...one.Links.PCIeFunctions],
    manufacturer: one.Manufacturer,
    model: modelOf(one, kind),
    partNumber: one.PartNumber,
    serial: one.SerialNumber,
    firmware: one.FirmwareVersion,
    attributes: {
      cores: one.TotalCores,
      threads: one.TotalThreads,
      maxSpeedMhz: one.MaxSpeedMHz,
      ...linkAttributes(one.SystemInterface.PCIe),
    },
  });
}

/** iLO shows a GPU's part number as its model too; its name then is the model. */
function modelOf(one: Processor, kind: ComponentKind): string | null {
  const echoes = kind === 'gpu' && one.Model !== null && one.Model === one.PartNumber;
  return echoes ? (one.Name ?? one.Model) : one.Model;
}
