import type { ComponentKind } from '../../src/ports/hardware-inventory.ts';
import type { Status } from './decode.ts';
import type { SlotSigns } from './slots.ts';

/** A part, or an empty slot, as one resource tells of it. */
export interface FoundPart {
  kind: ComponentKind;
  slot: SlotSigns;
  status: Status;
  /** Links to the PCIe device that this part is, or to its functions: it is claimed, and told by what it says of its link. */
  devices?: (string | null)[];
  manufacturer?: string | null;
  model?: string | null;
  partNumber?: string | null;
  serial?: string | null;
  firmware?: string | null;
  attributes?: Record<string, string | number | boolean | string[] | null>;
}

export function isAbsent(status: Status): boolean {
  return status.State?.toLowerCase() === 'absent';
}
