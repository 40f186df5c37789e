import { asList, asRecord, asText } from '../json-facts.ts';
import { facts, keyAndValue, leadingCount, leadingNumber, linesOf, named } from './words.ts';
import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';

/**
 * `lscpu`. It counts sockets and does not name them, so it gives facts of the machine and no components: dmidecode's sockets would stand
 * beside the same processors again.
 */
export const lscpuText: FileFormat = {
  id: 'lscpu',
  title: 'lscpu',
  recognises: (file) => /^Architecture:\s/m.test(file.text()) && /^CPU\(s\):\s/m.test(file.text()),
  read: (file) => [lscpuReading(textFields(file.text()))],
};

export const lscpuJson: FileFormat = {
  id: 'lscpu-json',
  title: 'lscpu -J',
  recognises: (file) =>
    asList(asRecord(file.json())['lscpu']).some((one) => typeof asRecord(one)['field'] === 'string'),
  read: (file) => [lscpuReading(jsonFields(asRecord(file.json())['lscpu']))],
};

function textFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of linesOf(text)) {
    const pair = keyAndValue(line);
    if (pair !== null && !fields.has(pair.key)) fields.set(pair.key, pair.value);
  }
  return fields;
}

/** Since util-linux 2.37 fields hang under each other (`Socket(s)` under `Model name` under `Vendor ID`). */
function jsonFields(list: unknown): Map<string, string> {
  const fields = new Map<string, string>();
  const waiting = asList(list).toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const one = asRecord(next);
    const key = (asText(one['field']) ?? '').replace(/:$/, '').trim();
    const value = asText(one['data']);
    if (key !== '' && value !== null && !fields.has(key)) fields.set(key, value);
    waiting.push(...asList(one['children']).toReversed());
  }
  return fields;
}

function lscpuReading(fields: Map<string, string>): FileReading {
  const reading = emptyReading('tools');
  const virtual = fields.get('Hypervisor vendor');
  reading.system = facts<string | number>({
    architecture: named(fields.get('Architecture')),
    processorModel: named(fields.get('Model name')),
    // A guest's sockets are made up.
    processorCount: virtual === undefined ? leadingCount(fields.get('Socket(s)')) : null,
    coresPerSocket: leadingCount(fields.get('Core(s) per socket')),
    threadsPerCore: leadingCount(fields.get('Thread(s) per core')),
    numaNodes: leadingCount(fields.get('NUMA node(s)')),
    maxSpeedMhz: leadingNumber(fields.get('CPU max MHz')),
    hypervisor: named(virtual),
  });
  return reading;
}
