import type { Readings, SeenComponent } from '../../ports/bundle-format.ts';
import { asInt, asNumber, seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { ataReadings, type AtaAttribute, type AtaStatistic } from './ata-readings.ts';
import { deviceOf, raidPlace } from './device-name.ts';
import { formFactorOf, isVirtualDisk, printable, transportOf, wwnOf } from './drive-words.ts';
import { factsOf, hexId, realSize } from './facts.ts';
import { dataUnits, healthOfWarning, warningBits } from './nvme-health.ts';

/** By the words before the colon, lower-case; the first of equal ones. */
type Fields = Map<string, string>;

interface TextDrive {
  component: SeenComponent | null;
  warnings: string[];
  localTime: string | null;
}

/** What smartctl says instead of a drive, or besides it. */
const COMPLAINT =
  /open device: .{0,200} failed|Permission denied|Unable to detect|Unknown USB bridge|No such device|Input\/output error|in (?:STANDBY|SLEEP) mode|requires option|A mandatory SMART command failed|NO MEDIUM|device lacks SMART/i;

export function readSmartctlText(lines: readonly string[], before: string | null): TextDrive {
  const fields = fieldsOf(lines);
  const field = (...names: string[]): string | null => firstOf(fields, names);
  const localTime = field('local time is');
  const complaints = lines.filter((line) => line.length < 400 && COMPLAINT.test(line));
  const warnings = complaints.map((line) => `smartctl says: ${line.trim()}`);
  const type = field('device type');
  if (type !== null && !/disk/i.test(type)) {
    return { component: null, warnings: [...warnings, `No drive: a device of type ${type}.`], localTime };
  }
  const { manufacturer, model, firmware } = identityOf(fields);
  const serial = field('serial number');
  if (serial === null && model === null) {
    return { component: null, warnings: [...warnings, 'smartctl shows no model and no serial number.'], localTime };
  }
  if (serial === null) warnings.push(`The drive ${model ?? ''} is shown without a serial number.`);
  const place = placeOf(lines, before);
  const component = seen('drive', {
    slot: raidPlace(place.type),
    manufacturer,
    model,
    serial,
    firmware,
    health: healthOf(fields),
    attributes: attributesOf(fields, manufacturer, model, deviceOf(place.name, place.type)),
    readings: readingsOfText(lines, fields, model),
  });
  return { component, warnings, localTime };
}

function firstOf(fields: Fields, names: readonly string[]): string | null {
  for (const name of names) {
    const value = fields.get(name);
    if (value !== undefined && value !== '') return value;
  }
  return null;
}

function fieldsOf(lines: readonly string[]): Fields {
  const fields: Fields = new Map();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0 || colon > 70 || line.length > 2000) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

/** The drive's name stands in no line of smartctl's own: only where a script wrote it, or the command, before the first line. */
function placeOf(lines: readonly string[], before: string | null): { name: string | null; type: string | null } {
  const line = before !== null && before.length < 400 ? before : '';
  const type = /(?:-d|--device=?)\s*([a-z0-9+]{1,40},[0-9/,]{1,20})/.exec(line)?.[1] ?? null;
  const said = /(\/dev\/[A-Za-z0-9/_-]{1,60})/.exec(line)?.[1] ?? null;
  const info = lines.find((one) => /^\/dev\/\S{1,60} \[/.test(one)) ?? '';
  const bracket = /\[(megaraid|cciss|areca|3ware)_disk_(\d{1,3})\]/.exec(info);
  const fromInfo = bracket === null ? null : `${bracket[1] ?? ''},${Number(bracket[2])}`;
  return { name: said ?? /^(\/dev\/\S{1,60}) \[/.exec(info)?.[1] ?? null, type: type ?? fromInfo };
}

function identityOf(fields: Fields): Pick<SeenComponent, 'manufacturer' | 'model' | 'firmware'> {
  const ataModel = firstOf(fields, ['device model', 'model number']);
  if (ataModel !== null) {
    return { manufacturer: null, model: ataModel, firmware: firstOf(fields, ['firmware version']) };
  }
  const old = oldScsiIdentity(fields.get('device') ?? '');
  const vendor = firstOf(fields, ['vendor']) ?? old.vendor;
  // A SATA drive asked through SCSI has the vendor 'ATA', and of its firmware only the last four characters.
  const translated = vendor === 'ATA';
  return {
    manufacturer: translated ? null : vendor,
    model: firstOf(fields, ['product']) ?? old.product,
    firmware: translated ? null : (firstOf(fields, ['revision']) ?? old.revision),
  };
}

/** Until release 5.39 all on one line: 'IBM-ESXS ST3300655SS      Version: BA23'. */
function oldScsiIdentity(text: string): Record<'vendor' | 'product' | 'revision', string | null> {
  const at = text.indexOf('Version:');
  if (at < 0) return { vendor: null, product: null, revision: null };
  const [first = '', ...rest] = text.slice(0, at).trim().split(/\s+/);
  const revision = text.slice(at + 'Version:'.length).trim();
  return { vendor: first || null, product: rest.join(' ') || null, revision: revision || null };
}

function attributesOf(
  fields: Fields,
  manufacturer: string | null,
  model: string | null,
  device: string | null,
): SeenComponent['attributes'] {
  const field = (...names: string[]): string | null => firstOf(fields, names);
  const blocks = blockSizes(fields);
  const rotation = field('rotation rate') ?? '';
  const rpm = asInt(/^(\d{2,6}) rpm/i.exec(rotation)?.[1]);
  const protocol = protocolOf(fields);
  const size = field('total nvm capacity', 'user capacity', 'namespace 1 size/capacity', 'namespace 1 size');
  const version = field('nvme version') ?? '';
  return factsOf({
    device,
    protocol,
    capacityBytes: realSize(size === null ? null : parseSize(size)),
    logicalBlockBytes: blocks.logical,
    physicalBlockBytes: blocks.physical,
    mediaType: mediaTypeOf(rotation, rpm, protocol),
    rotationRpm: rpm,
    formFactor: formFactorOf(field('form factor')),
    interfaceSpeedGbps: asNumber(/, ([\d.]{1,6}) Gb\/s/.exec(field('sata version is') ?? '')?.[1]),
    wwn: wwnOf(field('lu wwn device id', 'logical unit id')) ?? euiOf(field('namespace 1 ieee eui-64')),
    nvmeVersion: /^\d[\d.]{0,10}$/.test(version) ? version : null,
    vendorId: hexId(field('pci vendor/subsystem id', 'pci vendor id')),
    subsystemVendorId: hexId(field('pci vendor/subsystem id', 'pci vendor subsystem id')),
    oemProductId: printable(field('add. product id')),
    virtual: isVirtualDisk(manufacturer, model) ? true : null,
  });
}

function mediaTypeOf(rotation: string, rpm: number | null, protocol: string | null): string | null {
  if (protocol === 'NVMe' || /^Solid State/i.test(rotation)) return 'SSD';
  return rpm === null ? null : 'HDD';
}

function protocolOf(fields: Fields): string | null {
  if (fields.has('model number') || fields.has('nvme version') || fields.has('total nvm capacity')) return 'NVMe';
  if (fields.has('sata version is')) return 'SATA';
  if (fields.get('vendor') === 'ATA') return 'SATA';
  const transport = transportOf(fields.get('transport protocol') ?? null);
  if (transport !== null) return transport;
  if (fields.has('device model')) return 'ATA';
  return fields.has('vendor') || fields.has('device') ? 'SCSI' : null;
}

/** 'Sector Size: 512 bytes logical/physical' or 'Sector Sizes: 512 bytes logical, 4096 bytes physical'; SCSI has a line for each. */
function blockSizes(fields: Fields): { logical: number | null; physical: number | null } {
  const bytes = (text: string | undefined): number | null => realSize(asInt(/^(\d{1,9})(?!x)/.exec(text ?? '')?.[1]));
  const both = fields.get('sector size');
  if (both !== undefined) return { logical: bytes(both), physical: bytes(both) };
  const sizes = fields.get('sector sizes');
  if (sizes !== undefined) return { logical: bytes(sizes), physical: bytes(sizes.split(',')[1]?.trim()) };
  const logical = fields.get('logical block size') ?? fields.get('namespace 1 formatted lba size');
  return { logical: bytes(logical), physical: bytes(fields.get('physical block size')) };
}

/** '002538 5b21404321' */
function euiOf(text: string | null): string | null {
  const digits = (text ?? '').replace(/\s/g, '').toLowerCase();
  return /^[0-9a-f]{16}$/.test(digits) ? `eui.${digits}` : null;
}

function healthOf(fields: Fields): string | null {
  const bits = warningBits(fields.get('critical warning'));
  if (bits !== null) return healthOfWarning(bits);
  const said = firstOf(fields, ['smart overall-health self-assessment test result', 'smart health status']) ?? '';
  if (/^(?:PASSED|OK)\b/.test(said)) return 'OK';
  return /^(?:FAIL|.*(?:FAILURE|THRESHOLD EXCEEDED))/i.test(said) ? 'Critical' : null;
}

function readingsOfText(lines: readonly string[], fields: Fields, model: string | null): Readings {
  const first = (name: string): number | null => leadingInt(fields.get(name));
  const uncorrected = scsiCounters(lines);
  const said = factsOf({
    powerOnHours: first('power on hours') ?? poweredUp(fields, lines),
    powerCycles: first('power cycles'),
    temperatureCelsius: first('current drive temperature') ?? first('temperature') ?? first('current temperature'),
    percentUsed: first('percentage used') ?? first('percentage used endurance indicator'),
    availableSparePercent: first('available spare'),
    mediaErrors: first('media and data integrity errors'),
    errorLogEntries: first('error information log entries'),
    unsafeShutdowns: first('unsafe shutdowns'),
    bytesWritten: dataUnits(first('data units written')) ?? uncorrected.write,
    bytesRead: dataUnits(first('data units read')) ?? uncorrected.read,
    reallocatedSectors: first('elements in grown defect list'),
    uncorrectableErrors: uncorrected.errors,
    linkSpeedGbps: asNumber(/current: ([\d.]{1,6}) Gb\/s/.exec(fields.get('sata version is') ?? '')?.[1]),
  });
  const logs = ataReadings({
    model,
    inDatabase: /^In smartctl database/i.test(fields.get('device is') ?? ''),
    logicalBlockBytes: blockSizes(fields).logical,
    attributes: lines.flatMap((line) => attributeOf(line) ?? []),
    statistics: lines.flatMap((line) => statisticOf(line) ?? []),
  });
  return factsOf({ ...logs, ...said });
}

/** '3,501,226 [1.79 TB]', '44 Celsius', '36 C', '100%' */
function leadingInt(text: string | undefined): number | null {
  return asInt(/^\d[\d,.'’\u00a0\u202f]{0,30}(?!\d)/.exec(text ?? '')?.[0].replace(/[^\d]/g, ''));
}

/** 'Accumulated power on time, hours:minutes 43549:33'; of Seagate and Hitachi also 'number of hours powered up = 14491.72'. */
function poweredUp(fields: Fields, lines: readonly string[]): number | null {
  const accumulated = /^minutes (\d{1,9}):/.exec(fields.get('accumulated power on time, hours') ?? '')?.[1];
  if (accumulated !== undefined) return asInt(accumulated);
  const line = lines.find((one) => /^\s{0,4}number of hours powered up\s{0,4}=/.test(one));
  const hours = asNumber(line?.split('=')[1]);
  return hours === null ? null : Math.floor(hours);
}

/** The error counter log: per way, 10^9 bytes processed and uncorrected errors in the last two columns. */
function scsiCounters(lines: readonly string[]): Record<'read' | 'write' | 'errors', number | null> {
  const counters: Record<'read' | 'write' | 'errors', number | null> = { read: null, write: null, errors: null };
  for (const line of lines) {
    const [way, ...columns] = line.trim().split(/\s+/);
    if (columns.length !== 7 || (way !== 'read:' && way !== 'write:' && way !== 'verify:')) continue;
    const gigabytes = asNumber(columns[5]);
    const errors = asInt(columns[6]);
    if (way !== 'verify:' && gigabytes !== null)
      counters[way === 'read:' ? 'read' : 'write'] = Math.round(gigabytes * 1e9);
    if (errors !== null) counters.errors = (counters.errors ?? 0) + errors;
  }
  return counters;
}

/** `-a` has TYPE, UPDATED and WHEN_FAILED before the raw value, `-x` only FAIL. */
function attributeOf(line: string): AtaAttribute | null {
  const columns = line.trim().split(/\s+/);
  const [id = '', name = '', flag = '', value = '', , , seventh = ''] = columns;
  if (!/^\d{1,3}$/.test(id) || !/^(?:0x[0-9a-f]{4}|[POSRCK-]{6})$/.test(flag)) return null;
  const raw = columns.slice(/^(?:Pre-fail|Old_age)$/.test(seventh) ? 9 : 7).join(' ');
  return { id: Number(id), name, value: asInt(value), raw };
}

/** Of the device statistics that `-x` prints: '0x07  0x008  1               1  N--  Percentage Used Endurance Indicator'. */
function statisticOf(line: string): AtaStatistic | null {
  const columns = line.trim().split(/\s+/);
  const [page = '', offset = '', , value = '', ...rest] = columns;
  if (!/^0x[0-9a-f]{2}$/.test(page) || !/^0x[0-9a-f]{3}$/.test(offset)) return null;
  const number = asInt(value);
  const name = (/^[A-Z-]{3}$/.test(rest[0] ?? '') ? rest.slice(1) : rest).join(' ');
  return number === null ? null : { name, value: number };
}
