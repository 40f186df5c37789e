import type { FirmwareImage } from '../../../src/ports/bmc-firmware.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';

export interface WantedUpdate {
  image: FirmwareImage;
  targets: readonly string[];
  applyTime: 'Immediate' | 'OnReset' | null;
}

/** Immediately is what most do unasked. Later than that has to be offered, or it would happen at once. */
export function applyTimeFor(
  wanted: WantedUpdate['applyTime'],
  offered: string[] | null,
  system: string,
): string | null {
  if (wanted === null) return null;
  const same = offered?.find((one) => one.toLowerCase() === wanted.toLowerCase());
  if (same !== undefined) return same;
  if (wanted === 'Immediate') return null;
  const offers = offered === null || offered.length === 0 ? 'says nothing of when' : `offers ${offered.join(', ')}`;
  throw new AdapterError(
    'rejected',
    `${system}: the BMC cannot be told to apply an image at the next reset only (it ${offers}); nothing was sent`,
    { system },
  );
}
