import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';
import { asInt, asList, asRecord, asText } from '../json-facts.ts';
import { readStorcliController } from './storcli-controller.ts';
import { type StorcliController, controllersOfText } from './storcli-text.ts';

/** storcli, perccli and their 64-bit twins with `J`: `/call show all`, `/call/eall/sall show all`, `/call/bbu show all`, … */
export const storcliJson: FileFormat = {
  id: 'storcli-json',
  title: 'storcli or perccli (JSON)',
  recognises: (file) =>
    file.text().includes('"Command Status"') &&
    asList(asRecord(file.json())['Controllers']).some((one) => 'Command Status' in asRecord(one)),
  read: (file) => [
    readAll(
      asList(asRecord(file.json())['Controllers']).map((one) => {
        const status = asRecord(asRecord(one)['Command Status']);
        const data = asRecord(asRecord(one)['Response Data']);
        return { index: asInt(status['Controller']) ?? asInt(asRecord(data['Basics'])['Controller']), status, data };
      }),
    ),
  ],
};

/** The same without `J`: sections of `key = value` lines and tables. */
export const storcliText: FileFormat = {
  id: 'storcli-text',
  title: 'storcli or perccli (text)',
  recognises: (file) => /^CLI Version = /m.test(file.text()) && /^Operating system = /m.test(file.text()),
  read: (file) => [readAll(controllersOfText(file.text()))],
};

function readAll(controllers: readonly StorcliController[]): FileReading {
  const reading = emptyReading('tools');
  const used = new Set<string>();
  for (const one of controllers) {
    if (asText(one.status['Status']) !== 'Success') {
      const why = asText(one.status['Description']) ?? 'no reason given';
      reading.warnings.push(`Controller ${one.index ?? '?'}: ${why}.`);
    }
    for (const part of readStorcliController(one)) {
      const key = `${part.kind} ${part.slot ?? ''}`;
      if (part.slot !== null && used.has(key)) continue;
      used.add(key);
      reading.components.push(part);
    }
  }
  return reading;
}
