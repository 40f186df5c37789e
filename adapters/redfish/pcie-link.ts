import { z } from 'zod';
import { Numeric, part, Text } from './decode.ts';

/** `PCIeInterface` of a device, a controller or a processor. */
export const PcieInterface = part(z.object({ MaxPCIeType: Text, MaxLanes: Numeric }));
export type PcieInterface = z.infer<typeof PcieInterface>;

/** What the part can do. What is in use says as much of the slot, and would make another part of it wherever it is moved. */
export function linkAttributes({ MaxPCIeType, MaxLanes }: PcieInterface): {
  pcieGeneration: number | null;
  pcieLanes: number | null;
} {
  const generation = /^gen ?(\d)$/i.exec(MaxPCIeType ?? '')?.[1];
  return {
    pcieGeneration: generation === undefined ? null : Number(generation),
    pcieLanes: MaxLanes !== null && MaxLanes > 0 ? MaxLanes : null,
  };
}

/** Where a BMC describes one link in two places. */
export function fullerLink(one: PcieInterface, other: PcieInterface): PcieInterface {
  return { MaxPCIeType: one.MaxPCIeType ?? other.MaxPCIeType, MaxLanes: one.MaxLanes ?? other.MaxLanes };
}
