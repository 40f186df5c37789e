import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import { wwnOf } from '../drives/drive-words.ts';
import { facts, keyAndValue, leadingNumber, named, said, wholeLinesOf } from '../host/words.ts';
import { asInt, seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { blockBytes, gigabits, makerOf } from './drive-sizes.ts';

type Fields = Map<string, string>;

/** Adaptec's `arcconf getconfig 1 [pd|ad|al]`. */
export const arcconf: FileFormat = {
  id: 'arcconf',
  title: 'arcconf getconfig',
  recognises: (file) =>
    /^Controllers found: \d/m.test(file.text()) &&
    /^(?:Physical Device information|Controller information)\s*$/m.test(file.text()),
  read: (file) => [readAdaptec(file.text())],
};

function readAdaptec(text: string): FileReading {
  const reading = emptyReading('tools');
  const { controller, devices } = blocksOf(text);
  const card = readController(controller);
  if (card !== null) reading.components.push(card);
  const used = new Set<string>();
  for (const fields of devices) {
    const part = drive(fields);
    if (part === null) continue;
    if (part.slot !== null && used.has(part.slot)) {
      reading.warnings.push(`Two drives are said to be at '${part.slot}'; the first is taken.`);
      continue;
    }
    used.add(part.slot ?? '');
    reading.components.push(part);
  }
  return reading;
}

function blocksOf(text: string): { controller: Fields; devices: Fields[] } {
  const controller: Fields = new Map();
  const devices: Fields[] = [];
  let fields: Fields = controller;
  for (const line of wholeLinesOf(text)) {
    const words = line.trim();
    if (/^Device #\d{1,4}$/.test(words)) {
      fields = new Map();
      devices.push(fields);
    } else if (/^(?:Logical device information|Array information|Connector information)$/i.test(words))
      fields = new Map();
    else if (words.startsWith('Device is a')) fields.set('Device is a', words.slice('Device is a'.length).trim());
    const pair = keyAndValue(line, ' :');
    if (pair !== null && !fields.has(pair.key)) fields.set(pair.key, pair.value);
  }
  return { controller, devices };
}

function readController(fields: Fields): SeenComponent | null {
  const model = named(fields.get('Controller Model'));
  if (model === null) return null;
  const status = fields.get('Controller Status') ?? '';
  return seen('storage-controller', {
    slot: said(fields.get('Physical Slot')),
    model,
    serial: said(fields.get('Controller Serial Number')),
    firmware: said(fields.get('Firmware')),
    health: /^(?:Optimal|Okay)/.test(status) ? 'OK' : null,
    attributes: facts({
      biosVersion: said(fields.get('BIOS')),
      wwn: wwnOf(fields.get('Controller World Wide Name') ?? null),
    }),
    readings: facts({ temperatureCelsius: leadingNumber(fields.get('Temperature')) }),
  });
}

/** Enclosures and expanders are devices too. */
function drive(fields: Fields): SeenComponent | null {
  if (!/^(?:Hard drive|Solid State)/i.test((fields.get('Device is a') ?? '').replace(/^n /, ''))) return null;
  const location = said(fields.get('Reported Location'))?.replace(/\s*\(.*$/, '') ?? null;
  const transport = fields.get('Transfer Speed') ?? '';
  return seen('drive', {
    slot: location,
    manufacturer: makerOf(named(fields.get('Vendor'))),
    model: named(fields.get('Model')),
    serial: said(fields.get('Serial number')),
    firmware: said(fields.get('Firmware')),
    health: driveHealth(fields),
    attributes: facts<string | number>({
      approximateCapacityBytes: parseSize(fields.get('Total Size') ?? fields.get('Size') ?? '', { binary: true }),
      logicalBlockBytes: blockBytes(fields.get('Block Size')),
      protocol: /^(?:SAS|SATA|NVMe)/.exec(transport)?.[0] ?? null,
      mediaType: { Yes: 'SSD', No: 'HDD' }[fields.get('SSD') ?? ''] ?? null,
      wwn: wwnOf(fields.get('World-wide name') ?? null),
      interfaceSpeedGbps: gigabits(transport.replace(/^[A-Za-z]{3,4} /, '')),
    }),
    readings: facts<string | number>({
      temperatureCelsius: leadingNumber(fields.get('Temperature')),
      smartWarnings: asInt(fields.get('S.M.A.R.T. warnings')),
      raidState: said(fields.get('State')),
    }),
  });
}

function driveHealth(fields: Fields): string | null {
  const state = fields.get('State') ?? '';
  if (/Fail|Missing|Offline/i.test(state)) return 'Critical';
  if (fields.get('S.M.A.R.T.') === 'Yes' || (asInt(fields.get('S.M.A.R.T. warnings')) ?? 0) > 0) return 'Warning';
  return /^(?:Online|Ready|Optimal|Raw|Hot[ -]Spare|(?:Global|Dedicated) Hot-Spare|JBOD)/i.test(state) ? 'OK' : null;
}
