import { macOf } from '../bmc/mac.ts';
import { emptyReading, type FileFormat } from '#src/ports/bundle-format.ts';
import { facts, keyAndValue, named, said, wholeLinesOf } from '../host/words.ts';
import { seen } from '../json-facts.ts';

/** `flint -d … query full` of one adapter of Mellanox. It does not say where the card is. */
export const flint: FileFormat = {
  id: 'flint',
  title: 'flint query',
  recognises: (file) => /^Image type:/m.test(file.text()) && /^PSID:/m.test(file.text()),
  read(file) {
    const reading = emptyReading('tools');
    const fields = new Map<string, string>();
    for (const line of wholeLinesOf(file.text())) {
      const pair = keyAndValue(line);
      if (pair !== null && !fields.has(pair.key)) fields.set(pair.key, pair.value);
    }
    // 'b83fd2909694            16': the first address, and how many there are
    const mac = macOf(fields.get('Base MAC')?.split(/\s/)[0]);
    const guid = fields.get('Base GUID')?.split(/\s/)[0];
    reading.components.push(
      seen('nic', {
        manufacturer: 'Mellanox',
        partNumber: named(fields.get('Part Number')),
        firmware: said(fields.get('FW Version')),
        attributes: facts<string | string[]>({
          macAddresses: mac === null ? [] : [mac],
          psid: said(fields.get('PSID')),
          baseGuid: said(guid),
        }),
      }),
    );
    return [reading];
  },
};
