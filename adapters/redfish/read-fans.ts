import { madeOf } from './decode.ts';
import type { Reading } from './reading.ts';
import { withoutRepeated } from './repeated.ts';
import { Fan, Thermal, ThermalSubsystem, type Chassis } from './schema.ts';
import { slotSigns } from './slots.ts';

/** Fans: the ThermalSubsystem, else the old Thermal resource; as with the power supplies. */
export async function readFans(reading: Reading, chassis: Chassis): Promise<void> {
  if (chassis.ThermalSubsystem !== null) {
    const subsystem = await reading.one(chassis.ThermalSubsystem, ThermalSubsystem, 'fan');
    if (subsystem === null) return;
    const fans = subsystem.Fans === null ? [] : await reading.many(subsystem.Fans, Fan, 'fan');
    for (const one of fans) reportFan(reading, one);
    if (fans.length > 0) return;
  }
  if (chassis.Thermal === null) return;
  const thermal = await reading.one(chassis.Thermal, Thermal, 'fan');
  const fans = (thermal?.Fans ?? []).map((one, at) => ({ ...one, MemberId: one.MemberId ?? String(at) }));
  for (const one of withoutRepeated(fans, (fan) => [fan['@odata.id'], fan.FanName ?? fan.Name]))
    reportFan(reading, one);
}

export function reportFan(reading: Reading, one: Fan): void {
  reading.looked('fan');
  reading.found({
    kind: 'fan',
    slot: slotSigns(one, one.Location, one.FanName ?? one.Name),
    status: one.Status,
    ...madeOf(one),
  });
}
