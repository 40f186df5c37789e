import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corpusPath } from '#test/kit/corpus.ts';
import { checkVendors, createVendors, normalizeVendor, numberPattern, partWords } from './vendor.ts';

describe('one key for a maker', () => {
  test.each([
    ['SAMSUNG ELECTRONICS CO LTD', null, null, 'samsung'],
    ['00CE04B380CE', null, null, 'samsung'],
    ['00AD00B300AD', null, null, 'sk-hynix'],
    ['SK Hynix', null, null, 'sk-hynix'],
    ['0x2C', null, null, 'micron'],
    ['0x2C00', null, null, 'micron'],
    ['019804B30000', null, null, 'kingston'],
    ['7F7F7F7FCD000000', null, null, 'g-skill'],
    ['Dell Inc.', null, null, 'dell'],
    ['DELL(tm)', null, null, 'dell'],
    ['HP', null, null, 'hpe'],
    ['Hewlett Packard Enterprise', null, null, 'hpe'],
    ['Intel(R) Corporation', 'Intel(R) Xeon(R) Gold 6354 CPU @ 3.00GHz', null, 'intel'],
    ['Advanced Micro Devices, Inc. [AMD/ATI]', null, null, 'amd'],
    ['Mellanox Technologies', null, null, 'mellanox'],
    ['Nvidia', 'BlueField-3 SmartNIC Main Card', null, 'mellanox'],
    ['WD', null, null, 'wdc'],
    ['WESTERN DIGITAL', null, null, 'wdc'],
    ['LTEON', '865408-B21', null, 'hpe'],
    ['DELTA', null, null, 'delta'],
    [null, 'Tesla P100-PCIE-16GB', null, 'nvidia'],
    [null, 'Western Digital Ultrastar', null, 'wdc'],
  ])('%s, %s, %s is %s', (manufacturer, model, partNumber, vendor) =>
    expect(normalizeVendor(manufacturer, model, partNumber)).toBe(vendor),
  );

  test.each([
    [null, null, null],
    ['', ' ', ''],
    ['ATA', null, null],
    ['NVMe', 'X1', null],
    ['Not Specified', null, 'NOT AVAILABLE'],
    ['<BAD INDEX>', null, null],
    ['To Be Filled By O.E.M.', null, null],
    ['0000', null, null],
    ['1193190819', null, null],
    ['Manufacturer12', null, null],
  ])('%s, %s, %s is nobody', (manufacturer, model, partNumber) =>
    expect(normalizeVendor(manufacturer, model, partNumber)).toBeNull(),
  );

  test('makers that are in no list stay apart, and their own name is one name', () => {
    expect(normalizeVendor('Contoso Ltd.', null, null)).toBe('contoso');
    expect(normalizeVendor('CONTOSO', null, null)).toBe('contoso');
    expect(normalizeVendor('Fabrikam', null, null)).toBe('fabrikam');
    expect(normalizeVendor('长城', null, null)).toBe('长城');
    expect(normalizeVendor('0BBA00000000', null, null)).not.toBe(normalizeVendor('08F7', null, null));
  });

  // WDC and HGST are one company, and their drives are named by either: the number tells, whoever speaks.
  test.each(['WDC', 'HGST', 'Western Digital', 'HITACHI', 'ATA', null])('HUH721008ALE604 by %s is of HGST', (who) =>
    expect(normalizeVendor(who, 'HUH721008ALE604', null)).toBe('hgst'),
  );
});

describe('of two tools', () => {
  // smartctl prints one text and no vendor, or the bus; Redfish splits it.
  const drives = corpusPath('partclass', 'observed_drives.csv');
  test.skipIf(!existsSync(drives))('both name the same maker of a drive', () => {
    const models = (parse(readFileSync(drives), { columns: true }) as Record<string, string>[]).map(
      (row) => row['model'] ?? '',
    );
    const makers = /^(SAMSUNG|INTEL|TOSHIBA|HGST|Hitachi|WDC|SEAGATE|Micron|KINGSTON)[ _]+(?!SSD |Raid )(.+)$/;
    const split = models.flatMap((model) => {
      const [, maker, number] = makers.exec(model) ?? [];
      return maker === undefined || number === undefined || /REDACTED/.test(model) ? [] : [{ model, maker, number }];
    });
    expect(split.length).toBeGreaterThan(100);
    const differing = split.filter(({ model, maker, number }) => {
      const said = [
        normalizeVendor(null, model, null),
        normalizeVendor('ATA', model, null),
        normalizeVendor('ATA', number, null),
        normalizeVendor(maker, number, null),
        normalizeVendor(maker.toLowerCase(), null, number),
      ];
      return said.includes(null) || new Set(said).size > 1;
    });
    expect(differing).toEqual([]);
  });

  const dimms = corpusPath('partclass', 'observed_dimms.csv');
  test.skipIf(!existsSync(dimms))('all name the same maker of a memory module', () => {
    const rows = parse(readFileSync(dimms), { columns: true }) as Record<string, string>[];
    const byNumber = new Map<string, { names: Set<string>; vendors: Set<string | null> }>();
    for (const row of rows) {
      const [number = '', name = ''] = [row['part_number'], row['manufacturer']];
      const seen = byNumber.get(number) ?? { names: new Set(), vendors: new Set() };
      byNumber.set(number, seen);
      seen.names.add(name);
      seen.vendors.add(normalizeVendor(name, null, number));
    }
    const several = [...byNumber].filter(([, { names }]) => names.size > 1);
    expect(several.length).toBeGreaterThan(150);
    const differing = several.filter(([, { vendors }]) => vendors.size > 1).map(([number]) => number);
    // No part numbers, or ones that follow no scheme and whose maker is not always said.
    expect(differing.toSorted()).toEqual(
      ['6478545886', '<BAD INDEX>', 'F722GR78G7066G', 'NOT AVAILABLE', 'SUPERTALENT02'].toSorted(),
    );
  });
});

describe('whatever it is given', () => {
  const text = fc.option(fc.oneof(fc.string({ maxLength: 400 }), fc.string({ unit: 'binary', maxLength: 400 })));
  test('it answers a key of at most 64 characters or null, the same each time', () => {
    fc.assert(
      fc.property(text, text, text, (...given) => {
        const vendor = normalizeVendor(...given);
        expect(vendor === null || (vendor.length > 0 && vendor.length <= 64)).toBe(true);
        expect(normalizeVendor(...given)).toBe(vendor);
      }),
    );
  });

  test('a mapping whose samples do not hold is refused', () => {
    const rest = 'endings: []\nnobody: []\njedec: {}\nnumbers: {}\n';
    const yaml = `${rest}aliases: { acme: [ACM] }\ntests: [{ manufacturer: Acm, vendor: acme }]`;
    expect(createVendors(yaml)('ACM', null, null)).toBe('acme');
    expect(() => createVendors(yaml.replace('vendor: acme', 'vendor: foo'))).toThrow('tests.0 is acme, not foo');
    expect(() => createVendors(yaml.replace('jedec: {}', 'jedec: { acme: [CE] }'))).toThrow('bank:code');
    expect(checkVendors(yaml)).toEqual([]);
    expect(checkVendors(yaml.replace('vendor: acme', 'vendor: foo'))).toEqual([
      { line: 6, message: 'tests.0 is acme, not foo' },
    ]);
    expect(checkVendors(yaml.replace('jedec: {}', 'jedec: { acme: [CE] }'))).toMatchObject([{ line: 3 }]);
  });
});

test('patterns of numbers', () => {
  expect(numberPattern('ST###')('ST8000NM0016')).toBe(true);
  expect(numberPattern('ST###')('ST80X')).toBe(false);
  expect(numberPattern('E@####@@@@@$')('EG0600FBDSR')).toBe(true);
  expect(numberPattern('E@####@@@@@$')('EG0600FBDSRX')).toBe(false);
  expect(numberPattern('HMA??R')('HMA8GR7')).toBe(true);
  expect(partWords('Micron_7400_MTFDKCB1T6TFC')).toContain('MTFDKCB1T6TFC');
  expect(partWords('M3 93T5750EZA-CE6')).toContain('M393T5750EZA-CE6');
  expect(partWords(null)).toEqual([]);
});
