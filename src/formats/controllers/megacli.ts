import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import { wwnOf } from '../drives/drive-words.ts';
import { facts, keyAndValue, leadingCount, leadingNumber, named, said, wholeLinesOf } from '../host/words.ts';
import { asInt, seen } from '../json-facts.ts';
import { blockBytes, gigabits, makerOf, sectorBytes } from './drive-sizes.ts';
import { readInquiry } from './megacli-inquiry.ts';

type Fields = Map<string, string>;

/** MegaCLI (and PercCli of that age): `-PDList -aALL`, `-LdPdInfo -aALL`, `-AdpAllInfo -aALL`. */
export const megacli: FileFormat = {
  id: 'megacli',
  title: 'MegaCLI',
  recognises: (file) =>
    /^Adapter #\d/m.test(file.text()) &&
    /^(?:Enclosure Device ID|FW Package Build|Product Name|Number of Virtual Disks) {0,40}:/m.test(file.text()),
  read: (file) => [readMegacli(file.text())],
};

interface Block {
  adapter: string;
  drive: boolean;
  fields: Fields;
}

function readMegacli(text: string): FileReading {
  const reading = emptyReading('tools');
  const used = new Set<string>();
  for (const block of blocksOf(text)) {
    const part = block.drive ? drive(block, reading) : controller(block);
    if (part === null) continue;
    const key = `${part.kind} ${part.slot ?? ''}`;
    // A drive of two virtual drives is listed under each
    if (used.has(key)) continue;
    used.add(key);
    reading.components.push(part);
  }
  return reading;
}

/** The adapter's own lines come first; each drive begins with its enclosure. The value keeps its leading blanks: INQUIRY data has columns. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let adapter = '0';
  for (const line of wholeLinesOf(text)) {
    const start = /^Adapter #(\d{1,3})/.exec(line)?.[1];
    if (start !== undefined) {
      adapter = start;
      blocks.push({ adapter, drive: false, fields: new Map() });
      continue;
    }
    if (line.startsWith('Enclosure Device ID:')) blocks.push({ adapter, drive: true, fields: new Map() });
    const pair = keyAndValue(line);
    const fields = blocks.at(-1)?.fields;
    if (pair === null || fields === undefined || fields.has(pair.key)) continue;
    fields.set(pair.key, pair.key === 'Inquiry Data' ? line.slice(line.indexOf(':') + 2) : pair.value);
  }
  return blocks;
}

function controller({ adapter, fields }: Block): SeenComponent | null {
  const model = named(fields.get('Product Name'));
  if (model === null) return null;
  return seen('storage-controller', {
    slot: `c${adapter}`,
    model,
    serial: said(fields.get('Serial No')),
    firmware: said(fields.get('FW Version')),
    attributes: facts({
      firmwarePackage: said(fields.get('FW Package Build')),
      biosVersion: said(fields.get('BIOS Version')),
      sasAddress: wwnOf(said(fields.get('SAS Address'))),
    }),
  });
}

function drive({ adapter, fields }: Block, reading: FileReading): SeenComponent {
  const enclosure = said(fields.get('Enclosure Device ID'));
  const number = said(fields.get('Slot Number'));
  const sata = fields.get('PD Type') === 'SATA';
  const inquiry = readInquiry(fields.get('Inquiry Data') ?? '', sata, said(fields.get('Device Firmware Level')));
  const slot = number === null ? null : `c${adapter}/${enclosure === null ? '' : `e${enclosure}/`}s${number}`;
  if (inquiry === null) reading.warnings.push(`The INQUIRY data of drive ${slot ?? '?'} is not in its columns.`);
  const logical = blockBytes(fields.get('Logical Sector Size')) ?? blockBytes(fields.get('Sector Size'));
  return seen('drive', {
    slot,
    manufacturer: makerOf(named(inquiry?.vendor)),
    model: named(inquiry?.model),
    serial: said(inquiry?.serial),
    firmware: said(inquiry?.firmware) ?? said(fields.get('Device Firmware Level')),
    health: driveHealth(fields),
    attributes: facts<string | number>({
      capacityBytes: sectorBytes(fields.get('Raw Size') ?? '', logical),
      logicalBlockBytes: logical,
      physicalBlockBytes: blockBytes(fields.get('Physical Sector Size')),
      mediaType: mediaOf(fields.get('Media Type')),
      protocol: said(fields.get('PD Type')),
      wwn: wwnOf(fields.get('WWN') ?? null),
      interfaceSpeedGbps: gigabits(fields.get('Device Speed')),
    }),
    readings: facts<string | number>({
      temperatureCelsius: leadingNumber(fields.get('Drive Temperature')),
      mediaErrors: asInt(fields.get('Media Error Count')),
      otherErrors: asInt(fields.get('Other Error Count')),
      predictedFailures: asInt(fields.get('Predictive Failure Count')),
      raidState: said(fields.get('Firmware state')),
    }),
  });
}

function mediaOf(text: string | undefined): string | null {
  if (text === 'Solid State Device') return 'SSD';
  return text === 'Hard Disk Device' ? 'HDD' : null;
}

function driveHealth(fields: Fields): string | null {
  const state = fields.get('Firmware state') ?? '';
  if (/^(?:Failed|Offline|Missing|Unconfigured\(bad\))/i.test(state)) return 'Critical';
  const foreseen = fields.get('Drive has flagged a S.M.A.R.T alert') === 'Yes';
  if (foreseen || (leadingCount(fields.get('Predictive Failure Count')) ?? 0) > 0) return 'Warning';
  return /^(?:Online|JBOD|Hotspare|Unconfigured\(good\))/i.test(state) ? 'OK' : null;
}
