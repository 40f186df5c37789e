import { madeOf } from './decode.ts';
import { readBatteries } from './read-batteries.ts';
import type { Reading } from './reading.ts';
import { Power, PowerSubsystem, PowerSupply, type Chassis } from './schema.ts';
import { slotSigns } from './slots.ts';

/**
 * Power supplies: the PowerSubsystem, and the old Power resource where that is not advertised or lists none (iLO 7 has the
 * subsystem for fans only; X10 to X13 and Intel have only the old one). Not where reading the subsystem failed: the old one
 * counts its members differently, and the same supply would seem to have moved.
 */
export async function readPower(reading: Reading, chassis: Chassis): Promise<void> {
  if (chassis.PowerSubsystem !== null) {
    const subsystem = await reading.one(chassis.PowerSubsystem, PowerSubsystem, 'psu');
    if (subsystem === null) return;
    if (subsystem.Batteries !== null) await readBatteries(reading, subsystem.Batteries);
    const supplies =
      subsystem.PowerSupplies === null ? [] : await reading.many(subsystem.PowerSupplies, PowerSupply, 'psu');
    for (const one of supplies) reportSupply(reading, one);
    if (supplies.length > 0) return;
  }
  if (chassis.Power === null) return;
  const power = await reading.one(chassis.Power, Power, 'psu');
  for (const [at, one] of (power?.PowerSupplies ?? []).entries())
    reportSupply(reading, { ...one, MemberId: one.MemberId ?? String(at) });
}

export function reportSupply(reading: Reading, one: PowerSupply): void {
  reading.looked('psu');
  const bay = one.Oem.Hpe.BayNumber ?? one.Oem.Hp.BayNumber;
  reading.found({
    kind: 'psu',
    slot: slotSigns(one, one.Location, bay === null ? null : `Bay ${bay}`),
    status: one.Status,
    ...madeOf(one),
    firmware: one.FirmwareVersion,
    attributes: { powerWatts: one.PowerCapacityWatts ?? mostOf(one.InputRanges), inputType: one.PowerSupplyType },
  });
}

/** Cisco says only what it gives in each of its input ranges. */
function mostOf(ranges: PowerSupply['InputRanges']): number | null {
  const watts = ranges.map((one) => one.OutputWattage).filter((one) => one !== null);
  return watts.length === 0 ? null : Math.max(...watts);
}
