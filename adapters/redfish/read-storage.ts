import { fold } from './own-origin.ts';
import { fullerLink, linkAttributes, type PcieInterface } from './pcie-link.ts';
import type { Reading } from './reading.ts';
import { readSmartStorage } from './read-smart-storage.ts';
import { Drive, SimpleStorage, Storage, StorageController, type ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

const KINDS = ['drive', 'storage-controller'] as const;

/** Controllers and drives: Storage; where that has no drive, SimpleStorage; on iLO 4 and 5 also SmartStorage. */
export async function readStorage(reading: Reading, system: ComputerSystem): Promise<void> {
  const link = system.Storage ?? system.Storages;
  const drives: LinkedDrive[] = [];
  if (link !== null) {
    const units = await reading.many(link, Storage, ...KINDS);
    if (units.length > 0) reading.looked('storage-controller');
    if (units.some((unit) => unit.Drives.length > 0)) reading.looked('drive');
    const perUnit = await Promise.all(units.map((unit) => readUnit(reading, unit)));
    // One drive can hang on two controllers (dual port): it is one part.
    const byPath = new Map(perUnit.flat().map((one, at) => [fold(one.drive['@odata.id'] ?? String(at)), one]));
    drives.push(...byPath.values());
    for (const { drive, link: own } of drives) reportDrive(reading, drive, own);
  }
  const seen = drives.map(({ drive }) => drive.SerialNumber).filter((serial) => serial !== null);
  const smart = reading.quirks.smartStorage ? await readSmartStorage(reading, system, new Set(seen)) : 0;
  if (drives.length + smart === 0 && system.SimpleStorage !== null)
    await readSimpleStorage(reading, system.SimpleStorage);
}

/** With the link of the drive's own controller, where the BMC shows that. */
interface LinkedDrive {
  drive: Drive;
  link: PcieInterface | null;
}

async function readUnit(reading: Reading, unit: Storage): Promise<LinkedDrive[]> {
  const drives = (await Promise.all(unit.Drives.map((link) => reading.one(link, Drive, 'drive')))).filter(
    (one) => one !== null,
  );
  // `Controllers` replaced the inline list in 2020; firmware in between shows both, and then the inline one as a mere shadow.
  const listed =
    unit.Controllers === null ? [] : await reading.many(unit.Controllers, StorageController, 'storage-controller');
  const controllers = listed.length > 0 ? listed : unit.StorageControllers;
  const driveSerials = new Set(drives.map((drive) => drive.SerialNumber));
  const links = new Map<string | null, PcieInterface>();
  for (const one of controllers) {
    // HPE and Supermicro show each NVMe drive's own controller: the same part, with the same serial or none and no name at all.
    if (
      (one.SerialNumber !== null && driveSerials.has(one.SerialNumber)) ||
      (one.SerialNumber === null && one.Model === null && one.Manufacturer === null)
    ) {
      reading.claim(...one.Links.PCIeFunctions);
      links.set(one.SerialNumber, one.PCIeInterface);
      continue;
    }
    const name = controllers.length === 1 ? unit.Id : `${unit.Id ?? ''}/${one.MemberId ?? one.Id ?? ''}`;
    reportController(reading, one, name);
  }
  // iLO 7 says the generation in the shadow only
  if (listed.length > 0)
    for (const { SerialNumber, PCIeInterface: shadow } of unit.StorageControllers) {
      const link = links.get(SerialNumber);
      if (link !== undefined) links.set(SerialNumber, fullerLink(link, shadow));
    }
  // One that names nothing belongs to the drive only where there are no two of either
  const only = drives.length === 1 && controllers.length === 1 ? links.get(null) : undefined;
  return drives.map((drive) => ({
    drive,
    link: (drive.SerialNumber === null ? undefined : links.get(drive.SerialNumber)) ?? only ?? null,
  }));
}

export function reportController(reading: Reading, one: StorageController, name: string | null): void {
  reading.found({
    kind: 'storage-controller',
    slot: { ...slotSigns(one, one.Location), id: name },
    status: one.Status,
    manufacturer: one.Manufacturer,
    model: one.Model ?? one.Name,
    partNumber: one.PartNumber,
    serial: one.SerialNumber,
    firmware: one.FirmwareVersion,
    devices: one.Links.PCIeFunctions,
    attributes: {
      speedGbps: one.SpeedGbps,
      protocols: one.SupportedDeviceProtocols,
      ...linkAttributes(one.PCIeInterface),
    },
  });
}

export function reportDrive(reading: Reading, one: Drive, link: PcieInterface | null = null): void {
  const place = one.PhysicalLocation.PartLocation.ServiceLabel === null ? one.Location : one.PhysicalLocation;
  reading.found({
    kind: 'drive',
    slot: slotSigns(one, place),
    status: one.Status,
    devices: one.Links.PCIeFunctions,
    manufacturer: one.Manufacturer,
    model: one.Model,
    partNumber: one.PartNumber,
    serial: one.SerialNumber,
    firmware: one.FirmwareVersion ?? one.Revision,
    attributes: {
      capacityBytes: one.CapacityBytes,
      logicalBlockBytes: one.BlockSizeBytes === 0 ? null : one.BlockSizeBytes,
      interfaceSpeedGbps: busSpeed(one),
      mediaType: one.MediaType,
      protocol: one.Protocol,
      rotationRpm: one.RotationSpeedRPM,
      lifeLeftPercent: one.PredictedMediaLifeLeftPercent,
      failurePredicted: one.FailurePredicted,
      ...(link === null ? {} : linkAttributes(link)),
    },
  });
}

/** Of NVMe drives some firmware writes gigabytes, some the sum of the lanes; the buses of disks are named by it. */
function busSpeed({ CapableSpeedGbs, Protocol }: Drive): number | null {
  const isBus = /^(?:SAS|SATA)$/i.test(Protocol ?? '');
  return isBus && CapableSpeedGbs !== null && CapableSpeedGbs > 0 ? CapableSpeedGbs : null;
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
