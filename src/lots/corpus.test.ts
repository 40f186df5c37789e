import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { normalizeVendor } from '../core/vendor.ts';
import { corpusPath } from '#test/kit/corpus.ts';
import { createClassifier, type Classified, type Part } from './classify.ts';
import { loadLotRules } from './rules.ts';

// Lists of parts as real servers report them are not part of the project; where they are at hand, every line is classified.
const corpus = corpusPath('partclass');
const here = existsSync(corpus);
if (!here) process.stdout.write(`skipped: no observed parts at ${corpus} (set REANIMATOR_CORPUS)\n`);

type Row = Record<string, string>;
const classify = createClassifier(loadLotRules());

function rowsOf(name: string): Row[] {
  return here ? (parse(readFileSync(`${corpus}/observed_${name}.csv`), { columns: true }) as Row[]) : [];
}

const leading = (text: string | undefined): number | undefined => {
  const digits = /^\d+/.exec(text ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
};

function partOf(kind: Part['kind'], said: Partial<Part>, attributes: Record<string, unknown>): Part {
  const { manufacturer = null, model = null, partNumber = null } = said;
  const known = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
  const vendor = normalizeVendor(manufacturer, model, partNumber);
  return { kind, manufacturer, model, partNumber, vendor, attributes: known };
}

/** As a parser of smartctl says it: `ATA` is SATA where a SATA version is said, `SCSI` may be anything. */
function driveOf(row: Row): Part {
  const ata = row['sata_max'] === '' ? 'ATA' : 'SATA';
  return partOf(
    'drive',
    { manufacturer: row['vendor'] || null, model: row['model'] ?? null },
    {
      capacityBytes: leading(row['capacity_bytes']),
      protocol: row['protocol'] === 'ATA' ? ata : row['protocol'],
      rotationRpm: leading(row['rotation_rate']),
    },
  );
}

function dimmOf(row: Row): Part {
  const [size, unit = ''] = (row['size'] ?? '').split(' ');
  const power = ['B', 'kB', 'MB', 'GB', 'TB'].indexOf(unit);
  const detail = row['type_detail'] ?? '';
  const buffered = /Registered \(Buffered\)/.test(detail) ? 'RDIMM' : undefined;
  const unbuffered = /Unbuffered/.test(detail) ? 'UDIMM' : buffered;
  const [total, data] = [leading(row['total_width']), leading(row['data_width'])];
  return partOf(
    'dimm',
    { manufacturer: row['manufacturer'] ?? null, partNumber: row['part_number'] ?? null },
    {
      capacityBytes: power < 0 ? undefined : Number(size) * 1024 ** power,
      type: row['type'],
      moduleType: /LRDIMM/.test(detail) ? 'LRDIMM' : unbuffered,
      ratedSpeedMts: leading(row['speed']),
      rank: leading(row['rank']),
      ecc: total === undefined || data === undefined ? undefined : total > data,
    },
  );
}

const cpuOf = (row: Row): Part =>
  partOf('cpu', { manufacturer: row['manufacturer'] ?? null, model: row['version'] ?? null }, {});

const psuOf = (row: Row): Part =>
  partOf(
    'psu',
    { manufacturer: row['manufacturer'] ?? null, model: row['name'] ?? null, partNumber: row['part_number'] ?? null },
    { powerWatts: leading(row['max_power']) },
  );

interface Shares {
  rows: number;
  classified: number;
  parts: number;
  partsClassified: number;
  lots: Set<string>;
  missing: Map<string, number>;
}

function sharesOf(name: string, toPart: (row: Row) => Part): Shares {
  const shares: Shares = { rows: 0, classified: 0, parts: 0, partsClassified: 0, lots: new Set(), missing: new Map() };
  for (const row of rowsOf(name)) {
    const count = Number(row['count'] ?? 1);
    const found = classify(toPart(row));
    shares.rows += 1;
    shares.parts += count;
    if (found.lot === null) {
      expect(found.missing.length, JSON.stringify(row)).toBeGreaterThan(0);
      const lacking = found.missing.join(', ');
      shares.missing.set(lacking, (shares.missing.get(lacking) ?? 0) + 1);
      continue;
    }
    shares.classified += 1;
    shares.partsClassified += count;
    shares.lots.add(found.lot);
  }
  const lacking = [...shares.missing].toSorted((a, b) => b[1] - a[1]).map(([what, rows]) => `${rows} × ${what}`);
  process.stdout.write(
    `${name}: ${shares.classified} of ${shares.rows} lines, ${shares.partsClassified} of ${shares.parts} parts, ` +
      `${shares.lots.size} lots; missing ${lacking.join('; ')}\n`,
  );
  return shares;
}

describe.skipIf(!here)('observed parts are classified, or it is said what is missing', () => {
  // Of the rest the source says too little: placeholders, "Synchronous" alone, RAID volumes, engineering samples.
  test.each([
    ['drives', driveOf, 0.93],
    ['dimms', dimmOf, 0.85],
    ['cpus', cpuOf, 0.96],
    ['psus', psuOf, 0.85],
  ] as const)('%s', (name, toPart, share) => {
    const shares = sharesOf(name, toPart);
    expect(shares.rows).toBeGreaterThan(100);
    expect(shares.partsClassified / shares.parts).toBeGreaterThan(share);
  });
});

describe.skipIf(!here)('drives, beside a plain derivation from the same facts', () => {
  /** Theirs: what the drive reports, to the hundredth of a TB. Ours: the class, and the PCIe generation behind it. */
  const differences: Record<string, string[]> = {
    'a class between two hundredths keeps its third digit': [
      'INTEL SSDPEK1A058GA',
      'INTEL SSDPEKNW010T8',
      'KINGSTON SKC400S371T',
      'KXG60ZNV256G TOSHIBA',
      'KXG60ZNV512G TOSHIBA',
      'SAMSUNG MZVL21T0HCLR-00B00',
      'TS32GMTS400',
      'X SSD 850 PRO 128GB',
    ],
    'what was measured is a class: 7202 is 7200, 10,500 is 10K': ['ST500NM0011', 'SEAGATE ST1200MM0088'],
    'cut to 379 GB, it is a drive of 480 GB still, as its number says': ['INTEL SSDSC2BB480G4'],
    'SCSI is no bus: SAS, a parallel cable or a volume of a RAID controller': [
      'HITACHI H109060SESUN600G',
      'HP 73.4G MAS3735NC',
      'Intel Raid 1 Volume',
      'REDACTED',
      'SEAGATE ST0000000',
      'SEAGATE ST373453LC',
      'XXXX XX0000NM123',
    ],
    'nobody sells 29 GB or 15.7 GB: what size it is sold as is not known': ['INTEL MEMPEK1W032GA', 'SanDisk pSSD'],
    'no speed was said, so theirs is empty and ours names what is missing': ['ST3200820AS'],
    'no bus and no speed was said, but the name is known': ['WD Red SA500 2.5 4TB'],
  };

  const inTerabytes = (code: string): string =>
    code.replace(/_(\d{4})GB/, (_all, gb: string) => `_${(Number(gb) / 1000).toFixed(2).padStart(5, '0')}TB`);
  const plain = (found: Classified): string => (found.lot ?? '').replace(/_GEN\d$/, '');

  test('differ only where they should', () => {
    const rows = rowsOf('drives');
    const differing = rows.filter((row) => plain(classify(driveOf(row))) !== inTerabytes(row['derived_class'] ?? ''));
    // Drives without a class in both are alike as text, and are listed for what ours says of them.
    const unsaid = rows.filter((row) => row['derived_class'] === '');
    const models = new Set([...differing, ...unsaid].map((row) => row['model'] ?? ''));
    expect([...models].toSorted()).toEqual(Object.values(differences).flat().toSorted());
  });

  test('every NVMe drive of a known size has its PCIe generation, which none of them reports', () => {
    const nvme = rowsOf('drives').filter((row) => row['protocol'] === 'NVMe');
    const codes = nvme.map((row) => classify(driveOf(row))).filter((found) => found.lot === null);
    expect(nvme.length).toBeGreaterThan(50);
    expect(codes).toEqual([{ lot: null, missing: ['capacityTb'] }]);
  });
});

describe.skipIf(!here)('memory modules', () => {
  test('one maker’s number is one lot, however the boards report it', () => {
    const lots = new Map<string, Set<string>>();
    for (const row of rowsOf('dimms')) {
      const number = row['part_number'] ?? '';
      const found = classify(dimmOf(row));
      // Complete numbers only: some firmware cuts them off.
      if (found.lot === null || !/^(M3\d\d[ABR]|HM[TA]\w|\d+[AJK]\w+72\w+)[\w ]*-\w{2,}/.test(number)) continue;
      lots.set(number, (lots.get(number) ?? new Set()).add(found.lot));
    }
    expect(lots.size).toBeGreaterThan(300);
    const several = [...lots].filter(([, codes]) => codes.size > 1).map(([number]) => number);
    // Mirrored memory shows a pair of modules as one of twice the size; one board's rank of an unbuffered DDR3 module is wrong.
    expect(several.toSorted()).toEqual(['18KSF1G72AZ-1G6P1', 'HMT125R7BFR8C-H9', 'HMT31GR7BFR4A-H9']);
  });
});
