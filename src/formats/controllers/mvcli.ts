import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import { facts, keyAndValue, named, said, wholeLinesOf } from '../host/words.ts';
import { seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';

/** Marvell's `mvcli info -o pd`, for the two drives of a boot card. */
export const mvcli: FileFormat = {
  id: 'mvcli',
  title: 'mvcli info -o pd',
  recognises: (file) => /^Physical Disk Information\s*$/m.test(file.text()) && /^PD ID:/m.test(file.text()),
  read: (file) => [readMarvell(file.text())],
};

function readMarvell(text: string): FileReading {
  const reading = emptyReading('tools');
  const blocks: Map<string, string>[] = [];
  for (const line of wholeLinesOf(text)) {
    if (line.startsWith('Adapter:')) blocks.push(new Map());
    const pair = keyAndValue(line);
    const fields = blocks.at(-1);
    if (pair !== null && fields !== undefined && !fields.has(pair.key)) fields.set(pair.key, pair.value);
  }
  const used = new Set<string>();
  for (const part of blocks.map(drive)) {
    if (part === null || (part.slot !== null && used.has(part.slot))) continue;
    used.add(part.slot ?? '');
    reading.components.push(part);
  }
  return reading;
}

/** `Size: 234431064 K` is the drive's own, in KiB; `PD valid size` is what the card makes of it. */
function drive(fields: Map<string, string>): SeenComponent | null {
  const adapter = said(fields.get('Adapter'));
  const place = said(fields.get('Linked at'));
  if (adapter === null || named(fields.get('model')) === null) return null;
  const size = fields.get('Size') ?? '';
  return seen('drive', {
    slot: place === null ? null : `Adapter ${adapter} ${place}`,
    model: named(fields.get('model')),
    serial: said(fields.get('Serial')),
    firmware: said(fields.get('Firmware version')),
    attributes: facts<string | number>({
      capacityBytes: /^\d{1,12} K$/.test(size) ? parseSize(size, { binary: true }) : null,
      mediaType: { SSD: 'SSD', HDD: 'HDD' }[fields.get('SSD Type') ?? ''] ?? null,
      protocol: /^(?:SATA|SAS)/.exec(fields.get('Type') ?? '')?.[0] ?? null,
    }),
  });
}
