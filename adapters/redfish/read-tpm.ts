import { z } from 'zod';
import { Known, made, Place, resource, madeOf } from './decode.ts';
import { fold } from './own-origin.ts';
import type { Reading } from './reading.ts';
import type { Chassis, ComputerSystem, TrustedModule } from './schema.ts';
import { slotSigns } from './slots.ts';

/** NVIDIA lists its roots of trust here too; what is a TPM says so. */
const TrustedComponent = z.object({
  ...resource,
  ...made,
  FirmwareVersion: Known,
  TPM: z.unknown().optional(),
  Location: Place,
});

/**
 * TPMs: the system's own list, which costs nothing; where it has none, the TrustedComponents of its chassis that say that they are one
 * (NVIDIA lists its roots of trust there too). No BMC tells a serial.
 */
export async function readTpm(reading: Reading, system: ComputerSystem, chassis: readonly Chassis[]): Promise<void> {
  // iDRAC writes an empty object where there may be one
  const modules = system.TrustedModules.filter(
    (one) => one.Status.State !== null || one.InterfaceType !== null || one.FirmwareVersion !== null,
  );
  for (const [at, one] of modules.entries()) reportModule(reading, one, system, at);
  if (system.TrustedModules.length > 0) return;
  const own = system.Links.Chassis.map(fold);
  const ours = chassis.filter((one) => chassis.length === 1 || own.includes(fold(one['@odata.id'] ?? '')));
  for (const { TrustedComponents } of ours) {
    if (TrustedComponents === null) continue;
    for (const one of await reading.many(TrustedComponents, TrustedComponent, 'tpm')) {
      const says = [one.Id, one.Name, one.Model].some((text) => /\btpm/i.test(text ?? ''));
      if (!says && one.TPM === undefined) continue;
      reading.looked('tpm');
      reading.found({
        kind: 'tpm',
        slot: slotSigns(one, one.Location),
        status: one.Status,
        ...madeOf(one),
        firmware: one.FirmwareVersion,
      });
    }
  }
}

/** `{Status: {State: 'Absent'}}` is a header with nothing on it. */
function reportModule(reading: Reading, one: TrustedModule, system: ComputerSystem, at: number): void {
  reading.looked('tpm');
  reading.found({
    kind: 'tpm',
    slot: {
      label: 'TPM',
      context: null,
      id: at === 0 ? 'TPM' : `TPM ${at + 1}`,
      path: `${system['@odata.id'] ?? ''}#/TrustedModules/${at}`,
    },
    status: one.Status,
    firmware: one.FirmwareVersion,
    attributes: { interfaceType: one.InterfaceType },
  });
}
