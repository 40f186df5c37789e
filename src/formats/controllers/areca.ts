import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';
import { facts, keyAndValue, leadingNumber, named, said, wholeLinesOf } from '../host/words.ts';
import { asInt, seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';

/** Areca's `cli64 disk info drv=N` and `cli64 sys info`. */
export const areca: FileFormat = {
  id: 'areca',
  title: 'Areca CLI',
  recognises: (file) =>
    file.text().includes('GuiErrMsg<0x') && /^(?:Drive Information|The System Information)\s*$/m.test(file.text()),
  read: (file) => [readAreca(file.text())],
};

function readAreca(text: string): FileReading {
  const reading = emptyReading('tools');
  let fields = new Map<string, string>();
  const blocks = [fields];
  for (const line of wholeLinesOf(text)) {
    if (/^(?:Drive Information|The System Information)\s*$/.test(line)) {
      fields = new Map();
      blocks.push(fields);
    }
    const pair = keyAndValue(line, ' :');
    if (pair !== null && !fields.has(pair.key)) fields.set(pair.key, pair.value);
  }
  for (const one of blocks) {
    readController(reading, one);
    readDrive(reading, one);
  }
  return reading;
}

function readController(reading: FileReading, fields: Map<string, string>): void {
  const model = named(fields.get('Controller Name'));
  if (model === null) return;
  reading.components.push(
    seen('storage-controller', {
      manufacturer: 'Areca',
      model,
      serial: said(fields.get('Serial Number')),
      firmware: said(fields.get('Firmware Version')),
      attributes: facts({ biosVersion: said(fields.get('BOOT ROM Version')) }),
    }),
  );
}

function readDrive(reading: FileReading, fields: Map<string, string>): void {
  const place = said(fields.get('Device Location'));
  if (place === null || named(fields.get('Model Name')) === null) return;
  if (reading.components.some((one) => one.kind === 'drive' && one.slot === place)) return;
  const state = fields.get('Device State') ?? '';
  const failed = /Fail|Missing/i.test(state);
  reading.components.push(
    seen('drive', {
      slot: place,
      model: named(fields.get('Model Name')),
      serial: said(fields.get('Serial Number')),
      firmware: said(fields.get('Firmware Rev.')),
      health: failed ? 'Critical' : ({ NORMAL: 'OK' }[state] ?? null),
      attributes: facts<string | number>({
        approximateCapacityBytes: parseSize(fields.get('Disk Capacity') ?? ''),
        protocol: /^(?:SATA|SAS)/.exec(fields.get('Device Type') ?? '')?.[0] ?? null,
      }),
      readings: facts({
        temperatureCelsius: leadingNumber(fields.get('Device Temperature')),
        mediaErrors: asInt(fields.get('Media Error Count')),
        timeouts: asInt(fields.get('Timeout Count')),
      }),
    }),
  );
}
