import { emptyReading, type FileFormat, type SeenComponent } from '../../ports/bundle-format.ts';
import { seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { driveDevice } from './device-name.ts';
import { factsOf, realSize } from './facts.ts';
import { oncePerSerial } from './once-per-serial.ts';

type Row = Map<string, string>;

/** `nvme list` as text, also `-v`, whose table of controllers is read. Columns stand under lines of dashes. */
export const nvmeListText: FileFormat = {
  id: 'nvme-list-text',
  title: 'nvme list (text)',
  recognises: (file) => /^(?:Node|Device) +(?:(?:Generic|Cntlid) +)?SN +(?:Model|MN) /m.test(file.text()),
  read(file) {
    const reading = emptyReading('tools');
    const rows = tableRows(file.text().split(/\r?\n/));
    reading.components = oncePerSerial(rows.flatMap((row) => driveOf(row) ?? []));
    return [reading];
  },
};

function tableRows(lines: readonly string[]): Row[] {
  const rows: Row[] = [];
  let columns: { name: string; start: number; end: number }[] = [];
  for (const [index, line] of lines.entries()) {
    const header = lines[index - 1] ?? '';
    if (/^-{4,}(?: +-{2,})+\s*$/.test(line) && line.length < 1000) {
      const starts = [...line.matchAll(/-+/g)].map((dashes) => dashes.index);
      columns = starts.map((start, at) => {
        const end = starts[at + 1] ?? Number.POSITIVE_INFINITY;
        return { name: header.slice(start, end).trim().toLowerCase(), start, end };
      });
    } else if (line.trim() === '') {
      columns = [];
    } else if (columns.length > 0 && line.length < 2000) {
      rows.push(new Map(columns.map(({ name, start, end }) => [name, line.slice(start, end).trim()])));
    }
  }
  return rows;
}

function driveOf(row: Row): SeenComponent | null {
  const cell = (...names: string[]): string | null => names.map((name) => row.get(name)).find((text) => text) ?? null;
  const serial = cell('sn');
  const model = cell('model', 'mn');
  const node = cell('node', 'device');
  if (node === null || (serial === null && model === null)) return null;
  const address = cell('address');
  const pci =
    address !== null && /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(address) ? address.toLowerCase() : null;
  return seen('drive', {
    slot: pci,
    model,
    serial,
    firmware: cell('fw rev', 'fr'),
    attributes: factsOf({
      device: driveDevice(node),
      protocol: 'NVMe',
      mediaType: 'SSD',
      capacityBytes: roundedSize(cell('usage')),
      logicalBlockBytes: blockBytes(cell('format')),
      pciAddress: pci,
      pciSlot: cell('slot'),
    }),
  });
}

/** 'used / size', in decimal units with two digits: `500.11  GB / 500.11  GB`. */
function roundedSize(usage: string | null): number | null {
  const size = usage?.split('/')[1];
  const bytes = size === undefined ? null : parseSize(size.replace(/ +/g, ' '));
  return realSize(bytes);
}

/** '512   B +  0 B', '4 KiB + 0 B' */
function blockBytes(format: string | null): number | null {
  const size = format?.split('+')[0];
  return size === undefined ? null : realSize(parseSize(size.replace(/ +/g, ' ')));
}
