import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';
import { facts, keyAndValue, leadingNumber, named, said, wholeLinesOf } from '../host/words.ts';
import { seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';

/** Micron's `msecli -L`. */
export const msecli: FileFormat = {
  id: 'msecli',
  title: 'msecli -L',
  recognises: (file) => /^Device Name {1,40}: /m.test(file.text()) && /^Serial No {1,40}: /m.test(file.text()),
  read: (file) => [readMicron(file.text())],
};

function readMicron(text: string): FileReading {
  const reading = emptyReading('tools');
  const blocks: Map<string, string>[] = [];
  for (const line of wholeLinesOf(text)) {
    const pair = keyAndValue(line, ' :');
    if (pair === null) continue;
    if (pair.key === 'Device Name') blocks.push(new Map());
    const fields = blocks.at(-1);
    if (fields !== undefined && !fields.has(pair.key)) fields.set(pair.key, pair.value);
  }
  for (const fields of blocks) {
    const status = fields.get('Drive Status') ?? '';
    const model = named(fields.get('Model No'));
    reading.components.push(
      seen('drive', {
        // The tool finds drives of Micron only
        manufacturer: 'Micron',
        model,
        serial: said(fields.get('Serial No')),
        firmware: said(fields.get('FW-Rev')),
        health: status === 'Drive is in good health' ? 'OK' : null,
        attributes: facts<string | number>({
          device: said(fields.get('Device Name')),
          approximateCapacityBytes: parseSize(fields.get('Total Size') ?? ''),
        }),
        readings: facts({ temperatureCelsius: leadingNumber(fields.get('Temp(C)')) }),
      }),
    );
  }
  return reading;
}
