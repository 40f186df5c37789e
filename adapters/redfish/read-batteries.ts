import { z } from 'zod';
import { Known, made, Place, Positive, resource, madeOf } from './decode.ts';
import type { Reading } from './reading.ts';
import type { HpeBattery } from './schema-hpe.ts';
import type { Chassis, Storage } from './schema.ts';
import { slotSigns } from './slots.ts';

const Battery = z.object({
  ...resource,
  ...made,
  FirmwareVersion: Known,
  CapacityRatedWattHours: Positive,
  Location: Place,
});

/** Batteries of a chassis: what its power subsystem lists. */
export async function readBatteries(reading: Reading, link: string): Promise<void> {
  for (const one of await reading.many(link, Battery, 'battery')) {
    reading.looked('battery');
    reading.found({
      kind: 'battery',
      slot: slotSigns(one, one.Location),
      status: one.Status,
      ...madeOf(one),
      firmware: one.FirmwareVersion,
      attributes: { capacityWattHours: one.CapacityRatedWattHours },
    });
  }
}

/** HPE's battery for the caches of all controllers stands in the chassis itself. */
export function reportHpeBatteries(reading: Reading, chassis: Chassis): void {
  const all: HpeBattery[] = [...chassis.Oem.Hpe.SmartStorageBattery, ...chassis.Oem.Hp.SmartStorageBattery];
  for (const [at, one] of all.entries()) {
    reading.looked('battery');
    const id = one.Index ?? String(at + 1);
    const path = `${chassis['@odata.id'] ?? ''}#SmartStorageBattery/${id}`;
    reading.found({
      kind: 'battery',
      slot: { label: `Smart Storage Battery ${id}`, context: null, id, path },
      status: one.Status,
      manufacturer: null,
      model: one.ProductName ?? one.Model,
      partNumber: one.Model ?? one.SparePartNumber,
      serial: one.SerialNumber,
      firmware: one.FirmwareVersion,
    });
  }
}

/** The battery of a PERC, as iDRAC tells of it beside the controller. */
export function reportDellBattery(reading: Reading, unit: Storage): void {
  const one = unit.Oem.Dell.DellControllerBattery;
  if (one.Id === null) return;
  reading.looked('battery');
  const health = /^ok$/i.test(one.PrimaryStatus ?? '') ? 'OK' : null;
  reading.found({
    kind: 'battery',
    slot: { label: null, context: null, id: one.Id, path: `${unit['@odata.id'] ?? ''}#${one.Id}` },
    status: { State: null, Health: health },
    model: one.Name,
  });
}
