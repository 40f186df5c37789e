import { Known, madeOf } from './decode.ts';
import { fold } from './own-origin.ts';
import { fullerLink, linkAttributes, type PcieInterface } from './pcie-link.ts';
import type { FoundPart } from './found-part.ts';
import type { Reading } from './reading.ts';
import { reportDellBattery } from './read-batteries.ts';
import { readSmartStorage } from './read-smart-storage.ts';
import {
  Drive,
  SimpleStorage,
  Storage,
  StorageController,
  Volume,
  type Chassis,
  type ComputerSystem,
} from './schema.ts';
import { slotSigns } from './slots.ts';

const KINDS = ['drive', 'storage-controller'] as const;

/** Controllers and drives: Storage; where that has no drive, SimpleStorage; on iLO 4 and 5 also SmartStorage. */
export async function readStorage(
  reading: Reading,
  system: ComputerSystem,
  chassis: readonly Chassis[] = [],
): Promise<void> {
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
    if (units.every((unit) => unit.Drives.length === 0)) drives.push(...(await readBehind(reading, units)));
    for (const { drive, link: own } of drives) reportDrive(reading, drive, own);
  }
  const seen = drives.map(({ drive }) => drive.SerialNumber).filter((serial) => serial !== null);
  const smart = reading.quirks.smartStorage ? await readSmartStorage(reading, system, new Set(seen)) : 0;
  if (drives.length + smart > 0) return;
  // Whichever names more: AMI's chassis links drives of which it says nothing, and its list of devices has names and sizes.
  const around = (await readAround(reading, chassis)).filter((one) => one.SerialNumber !== null || one.Model !== null);
  const simple = system.SimpleStorage === null ? [] : await readSimpleStorage(reading, system.SimpleStorage);
  if (around.length > 0 || simple.length > 0) reading.looked('drive');
  if (around.length >= simple.length) for (const one of around) reportDrive(reading, one);
  else for (const one of simple) reading.found(one);
}

/** With the link of the drive's own controller, where the BMC shows that. */
interface LinkedDrive {
  drive: Drive;
  link: PcieInterface | null;
}

async function readDrives(reading: Reading, links: readonly string[]): Promise<Drive[]> {
  const distinct = [...new Map(links.map((link) => [fold(link), link])).values()];
  const drives = await Promise.all(distinct.map((link) => reading.one(link, Drive, 'drive')));
  return drives.filter((one) => one !== null);
}

/** Where no unit lists a drive: what their volumes lie on. */
async function readBehind(reading: Reading, units: readonly Storage[]): Promise<LinkedDrive[]> {
  const links = units.map((unit) => unit.Volumes).filter((link) => link !== null);
  const volumes = await Promise.all(links.map((link) => reading.many(link, Volume, 'drive')));
  const drives = await readDrives(
    reading,
    volumes.flat().flatMap((one) => one.Links.Drives),
  );
  return drives.map((drive) => ({ drive, link: null }));
}

/** Drives that hang on no controller: those of the chassis. */
async function readAround(reading: Reading, chassis: readonly Chassis[]): Promise<Drive[]> {
  const lists = chassis.map((one) => one.Drives).filter((link) => link !== null);
  const listed = (await Promise.all(lists.map((link) => reading.many(link, Drive, 'drive')))).flat();
  if (listed.length > 0) return listed;
  return readDrives(
    reading,
    chassis.flatMap((one) => one.Links.Drives),
  );
}

async function readUnit(reading: Reading, unit: Storage): Promise<LinkedDrive[]> {
  reportDellBattery(reading, unit);
  const drives = await readDrives(reading, unit.Drives);
  const driveSerials = new Set(drives.map((drive) => drive.SerialNumber));
  // `Controllers` replaced the inline list in 2020; firmware in between shows both, and then the inline one as a mere shadow.
  const listed =
    unit.Controllers === null || tellAll(unit.StorageControllers, driveSerials)
      ? []
      : await reading.many(unit.Controllers, StorageController, 'storage-controller');
  const controllers = listed.length > 0 ? listed : unit.StorageControllers;
  const ends = new Map<string | null, PcieInterface>();
  for (const one of controllers) {
    // HPE and Supermicro show each NVMe drive's own controller: the same part, with the same serial or none and no name at all.
    if (
      (one.SerialNumber !== null && driveSerials.has(one.SerialNumber)) ||
      (one.SerialNumber === null && one.Model === null && one.Manufacturer === null)
    ) {
      reading.claim(...one.Links.PCIeFunctions);
      ends.set(one.SerialNumber, one.PCIeInterface);
      continue;
    }
    const name = controllers.length === 1 ? unit.Id : `${unit.Id ?? ''}/${one.MemberId ?? one.Id ?? ''}`;
    reportController(reading, one, name);
  }
  // iLO 7 says the generation in the shadow only
  if (listed.length > 0)
    for (const { SerialNumber, PCIeInterface: shadow } of unit.StorageControllers) {
      const end = ends.get(SerialNumber);
      if (end !== undefined) ends.set(SerialNumber, fullerLink(end, shadow));
    }
  // One that names nothing belongs to the drive only where there are no two of either
  const only = drives.length === 1 && controllers.length === 1 ? ends.get(null) : undefined;
  return drives.map((drive) => ({
    drive,
    link: (drive.SerialNumber === null ? undefined : ends.get(drive.SerialNumber)) ?? only ?? null,
  }));
}

/** Each is a drive of the unit and says all of its link: the list could tell nothing more. On iLO that is a request for each NVMe drive. */
function tellAll(inline: readonly StorageController[], driveSerials: ReadonlySet<string | null>): boolean {
  return (
    inline.length > 0 &&
    inline.every(
      ({ SerialNumber, PCIeInterface: link }) =>
        SerialNumber !== null && driveSerials.has(SerialNumber) && link.MaxPCIeType !== null && link.MaxLanes !== null,
    )
  );
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
    status: isEmptyBay(one) ? { ...one.Status, State: 'Absent' } : one.Status,
    // Of a disk behind a controller XCC names the controller's function.
    devices: isOnBus(one) ? [] : one.Links.PCIeFunctions,
    ...madeOf(one),
    firmware: one.FirmwareVersion ?? one.Revision,
    attributes: {
      capacityBytes: sizeOf(reading, one),
      logicalBlockBytes: one.BlockSizeBytes === 0 ? null : one.BlockSizeBytes,
      interfaceSpeedGbps: busSpeed(one),
      mediaType: one.MediaType,
      protocol: one.Protocol,
      rotationRpm: rotationOf(one),
      // Cisco writes 0 for what has nothing to wear out.
      lifeLeftPercent: one.MediaType === 'HDD' ? null : one.PredictedMediaLifeLeftPercent,
      failurePredicted: one.FailurePredicted,
      ...(link === null ? {} : linkAttributes(link)),
    },
  });
}

/** No drive of a server is smaller than a gigabyte. */
const SMALLEST_DRIVE_BYTES = 1_000_000_000;

function sizeOf({ quirks }: Reading, { CapacityBytes: bytes }: Drive): number | null {
  if (bytes === null || bytes >= SMALLEST_DRIVE_BYTES || quirks.smallDriveSizes === 'bytes') return bytes;
  return bytes * 1024 ** 2;
}

/** Of NVMe drives some firmware writes gigabytes, some the sum of the lanes; the buses of disks are named by it. */
function busSpeed(one: Drive): number | null {
  const { CapableSpeedGbs: speed } = one;
  return isOnBus(one) && speed !== null && speed > 0 ? speed : null;
}

function isOnBus({ Protocol }: Drive): boolean {
  return /^(?:SAS|SATA)$/i.test(Protocol ?? '');
}

/** XCC writes 65535 for what does not turn; others 0. */
function rotationOf({ MediaType, RotationSpeedRPM: rpm }: Drive): number | null {
  return MediaType === 'SSD' || rpm === null || rpm <= 0 || rpm >= 65_535 ? null : rpm;
}

/** Cisco's FlexFlash lists both its slots as disabled drives of no size, with `NA` for all that names a part. */
function isEmptyBay(one: Drive): boolean {
  const said = [one.Manufacturer, one.Model, one.PartNumber, one.CapacityBytes, one.MediaType];
  const serial = Known.parse(one.SerialNumber);
  return /^disabled$/i.test(one.Status.State ?? '') && serial === null && said.every((value) => value === null);
}

/** Names and sizes only, no serials: better than nothing on small boards. */
async function readSimpleStorage(reading: Reading, link: string): Promise<FoundPart[]> {
  const found: FoundPart[] = [];
  for (const unit of await reading.many(link, SimpleStorage, 'drive')) {
    if (unit.Devices.length > 0) reading.looked('drive');
    for (const device of unit.Devices) {
      // What the BMC itself plugs in: its virtual CD and disk (AMI lists them beside the real ones)
      if (/virtual (cd|dvd|floppy|hdisk|hard ?disk|disk|media)/i.test(`${device.Name ?? ''} ${device.Model ?? ''}`))
        continue;
      // Dell lists the backplane as one more device
      const nothingToStoreOn = device.CapacityBytes === null && device.SerialNumber === null;
      if (nothingToStoreOn && /\bbackplane\b/i.test(device.Name ?? '')) continue;
      const path = `${unit['@odata.id'] ?? link}#${device.Name ?? ''}`;
      found.push({
        kind: 'drive',
        slot: { label: device.Name, context: unit.Id, id: device.Name, path },
        status: device.Status,
        manufacturer: device.Manufacturer,
        model: device.Model,
        serial: device.SerialNumber,
        attributes: { capacityBytes: device.CapacityBytes },
      });
    }
  }
  return found;
}
