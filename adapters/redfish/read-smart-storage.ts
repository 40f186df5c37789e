import type { Reading } from './reading.ts';
import { SmartArray, SmartDrive, SmartStorage } from './schema-hpe.ts';
import type { ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

/**
 * HPE's own storage tree, on iLO 4 and 5. Newer iLO 5 firmware shows the same drives under Storage as well; those are recognised
 * by their serial and left out. Returns how many drives it added.
 */
export async function readSmartStorage(
  reading: Reading,
  system: ComputerSystem,
  seen: ReadonlySet<string>,
): Promise<number> {
  const oem = [system.Oem.Hpe, system.Oem.Hp];
  const link = oem
    .map((one) => one.Links.SmartStorage ?? one.links.SmartStorage ?? one.SmartStorage)
    .find((one) => one !== null);
  if (link === undefined || link === null) return 0;
  const top = await reading.one(link, SmartStorage, 'drive', 'storage-controller');
  const arrays = top?.Links.ArrayControllers ?? top?.links.ArrayControllers ?? null;
  if (arrays === null) return 0;

  let added = 0;
  for (const array of await reading.many(arrays, SmartArray, 'drive', 'storage-controller')) {
    reading.looked('storage-controller');
    const known = reading
      .parts()
      .some((part) => part.kind === 'storage-controller' && part.serial === array.SerialNumber);
    if (!known) {
      reading.found({
        kind: 'storage-controller',
        slot: slotSigns(array, null, array.Location),
        status: array.Status,
        manufacturer: 'HPE',
        model: array.Model,
        partNumber: array.ControllerPartNumber,
        serial: array.SerialNumber,
        firmware: array.FirmwareVersion.Current.VersionString,
      });
    }
    const drives = array.Links.PhysicalDrives ?? array.links.PhysicalDrives;
    if (drives === null) continue;
    for (const drive of await reading.many(drives, SmartDrive, 'drive')) {
      reading.looked('drive');
      if (drive.SerialNumber !== null && seen.has(drive.SerialNumber)) continue;
      added += 1;
      const label = drive.Location === null ? null : `${array.Location ?? array.Id ?? ''} ${drive.Location}`;
      reading.found({
        kind: 'drive',
        slot: slotSigns(drive, null, label),
        status: drive.Status,
        model: drive.Model,
        serial: drive.SerialNumber,
        firmware: drive.FirmwareVersion.Current.VersionString,
        attributes: {
          capacityBytes: drive.CapacityMiB === null ? null : drive.CapacityMiB * 1024 ** 2,
          mediaType: drive.MediaType,
          protocol: drive.InterfaceType,
        },
      });
    }
  }
  return added;
}
