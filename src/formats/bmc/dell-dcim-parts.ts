import type { SeenComponent } from '#src/ports/bundle-format.ts';
import { wwnOf } from '../drives/drive-words.ts';
import { facts, leadingCount, named, said } from '../host/words.ts';
import { asInt, asText, seen } from '../json-facts.ts';

export interface Instance {
  className: string;
  values: Map<string, string>;
}

/** The part that an instance of a view shows; null for a class that shows none. */
export function readPart({ className, values }: Instance): SeenComponent | null {
  const slot = asText(values.get('FQDD') ?? values.get('InstanceID'));
  const read = PARTS[className];
  if (read === undefined || slot === null) return null;
  const part = read(values);
  return part === null
    ? null
    : { ...part, slot, health: healthOf(values.get('PrimaryStatus')) ?? part.health, ...driveHealth(part, values) };
}

/** DCIM's status: 0 and 4 upwards say nothing. */
function healthOf(status: string | undefined): string | null {
  return (
    { '1': 'OK', '2': 'Warning', '3': 'Critical', OK: 'OK', Degraded: 'Warning', Error: 'Critical' }[status ?? ''] ??
    null
  );
}

type Values = Map<string, string>;

const PARTS: Record<string, ((values: Values) => SeenComponent | null) | undefined> = {
  DCIM_CPUView: processor,
  DCIM_MemoryView: memoryModule,
  DCIM_PowerSupplyView: powerSupply,
  DCIM_PhysicalDiskView: drive,
  DCIM_PCIeSSDView: drive,
  DCIM_ControllerView: controller,
  DCIM_ControllerBatteryView: (values) => seen('battery', { serial: said(values.get('SerialNumber')) }),
  DCIM_VideoView: video,
};

function processor(values: Values): SeenComponent {
  return seen('cpu', {
    manufacturer: named(values.get('Manufacturer')),
    model: named(values.get('Model')),
    attributes: facts<string | number>({
      cores: asInt(values.get('NumberOfProcessorCores')),
      threads: asInt(values.get('NumberOfEnabledThreads')),
      maxSpeedMhz: asInt(values.get('MaxClockSpeed')),
      microcode: said(values.get('Microcode')),
    }),
  });
}

/** Size in MiB; SerialNumber is the module's. */
function memoryModule(values: Values): SeenComponent {
  const mebibytes = asInt(values.get('Size'));
  return seen('dimm', {
    manufacturer: named(values.get('Manufacturer')),
    model: named(values.get('PartNumber')),
    partNumber: named(values.get('PartNumber')),
    serial: said(values.get('SerialNumber')),
    attributes: facts<string | number>({
      capacityBytes: mebibytes === null ? null : mebibytes * 1024 ** 2,
      speedMts: leadingCount(values.get('CurrentOperatingSpeed')),
      ratedSpeedMts: leadingCount(values.get('Speed')),
      rank: { '1': 1, '2': 2, '4': 4, '8': 8 }[values.get('Rank') ?? ''] ?? null,
      type: MEMORY_TYPES[values.get('MemoryType') ?? ''] ?? null,
    }),
  });
}

const MEMORY_TYPES: Partial<Record<string, string>> = {
  '20': 'DDR',
  '21': 'DDR2',
  '24': 'DDR3',
  '26': 'DDR4',
  '34': 'DDR5',
};

function powerSupply(values: Values): SeenComponent {
  return seen('psu', {
    manufacturer: named(values.get('Manufacturer')),
    model: named(values.get('Model')),
    partNumber: named(values.get('PartNumber')),
    serial: said(values.get('SerialNumber')),
    firmware: said(values.get('FirmwareVersion')),
    attributes: facts({ powerWatts: leadingCount(values.get('TotalOutputPower')) }),
  });
}

function drive(values: Values): SeenComponent {
  const wear = asInt(values.get('RemainingRatedWriteEndurance'));
  return seen('drive', {
    manufacturer: named(values.get('Manufacturer')),
    model: named(values.get('Model')),
    partNumber: named(values.get('PPID')),
    serial: said(values.get('SerialNumber')),
    firmware: said(values.get('Revision')),
    attributes: facts<string | number>({
      capacityBytes: positive(values.get('SizeInBytes')),
      logicalBlockBytes: positive(values.get('BlockSizeInBytes')),
      mediaType: { '0': 'HDD', '1': 'SSD' }[values.get('MediaType') ?? ''] ?? null,
      protocol: PROTOCOLS[values.get('BusProtocol') ?? ''] ?? null,
      formFactor:
        { '1': '1.8 inches', '2': '2.5 inches', '3': '3.5 inches' }[values.get('DriveFormFactor') ?? ''] ?? null,
      sasAddress: wwnOf(asText(values.get('SASAddress'))),
    }),
    // 255 means that the drive does not tell
    readings: facts({ percentUsed: wear === null || wear > 100 ? null : 100 - wear }),
  });
}

const PROTOCOLS: Partial<Record<string, string>> = { '5': 'SATA', '6': 'SAS', '7': 'NVMe' };

/** A drive that foresees its failure is not OK, whatever the status of today. */
function driveHealth(part: SeenComponent, values: Values): { health?: string } {
  const status = healthOf(values.get('PrimaryStatus'));
  const foreseen = part.kind === 'drive' && values.get('PredictiveFailureState') === '1';
  return foreseen && status !== 'Critical' ? { health: 'Warning' } : {};
}

function controller(values: Values): SeenComponent {
  return seen('storage-controller', {
    manufacturer: named(values.get('DeviceCardManufacturer')),
    model: named(values.get('ProductName')),
    firmware: said(values.get('ControllerFirmwareVersion')),
    attributes: facts({
      sasAddress: wwnOf(asText(values.get('SASAddress'))),
      ...pciIds(values),
    }),
  });
}

/** The VGA of the board is part of it; a card has a serial number. */
function video(values: Values): SeenComponent | null {
  const serial = said(values.get('SerialNumber'));
  if (serial === null || /Embedded/i.test(values.get('FQDD') ?? '')) return null;
  return seen('gpu', {
    manufacturer: named(values.get('Manufacturer')),
    model: named(values.get('MarketingName') ?? values.get('Description')),
    partNumber: named(values.get('BoardPartNumber') ?? values.get('GPUPartNumber')),
    serial,
    firmware: said(values.get('FirmwareVersion')),
    attributes: facts({ uuid: said(values.get('GPUGUID')), ...pciIds(values) }),
  });
}

export function pciIds(values: Values): Record<string, string | null> {
  const id = (name: string): string | null => {
    const digits = /^(?:0x)?([0-9a-f]{1,4})$/i.exec(values.get(name) ?? '')?.[1];
    return digits === undefined ? null : `0x${digits.toLowerCase().padStart(4, '0')}`;
  };
  return {
    vendorId: id('PCIVendorID'),
    deviceId: id('PCIDeviceID'),
    subsystemVendorId: id('PCISubVendorID'),
    subsystemDeviceId: id('PCISubDeviceID'),
  };
}

function positive(text: string | undefined): number | null {
  const number = asInt(text);
  return number === null || number <= 0 ? null : number;
}
