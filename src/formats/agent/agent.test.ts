import fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { emptyEvidence, emptyReading, type SourceFile } from '../../ports/bundle-format.ts';
import { COMPONENT_KINDS } from '../../ports/hardware-inventory.ts';
import { checkReport } from './check-report.ts';
import { reanimatorJson } from './read-report.ts';
import { publishedSchemas, REPORT, STATEMENT } from './schema.ts';
import { writeReport, type ProgramReading } from './write-report.ts';

function asFile(content: unknown): SourceFile {
  const bytes = Buffer.isBuffer(content)
    ? content
    : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const text = bytes.toString('utf8').replaceAll('\0', '');
  const json = () => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  };
  return { path: 'x', bytes, modifiedAt: null, text: () => text, json };
}

const read = (content: unknown) => reanimatorJson.read(asFile(content));
const drive = { kind: 'drive', slot: 'Bay 1', serial: ' EXD1\r\n', attributes: { capacityBytes: 4e12 } };
const report = { schema: REPORT, source: 'agent', collected_at: '2026-11-20T08:15:00+01:00', components: [drive] };
const ASSET = '01938f5e-0000-7000-8000-000000000001';
const statement = {
  schema: STATEMENT,
  observed_at: '2026-11-20T08:15:00Z',
  by: 'jdoe',
  method: 'scan',
  confidence: 0.9,
  where: { asset_id: ASSET },
  present: [
    { kind: 'drive', manufacturer: 'Example', serial: 'EXD2', slot: 'Bay 2' },
    { kind: 'dimm', serial: 'EXD3' },
  ],
  absent: [{ serial: 'EXD1', reason: 'failed' }],
};

describe('a report', () => {
  test('is read', () => {
    const host = { product_serial: 'EX1', bmc_macs: ['02-00-5E-00-00-01', 'none'], asset_id: ASSET, asset_tag: '' };
    expect(read({ ...report, host, scope: ['drive', 'drive'], system: { osName: null } })).toEqual([
      {
        ...emptyReading('agent'),
        collectedAt: '2026-11-20T07:15:00.000Z',
        host: {
          ...emptyEvidence(),
          productSerial: 'EX1',
          bmcMacs: ['02:00:5e:00:00:01', 'none'],
          assetId: ASSET,
        },
        system: { osName: null },
        scope: ['drive'],
        components: [
          {
            kind: 'drive',
            slot: 'Bay 1',
            manufacturer: null,
            model: null,
            partNumber: null,
            serial: 'EXD1',
            firmware: null,
            health: null,
            attributes: { capacityBytes: 4e12 },
            readings: {},
          },
        ],
      },
    ]);
  });

  test('comes alone, in an array, or one a line, statements among them', () => {
    expect(read([report, statement]).map(({ source }) => source)).toEqual(['agent', 'person']);
    const lines = `${JSON.stringify(report)}\n\n${JSON.stringify(statement)}\n{"schema": "reani`;
    expect(read(lines).map(({ warnings }) => warnings)).toEqual([
      [],
      [],
      ['1 lines are not JSON (line 4): they were left out'],
    ]);
  });

  test.each([
    ['another tool', { smartctl: {}, schema: 7 }],
    ['a text about it', 'see "schema": "reanimator.report/v1"'],
    ['nothing', ''],
  ])('is not %s', (_, content) => {
    expect(reanimatorJson.recognises(asFile(content))).toBe(false);
    expect(read(content)).toEqual([]);
  });

  test('cut off in the middle is said', () => {
    const cut = JSON.stringify(report, null, 2).slice(0, -20);
    expect(reanimatorJson.recognises(asFile(cut))).toBe(true);
    expect(read(cut).flatMap(({ components }) => components)).toEqual([]);
    expect(read(cut).flatMap(({ warnings }) => warnings).length).toBeGreaterThan(0);
  });
});

describe('what does not fit', () => {
  test.each([
    ['/schema', { ...report, schema: 'reanimator.report/v9' }],
    ['/source', { ...report, source: 'person' }],
    ['/collected_at', { ...report, collected_at: '2026-11-20' }],
    ['/components/0/serial', { ...report, components: [{ ...drive, serial: 'x'.repeat(10_000) }] }],
    ['/components/0/serail', { ...report, components: [{ ...drive, serail: 'x' }] }],
    ['/components/0/a~1b~0c', { ...report, components: [{ ...drive, 'a/b~c': 'x' }] }],
    ['/components/1/slot', { ...report, components: [drive, { ...drive, serial: 'other' }] }],
    ['/components/0/attributes/bad name', { ...report, components: [{ ...drive, attributes: { 'bad name': 1 } }] }],
    ['/components/0/kind', { ...report, components: [{ ...drive, kind: 'tape' }] }],
    ['/scope/0', { ...report, scope: ['tape'] }],
    ['/host/asset_id', { ...report, host: { asset_id: 'x' } }],
    ['/observed_at', { ...statement, observed_at: undefined }],
    ['/confidence', { ...statement, confidence: 2 }],
    ['/where', { ...statement, where: { asset_id: ASSET, location_id: ASSET } }],
    ['/where', { ...statement, where: {} }],
    ['/absent/0/reason', { ...statement, absent: [{ serial: 'x', reason: 'lost' }] }],
    ['/present/0/serial', { ...statement, present: [{ serial: ' \r\n' }] }],
    ['/present', { ...statement, present: [], absent: [] }],
  ])('%s is named, and nothing is taken', (field, document) => {
    expect(checkReport(document).map((one) => one.field)).toContain(field);
    const [reading] = read(document);
    expect(reading).toMatchObject({ components: [], absent: [], scope: [] });
    expect(reading?.warnings.join()).toContain(`${field}: `);
    expect(checkReport([report, document])[0]?.field).toBe(`/1${field}`);
  });

  test('is told in fifty lines at most', () => {
    const components = Array.from({ length: 5_000 }, () => ({ ...drive, kind: 'tape', extra: 1 }));
    expect(checkReport({ ...report, components })).toHaveLength(50);
    expect(checkReport([])).toHaveLength(1);
    expect(checkReport('x')).toHaveLength(1);
  });
});

test('a statement is read', () => {
  const [atServer] = read(statement);
  expect(atServer).toMatchObject({
    source: 'person',
    collectedAt: '2026-11-20T08:15:00.000Z',
    host: { assetId: ASSET },
    locationId: null,
    system: { observedBy: 'jdoe', method: 'scan', confidence: 0.9 },
    absent: [{ manufacturer: null, serial: 'EXD1', reason: 'failed' }],
    scope: [],
  });
  expect(atServer?.components).toMatchObject([
    { kind: 'drive', serial: 'EXD2', slot: 'Bay 2', manufacturer: 'Example', readings: {} },
    { kind: 'dimm', serial: 'EXD3', slot: null },
  ]);
  expect(read({ ...statement, where: { location_id: ASSET } })[0]).toMatchObject({
    host: emptyEvidence(),
    locationId: ASSET,
  });
});

const clean = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) =>
  text
    .replaceAll(/[\p{Cc}]/gu, ' ')
    .trim()
    .toWellFormed(),
);
const orNull = fc.option(clean.filter((text) => text !== ''));
const time = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((at) => at.toISOString());
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Object.is(one, -0));
const value = fc.oneof(clean, number, fc.boolean());
const name = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,20}$/);
const kind = fc.constantFrom(...COMPONENT_KINDS);
const component = fc.record({
  kind,
  slot: orNull,
  manufacturer: orNull,
  model: orNull,
  partNumber: orNull,
  serial: orNull,
  firmware: orNull,
  health: fc.constantFrom('OK', 'Warning', 'Critical', null),
  attributes: fc.dictionary(name, fc.oneof(value, fc.array(clean, { maxLength: 4 })), { noNullPrototype: true }),
  readings: fc.dictionary(name, value, { noNullPrototype: true }),
});
const reading: fc.Arbitrary<ProgramReading> = fc.record({
  source: fc.constantFrom('agent', 'redfish', 'tools', 'tsr'),
  collectedAt: fc.option(time),
  host: fc.record({
    manufacturer: orNull,
    model: orNull,
    productSerial: orNull,
    boardSerial: orNull,
    systemUuid: orNull,
    bmcMacs: fc.array(fc.constantFrom('02:00:5e:00:00:01', 'REDACTED'), { maxLength: 3 }),
    assetTag: orNull,
    hostName: orNull,
    assetId: fc.option(fc.uuid({ version: 7 })),
  }),
  system: fc.dictionary(name, fc.oneof(value, fc.constant(null)), { noNullPrototype: true }),
  components: fc.uniqueArray(component, {
    maxLength: 8,
    selector: ({ kind, slot }) => `${kind} ${slot ?? ''}`,
  }),
  firmware: fc.array(
    fc.record({ id: clean, name: clean, version: orNull, updateable: fc.constantFrom(true, false, null) }),
    { maxLength: 3 },
  ),
  scope: fc.uniqueArray(kind),
  enumerates: fc.option(fc.record({ kind, devices: fc.array(clean, { maxLength: 3 }) })),
  absent: fc.constant([]),
  locationId: fc.constant(null),
  neighbours: fc.array(fc.record({ interface: clean, chassis: orNull, port: orNull, name: orNull }), { maxLength: 3 }),
  logEntries: fc.array(fc.record({ at: fc.option(time), severity: orNull, message: clean, source: clean }), {
    maxLength: 3,
  }),
  warnings: fc.array(clean, { maxLength: 3 }),
});

describe('what is written', () => {
  test('reads back as the same reading, and fits the published schema', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const fits = ajv.compile(publishedSchemas()[REPORT]);
    fc.assert(
      fc.property(reading, (one) => {
        const bytes = writeReport(one);
        expect(read(bytes)).toEqual([one]);
        expect(fits(JSON.parse(bytes.toString()))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('does not depend on the order of names', () => {
    const one: ProgramReading = { ...emptyReading('agent'), source: 'redfish', system: { a: 1, b: 2 } };
    expect(writeReport({ ...one, system: { b: 2, a: 1 } })).toEqual(writeReport(one));
  });

  test('can always be read, whatever a reading holds, and says what was left out', () => {
    const anything = fc.oneof(fc.string({ maxLength: 400 }), fc.string({ minLength: 256, maxLength: 5_000 }));
    const odd = fc.record({
      ...{ kind, slot: fc.option(anything), serial: fc.option(anything), health: anything },
      ...{ manufacturer: fc.constant(null), model: anything, partNumber: anything, firmware: anything },
      attributes: fc.dictionary(fc.oneof(name, fc.string()), fc.oneof(anything, fc.double(), fc.array(anything))),
      readings: fc.dictionary(fc.oneof(name, fc.string()), fc.oneof(anything, fc.double())),
    });
    const odds = fc.record({ components: fc.array(odd, { maxLength: 5 }), collectedAt: anything, id: anything });
    fc.assert(
      fc.property(odds, ({ components, collectedAt, id }) => {
        const base: ProgramReading = { ...emptyReading('redfish'), source: 'redfish' };
        const firmware = [{ id, name: id, version: id, updateable: null }];
        const bytes = writeReport({ ...base, components, collectedAt, firmware });
        expect(checkReport(JSON.parse(bytes.toString()))).toEqual([]);
        const [back] = read(bytes);
        expect(back?.components.map((part) => part.kind)).toEqual(components.map((part) => part.kind));
        if (components.some(({ serial }) => (serial ?? '').trim().length > 400))
          expect(back?.warnings.join()).toContain('/serial: has');
      }),
      { numRuns: 100 },
    );
  });

  test('loses its scope with its list', () => {
    const part = { ...emptyPart(), kind: 'drive' as const };
    const components = Array.from({ length: 20_001 }, () => part);
    const base: ProgramReading = { ...emptyReading('agent'), source: 'agent' };
    const [back] = read(writeReport({ ...base, components, scope: ['drive'] }));
    expect(back?.components).toHaveLength(20_000);
    expect(back?.scope).toEqual([]);
    expect(back?.warnings).toEqual(['/components: has 20001 entries; the first 20000 were kept']);
  });
});

function emptyPart() {
  const nothing = { slot: null, manufacturer: null, model: null, partNumber: null, serial: null, firmware: null };
  return { ...nothing, health: null, attributes: {}, readings: {} };
}

test('random bytes and broken documents never throw', () => {
  const text = JSON.stringify([report, statement]);
  const broken = fc
    .tuple(fc.nat(text.length), fc.nat(30), fc.string())
    .map(([at, length, what]) => text.slice(0, at) + what + text.slice(at + length));
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
    broken,
    fc.json(),
  );
  fc.assert(
    fc.property(anything, (content) => {
      reanimatorJson.recognises(asFile(content));
      read(content);
    }),
    { numRuns: 500 },
  );
});

test('published schemas refuse what the reader refuses', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const fits = ajv.compile(publishedSchemas()[STATEMENT]);
  expect(fits(statement)).toBe(true);
  expect(fits({ ...statement, method: 'guess' })).toBe(false);
  expect(fits({ ...statement, more: 1 })).toBe(false);
});
