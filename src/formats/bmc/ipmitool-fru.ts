import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';
import { facts, keyAndValue, named, said, spaced, wholeLinesOf } from '../host/words.ts';
import { seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';

const START = /^FRU Device Description\s*:\s*(.*)$/;

/** `ipmitool fru print`: what the chips on boards, power supplies and memory modules say of themselves. */
export const ipmitoolFru: FileFormat = {
  id: 'ipmitool-fru',
  title: 'ipmitool fru print',
  recognises: (file) => /^FRU Device Description\s{0,40}:/m.test(file.text()),
  read: (file) => [readFru(file.text())],
};

interface Fru {
  name: string;
  id: number | null;
  fields: Map<string, string>;
}

function readFru(text: string): FileReading {
  const reading = emptyReading('tools');
  const used = new Set<string>();
  for (const fru of frusOf(text)) {
    if (fru.fields.size === 0) continue;
    if (isMainboard(fru)) readHost(reading, fru);
    const part = partOf(fru, reading);
    if (part === null) continue;
    const key = `${part.kind} ${part.slot ?? ''}`;
    // Two chips of one name (a repeated record): the id tells them apart
    if (used.has(key) && fru.id !== null) part.slot = `${part.slot ?? ''} (ID ${fru.id})`;
    if (used.has(`${part.kind} ${part.slot ?? ''}`)) {
      reading.warnings.push(`The file shows '${fru.name}' twice; the first is taken.`);
      continue;
    }
    used.add(`${part.kind} ${part.slot ?? ''}`);
    reading.components.push(part);
  }
  return reading;
}

function frusOf(text: string): Fru[] {
  const frus: Fru[] = [];
  for (const line of wholeLinesOf(text)) {
    const start = START.exec(line);
    if (start !== null) {
      const title = (start[1] ?? '').trim();
      const id = /\(ID (\d{1,3})\)$/.exec(title);
      const name = (id === null ? title : title.slice(0, id.index)).trim();
      frus.push({ name: name.slice(0, 80), id: id === null ? null : Number(id[1]), fields: new Map() });
      continue;
    }
    const pair = keyAndValue(line);
    const fields = frus.at(-1)?.fields;
    // 'Board Extra' comes several times and is the maker's own; the first of all else counts
    if (pair !== null && fields !== undefined && !fields.has(pair.key)) fields.set(pair.key, pair.value);
  }
  return frus;
}

function isMainboard(fru: Fru): boolean {
  return fru.id === 0 || /^Builtin FRU/i.test(fru.name);
}

function readHost({ host }: FileReading, { fields }: Fru): void {
  host.manufacturer = named(fields.get('Product Manufacturer') ?? fields.get('Board Mfg'));
  host.model = named(fields.get('Product Name') ?? fields.get('Board Product'));
  host.productSerial = said(fields.get('Product Serial'));
  host.boardSerial = said(fields.get('Board Serial'));
  host.assetTag = said(fields.get('Product Asset Tag'));
}

/** What its name and fields say that it is. There is no kind for backplanes, risers and front panels: they are left out. */
function kindOf(fru: Fru): ComponentKind | null {
  const { name, fields } = fru;
  if (isMainboard(fru)) return 'mainboard';
  if (fields.has('Memory Type') || fields.has('SDRAM Capacity')) return 'dimm';
  const product = `${fields.get('Board Product') ?? ''} ${fields.get('Product Name') ?? ''}`;
  for (const [kind, names, products] of KINDS) if (names.test(name) || products.test(product)) return kind;
  return null;
}

const KINDS: [ComponentKind, RegExp, RegExp][] = [
  ['psu', /^(?:PS|PSU|PWS|Power ?Supply|Pwr ?Supply)[ _-]?\d*$/i, /PWR SPLY|power supply/i],
  ['bmc', /^(?:BMC|iDRAC|iLO|XCC|IMM)/i, /^ ?BMC CONTROLLER/],
  ['cpu', /^(?:CPU|Proc(?:essor)?)[ _]?\d+$/i, /^ *Intel\(R\) Xeon/],
  ['nic', /^(?:NDC|LOM|OCP|NIC|Ethernet)/i, /\bNDC\b|Ethernet|\bNIC\b/],
  ['storage-controller', /^(?:PERC|RAID|HBA|SAS Ctlr)/i, /Storage Cntlr|Smart Array|MegaRAID/i],
  ['gpu', /^GPU[ _]?\d+$/i, /^ ?NVIDIA [AHBL]\d/],
];

function partOf(fru: Fru, reading: FileReading): SeenComponent | null {
  const { fields, name } = fru;
  if (/^(?:MB )?BIOS$/i.test(name) || /^SYSTEM BIOS$/i.test(fields.get('Product Name') ?? '')) {
    const version = said(fields.get('Product Part Number'));
    if (version !== null) reading.system['biosVersion'] = version;
    return null;
  }
  const kind = kindOf(fru);
  if (kind === null) return null;
  if (kind === 'dimm') return memoryModule(fru);
  const board = kind === 'mainboard';
  const serial = board
    ? said(fields.get('Board Serial'))
    : said(fields.get('Product Serial') ?? fields.get('Board Serial'));
  const product = spaced(
    board ? fields.get('Board Product') : (fields.get('Product Name') ?? fields.get('Board Product')),
  );
  const part = seen(kind, {
    slot: board ? 'System Board' : name,
    manufacturer: named(fields.get('Product Manufacturer') ?? fields.get('Board Mfg')),
    model: named(product),
    partNumber: named(
      board ? fields.get('Board Part Number') : (fields.get('Product Part Number') ?? fields.get('Board Part Number')),
    ),
    serial,
    attributes: facts({ powerWatts: kind === 'psu' ? wattsOf(product) : null }),
  });
  if (kind !== 'bmc') return part;
  // Dell's iDRAC repeats the mainboard's record as its own; HP's puts the name of the iLO where the part number belongs
  const mainboard = reading.host.boardSerial;
  const repeats = mainboard !== null && said(fields.get('Board Serial')) === mainboard;
  const model = /^iLO/i.test(part.partNumber ?? '') ? part.partNumber : null;
  if (repeats) return seen('bmc', { slot: 'bmc', manufacturer: part.manufacturer, model: spaced(name) });
  return { ...part, slot: 'bmc', model: model ?? part.model, partNumber: model === null ? part.partNumber : null };
}

function memoryModule({ name, fields }: Fru): SeenComponent {
  const size = said(fields.get('Memory size'));
  const ecc = /^(\d{1,2}) bits/.exec(fields.get('Error Detect/Cor') ?? '')?.[1];
  const ranks = /^(\d{1,2})$/.exec(fields.get('Number of Ranks') ?? '')?.[1];
  return seen('dimm', {
    slot: name,
    manufacturer: named(fields.get('Manufacturer')),
    model: named(fields.get('Part Number')),
    partNumber: named(fields.get('Part Number')),
    serial: said(fields.get('Serial Number')),
    attributes: facts<string | number | boolean>({
      capacityBytes: size === null ? null : parseSize(size, { binary: true }),
      type: /^(DDR\d)/.exec(fields.get('Memory Type') ?? '')?.[1] ?? null,
      rank: ranks === undefined ? null : Number(ranks),
      ecc: ecc === undefined ? null : Number(ecc) > 0,
    }),
  });
}

function wattsOf(product: string | null): number | null {
  const watts = /(?:^|[ ,])(\d{3,4})WP?(?:[ ,]|$)/.exec(product ?? '')?.[1];
  return watts === undefined ? null : Number(watts);
}
