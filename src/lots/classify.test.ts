import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPONENT_KINDS } from '../ports/hardware-inventory.ts';
import { createClassifier, type Part } from './classify.ts';
import { factsIn, fillTemplate } from './fact-template.ts';
import { LotCode, lotId, placementOf } from './model.ts';
import { loadLotRules } from './rules.ts';

const classify = createClassifier(loadLotRules());
const part = (kind: Part['kind'], more: Partial<Part>): Part => ({
  ...{ kind, vendor: null, manufacturer: null, model: null, partNumber: null, attributes: {} },
  ...more,
});

describe('a part is what it is, whoever looked', () => {
  const lot = 'SSD_NVME_01.92TB_GEN4';
  test.each([
    [
      'smartctl',
      { model: 'SAMSUNG MZQL21T9HCJR-00A07', attributes: { protocol: 'NVMe', capacityBytes: 1920383410176 } },
    ],
    [
      'Redfish',
      {
        manufacturer: 'Samsung',
        model: 'MZQL21T9HCJR-00A07',
        attributes: { protocol: 'NVMe', mediaType: 'SSD', capacityBytes: 1920383410176, pcieGeneration: 4 },
      },
    ],
    [
      'in an older slot',
      { partNumber: 'MZQL21T9HCJR', attributes: { capacityBytes: 1920383410176, pcieGeneration: 3 } },
    ],
    ['in binary megabytes', { model: 'MZQL21T9HCJR-00A07', attributes: { capacityBytes: 1831420 * 1024 ** 2 } }],
  ])('%s', (_who, more) => expect(classify(part('drive', more)).lot).toBe(lot));

  test('serials, slots and readings play no part', () => {
    const one = part('drive', {
      model: 'ST8000NM0016',
      attributes: { protocol: 'SATA', rotationRpm: 7200, capacityBytes: 8001563222016 },
    });
    const other = { ...one, attributes: { ...one.attributes, device: '/dev/sdb', wwn: 'x', macAddresses: ['a'] } };
    expect(classify(other)).toEqual(classify(one));
  });
});

describe('what is not known is named, not guessed', () => {
  test.each([
    [{ protocol: 'NVMe' }, ['capacityTb', 'pcieGeneration']],
    [{ mediaType: 'SSD', capacityBytes: 960197124096 }, ['protocol']],
    [{ protocol: 'SATA', capacityBytes: 960197124096 }, ['mediaType']],
    [{ protocol: 'SATA', rotationRpm: 7200 }, ['capacityTb']],
    [{ protocol: 'SATA', rotationRpm: 7200, capacityBytes: 13_715_978_079_776 }, ['capacityTb']],
    [{ protocol: 'SCSI', rotationRpm: 7200, capacityBytes: 1000202043392 }, ['protocol']],
    [{ protocol: 'USB', mediaType: 'SSD', capacityBytes: 64e9 }, ['rule']],
  ])('%o lacks %s', (attributes, missing) =>
    expect(classify(part('drive', { attributes }))).toEqual({ lot: null, missing }),
  );

  test('kinds without lots are not unclassified', () => {
    expect(placementOf(classify(part('fan', {})))).toEqual({ lotId: null, lotRule: null, lotMissing: null });
    expect(placementOf(classify(part('cpu', {})))).toEqual({ lotId: null, lotRule: null, lotMissing: 'maker,model' });
  });
});

test('what it answers: the code, the rule, and the facts that make the code', () => {
  const found = classify(
    part('dimm', {
      partNumber: 'M393A8G40AB2-CWE',
      attributes: { capacityBytes: 2 ** 36, type: 'DDR4', rank: 2, formFactor: 'DIMM' },
    }),
  );
  expect(found).toEqual({
    lot: 'DIMM_DDR4_064GB_RDIMM_3200_2R',
    rule: 'dimm',
    title: 'DDR4 RDIMM, 64 GB, 3200 MT/s, rank 2',
    facts: { type: 'DDR4', capacityGb: 64, moduleType: 'RDIMM', ratedSpeedMts: 3200, rank: 2 },
  });
  expect(placementOf(found)).toEqual({
    lotId: lotId('DIMM_DDR4_064GB_RDIMM_3200_2R'),
    lotRule: 'dimm',
    lotMissing: null,
  });
});

test('sizes sort as text', () => {
  const codes = [0.24, 0.48, 0.96, 1.92, 3.84, 7.68, 15.36, 30.72].map(
    (tb) =>
      classify(part('drive', { attributes: { mediaType: 'SSD', protocol: 'SATA', capacityBytes: tb * 1e12 } })).lot,
  );
  expect(codes).toEqual(codes.toSorted());
  expect(codes[2]).toBe('SSD_SATA_00.96TB');
});

test('templates', () => {
  expect(factsIn('A_{b:2.2}_{c}_{b}')).toEqual(['b', 'c']);
  expect(fillTemplate('A_{b:2.2}_{c:4}_{d}', { b: 1.024, c: 80, d: 'x' })).toBe('A_01.024_0080_x');
  expect(fillTemplate('{b:2.2}|{none}', { b: 8 })).toBe('08.00|');
});

test('a name that no code can hold is as good as none', () => {
  const given = part('psu', { vendor: 'XEON '.repeat(60), attributes: { powerWatts: 800 } });
  expect(classify(given)).toEqual({ lot: null, missing: ['family'] });
});

describe('whatever it is given', () => {
  const hostile = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('XEON ', 'M393A', 'HMA8', 'MTA36ASF', '8-PORT ', ' 25G').map((text) => text.repeat(60)),
  );
  const value = fc.oneof(hostile, fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string()));
  const anything = fc.record({
    kind: fc.constantFrom(...COMPONENT_KINDS),
    vendor: fc.option(hostile),
    manufacturer: fc.option(hostile),
    model: fc.option(hostile),
    partNumber: fc.option(hostile),
    attributes: fc.dictionary(
      fc.constantFrom(
        'capacityBytes',
        'protocol',
        'rotationRpm',
        'mediaType',
        'rank',
        'type',
        'powerWatts',
        'ports',
        '__proto__',
      ),
      value,
    ),
  });

  test('it answers a code that fits its column, or what is missing, and never throws', () => {
    fc.assert(
      fc.property(anything, (given) => {
        const found = classify(given);
        if (found.lot === null) {
          expect(found.missing.every((name) => /^[a-zA-Z]+$/.test(name))).toBe(true);
          return;
        }
        expect(LotCode.safeParse(found.lot).success, found.lot).toBe(true);
        expect(found.rule.length).toBeLessThanOrEqual(80);
        expect(found.title.length).toBeLessThanOrEqual(200);
      }),
      { numRuns: 2000 },
    );
  });
});
