import { fold } from './own-origin.ts';
import type { Reading } from './reading.ts';
import { readSmartStorage } from './read-smart-storage.ts';
import { Drive, SimpleStorage, Storage, StorageController, type ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

const KINDS = ['drive', 'storage-controller'] as const;

/** Controllers and drives: Storage; where that has no drive, SimpleStorage; on iLO 4 and 5 also SmartStorage. */
export async function readStorage(reading: Reading, system: ComputerSystem): Promise<void> {
  const link = system.Storage ?? system.Storages;
  const drives: Drive[] = [];
  if (link !== null) {
    const units = await reading.many(link, Storage, ...KINDS);
    if (units.length > 0) reading.looked('storage-controller');
    if (units.some((unit) => unit.Drives.length > 0)) reading.looked('drive');
    const perUnit = await Promise.all(units.map((unit) => readUnit(reading, unit)));
    // One drive can hang on two controllers (dual port): it is one part.
    const byPath = new Map(perUnit.flat().map((drive, at) => [fold(drive['@odata.id'] ?? String(at)), drive]));
    drives.push(...byPath.values());
    for (const drive of drives) reportDrive(reading, drive);
  }
  const seen = drives.map((drive) => drive.SerialNumber).filter((serial) => serial !== null);
  const smart = reading.quirks.smartStorage ? await readSmartStorage(reading, system, new Set(seen)) : 0;
  if (drives.length + smart === 0 && system.SimpleStorage !== null)
    await readSimpleStorage(reading, system.SimpleStorage);
}

async function readUnit(reading: Reading, unit: Storage): Promise<Drive[]> {
  const drives = (await Promise.all(unit.Drives.map((link) => reading.one(link, Drive, 'drive')))).filter(
    (one) => one !== null,
  );
  // `Controllers` replaced the inline list in 2020; firmware in between shows both, and then the inline one as a mere shadow.
  const listed =
    unit.Controllers === null ? [] : await reading.many(unit.Controllers, StorageController, 'storage-controller');
  const controllers = listed.length > 0 ? listed : unit.StorageControllers;
  const driveSerials = new Set(drives.map((drive) => drive.SerialNumber));
  for (const one of controllers) {
    reading.claim(...one.Links.PCIeFunctions);
    // HPE and Supermicro show each NVMe drive's own controller: the same part, with the same serial or none and no name at all.
    if (one.SerialNumber !== null && driveSerials.has(one.SerialNumber)) continue;
    if (one.SerialNumber === null && one.Model === null && one.Manufacturer === null) continue;
    const name = controllers.length === 1 ? unit.Id : `${unit.Id ?? ''}/${one.MemberId ?? one.Id ?? ''}`;
    reading.found({
      kind: 'storage-controller',
      slot: { ...slotSigns(one, one.Location), id: name },
      status: one.Status,
      manufacturer: one.Manufacturer,
      model: one.Model ?? one.Name,
      partNumber: one.PartNumber,
      serial: one.SerialNumber,
      firmware: one.FirmwareVersion,
      attributes: { speedGbps: one.SpeedGbps, protocols: one.SupportedDeviceProtocols },
    });
  }
  return drives;
}

function reportDrive(reading: Reading, one: Drive): void {
  reading.claim(...one.Links.PCIeFunctions);
  const place = one.PhysicalLocation.PartLocation.ServiceLabel === null ? one.Location : one.PhysicalLocation;
  reading.found({
    kind: 'drive',
    slot: slotSigns(one, place),
    status: one.Status,
    manufacturer: one.Manufacturer,
    model: one.Model,
    partNumber: one.PartNumber,
    serial: one.SerialNumber,
    firmware: one.FirmwareVersion ?? one.Revision,
    attributes: {
      capacityBytes: one.CapacityBytes,
      mediaType: one.MediaType,
      protocol: one.Protocol,
      rotationRpm: one.RotationSpeedRPM,
      lifeLeftPercent: one.PredictedMediaLifeLeftPercent,
      failurePredicted: one.FailurePredicted,
    },
  });
}

/** Names and sizes only, no serials: better than nothing on small boards. */
async function readSimpleStorage(reading: Reading, link: string): Promise<void> {
  for (const unit of await reading.many(link, SimpleStorage, 'drive')) {
    if (unit.Devices.length > 0) reading.looked('drive');
    for (const device of unit.Devices) {
      reading.found({
        kind: 'drive',
        slot: {
          label: device.Name,
          context: unit.Id,
          id: device.Name,
          path: `${unit['@odata.id'] ?? link}#${device.Name ?? ''}`,
        },
        status: device.Status,
        manufacturer: device.Manufacturer,
        model: device.Model,
        serial: device.SerialNumber,
        attributes: { capacityBytes: device.CapacityBytes },
      });
    }
  }
}
