import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { tarOf } from '#src/archives/archives-for-tests.ts';
import { emptyReading, type FileFormat, type SeenComponent, type TreeFormat } from '#src/ports/bundle-format.ts';
import { inspectFiles } from './inspect.ts';
import { BUNDLE_LIMITS } from './read-bundle-limits.ts';
import { readBundle, type Formats } from './read-bundle.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'bundles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const nothing = {
  slot: null,
  manufacturer: null,
  model: null,
  partNumber: null,
  serial: null,
  firmware: null,
  health: null,
};
const drive = (part: Partial<SeenComponent>): SeenComponent => ({
  kind: 'drive',
  ...nothing,
  attributes: {},
  readings: {},
  ...part,
});

/** Drives, a line each: device, serial, capacity. */
const lines: FileFormat = {
  id: 'lines',
  title: 'Lines for tests',
  recognises: (file) => file.text().startsWith('drives\n'),
  read(file) {
    const rows = file
      .text()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(' '));
    const components = rows.map(([device = '', serial = '', bytes = '0']) =>
      drive({ serial, attributes: { device, capacityBytes: Number(bytes) }, health: 'OK' }),
    );
    return [{ ...emptyReading('tools'), collectedAt: '2026-05-03T00:00:00Z', components, scope: ['drive'] }];
  },
};
const host: FileFormat = {
  id: 'host',
  title: 'Host for tests',
  recognises: (file) => file.text().startsWith('host '),
  read: (file) => [
    { ...emptyReading('tools'), host: { ...emptyReading('tools').host, productSerial: file.text().slice(5).trim() } },
  ],
};
const broken: FileFormat = {
  id: 'broken',
  title: 'Breaks',
  recognises(file) {
    if (file.text().includes('break recognises')) throw new Error('recognising broke');
    return file.text().includes('break read');
  },
  read() {
    throw new TypeError('reading broke');
  },
};
/** Every folder with a `root.json` is a tree, whose parts are the other JSON files of the folder. */
const tree: TreeFormat = {
  id: 'tree',
  title: 'Trees for tests',
  find(files) {
    const roots = files.filter((file) => (file.json() as { root?: string } | undefined)?.root !== undefined);
    return roots.map((root) => [root, ...files.filter((file) => file !== root && file.json() !== undefined)]);
  },
  read: async (files) => {
    const components = files
      .slice(1)
      .map((file, index) => drive({ slot: `Bay ${index}`, serial: (file.json() as { serial: string }).serial }));
    return [{ ...emptyReading('redfish'), components }];
  },
};
const formats: Formats = { files: [broken, lines, host], trees: [] };
const read = async (files: Record<string, string | Buffer>, known: Formats = formats, limits = {}) =>
  readBundle(
    { bytes: await tarOf(Object.entries(files).map(([name, content]) => ({ name, content }))), name: 'bundle.tar' },
    known,
    { ...BUNDLE_LIMITS, ...limits },
  );

describe('readBundle', () => {
  test('every file is listed, what is understood becomes a snapshot', async () => {
    const report = await read({
      'h/drives.txt': 'drives\nsda ZC10ABCD 4000787030016\nsdb NA\n',
      'h/host': 'host SERVER1',
      'h/notes.txt': 'hello',
    });
    expect(report.files).toEqual([
      { path: 'h/drives.txt', bytes: 41, format: 'lines', readings: 1, components: 2, withSerial: 1, warnings: [] },
      { path: 'h/host', bytes: 12, format: 'host', readings: 1, components: 0, withSerial: 0, warnings: [] },
      { path: 'h/notes.txt', bytes: 5, format: null, readings: 0, components: 0, withSerial: 0, warnings: ['no format is known for it; it is kept as it is'] },
    ]); // prettier-ignore
    expect(report.snapshots).toMatchObject([
      { source: 'tools', host: { productSerial: 'SERVER1' }, scope: [], files: ['h/drives.txt', 'h/host'] },
    ]);
    expect(report).toMatchObject({ warnings: [], defects: [] });
  });

  test('a packed file that is damaged is listed, not read, and said; the rest is read', async () => {
    const log = await tarOf([
      { name: 'drives.txt', content: 'drives\nsda ZC10ABCD 4000787030016\n' },
      { name: 'late.txt', content: 'drives\nsdc ZC10ABCF 4000787030016\n' },
    ]);
    const cutOff = log.subarray(0, 1550);
    const report = await read({ 'h/logs.tar': cutOff, 'h/more.txt': 'drives\nsdb ZC10ABCE 4000787030016\n' });
    const why = expect.stringMatching(/^h\/logs\.tar\S* is damaged or was cut off: /);
    expect(report.files).toMatchObject([
      // what came whole before the damage; the rest of the archive holds text that a format would know
      { path: 'h/logs.tar/drives.txt', format: 'lines', components: 1 },
      { path: 'h/logs.tar', bytes: cutOff.length, format: null, components: 0, warnings: [why] },
      { path: 'h/more.txt', format: 'lines', components: 1, warnings: [] },
    ]);
    expect(report.warnings).toEqual([expect.stringMatching(/is damaged.*; h\/logs\.tar is kept as it is$/)]);
    expect(report.snapshots.flatMap(({ components }) => components.map(({ serial }) => serial)).toSorted()).toEqual([
      'ZC10ABCD',
      'ZC10ABCE',
    ]);
  });

  test('a plain file that nothing knows is kept, and said', async () => {
    const report = await readBundle({ bytes: Buffer.from('anything'), name: 'x.bin' }, formats);
    expect(report).toMatchObject({ files: [{ path: 'x.bin', format: null }], snapshots: [] });
    expect(report.warnings).toEqual(['nothing in it is known to say anything of a server; it is kept as it is']);
  });

  test('a format that breaks costs its file and no other', async () => {
    const report = await read({ a: 'drives\nsda A1234\nbreak recognises', b: 'break read', c: 'drives\nsdc C1234' });
    expect(report.files.map(({ path: name, format, components }) => [name, format, components])).toEqual([
      ['a', 'lines', 2],
      ['b', 'broken', 0],
      ['c', 'lines', 1],
    ]);
    expect(report.defects).toEqual([
      { path: 'a', format: 'broken', message: 'recognising broke' },
      { path: 'b', format: 'broken', message: 'reading broke' },
    ]);
    expect(report.files[1]?.warnings).toEqual(['broken could not read b, which is a fault of the hub: reading broke']);
  });

  test('trees take their files before single formats do, and leave the rest', async () => {
    const files: Record<string, string> = { 't/root.json': '{"root": "1"}', 'drives.txt': 'drives\nsda A1234' };
    for (let index = 0; index < 30; index += 1) files[`t/d${index}.json`] = `{"serial": "SER${index}X"}`;
    const report = await read(files, { ...formats, trees: [tree] });
    expect(report.files.filter(({ format }) => format === 'tree')).toHaveLength(31);
    expect(report.files[0]).toMatchObject({ readings: 1, components: 30, withSerial: 30 });
    expect(report.snapshots.map(({ source, files: from }) => [source, from])).toEqual([
      ['redfish', ['t/']],
      ['tools', ['drives.txt']],
    ]);
    const small = await read(files, { ...formats, trees: [tree] }, { treeBytes: 100 });
    expect(small.warnings).toEqual([expect.stringMatching(/^\d+ files are beyond 100 bytes and were read one by one/)]);
    const bad: TreeFormat = { ...tree, read: () => Promise.reject(new Error('tree broke')) };
    const bust = await read(files, { ...formats, trees: [bad] });
    expect(bust.defects).toEqual([{ path: 't/root.json', format: 'tree', message: 'tree broke' }]);
    expect(bust.snapshots).toHaveLength(1);
  });

  test('a serial of 10 KB is left out and said, a report without end is refused', async () => {
    const report = await read({ a: `drives\nsda ${'S'.repeat(10_240)} 5\nsdb B1234` });
    expect(report.snapshots[0]?.components.map(({ serial }) => serial)).toEqual([null, 'B1234']);
    expect(report.files[0]?.warnings).toEqual(['drive 1 serial has 10240 characters and was left out']);
    const many = `drives\n${Array.from({ length: 20_001 }, (_, index) => `sd${index} S${index}X`).join('\n')}`;
    await expect(read({ many })).rejects.toMatchObject({
      kind: 'too-large',
      message: expect.stringContaining('20000 components'),
    });
  });

  test('wrong encodings and compressed logs', async () => {
    const text = 'drives\nsda A1234';
    const report = await read({
      'a.txt': Buffer.from(`\uFEFF${text}`, 'utf16le'),
      'b.gz': zlib.gzipSync(text.replace('A', 'B')),
    });
    expect(report.files.map(({ path: name, withSerial }) => [name, withSerial])).toEqual([['a.txt', 1], ['b', 1]]); // prettier-ignore
  });

  test('no content makes it fail', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }), async (contents) => {
        const files = Object.fromEntries(contents.map((bytes, index) => [`f${index}`, Buffer.from(bytes)]));
        const report = await read({ ...files, last: 'drives\nsda A1234' }, { ...formats, trees: [tree] });
        expect(report.files.length).toBe(contents.length + 1);
      }),
      { numRuns: 60, seed: 2 },
    );
  });
});

describe('inspectFiles', () => {
  const archive = path.join(folder, 'a.txt');
  writeFileSync(archive, 'drives\nsda ZC10\u001b[31mABCD 4000787030016\n');
  const root = path.join(folder, 'outputs');
  mkdirSync(root);
  writeFileSync(path.join(root, 'host'), 'host SERVER1');
  writeFileSync(path.join(root, 'drives'), 'drives\nsda A1234 960197124096\n');
  const inspect = async (output: 'table' | 'jsonl', ...paths: string[]): Promise<{ failed: number; text: string }> => {
    let text = '';
    const failed = await inspectFiles(paths, formats, output, (more) => void (text += more));
    return { failed, text };
  };

  test('for people: tables that steer no terminal', async () => {
    const { failed, text } = await inspect('table', archive, root);
    expect(failed).toBe(0);
    expect(text).toMatch(/collected_at +2026-05-03T00:00:00.000Z/);
    expect(text).toMatch(/drive +sda +ZC10\uFFFD\[31mABCD +4 TB \(4000787030016\) +OK/);
    expect(text).toMatch(/product_serial +SERVER1/);
    expect(text).toMatch(/960\.2 GB \(960197124096\)/);
    expect(text).not.toContain('\u001b');
  });

  test('for programs: a line each, with what could not be read', async () => {
    const missing = path.join(folder, 'missing');
    const { failed, text } = await inspect('jsonl', root, missing);
    const [first, second] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(failed).toBe(1);
    expect(first).toMatchObject({
      bundle: root,
      snapshots: [{ host: { productSerial: 'SERVER1' }, scope: ['drive'] }],
    });
    expect(second).toMatchObject({ bundle: missing, error: expect.stringContaining('ENOENT') });
  });
});
