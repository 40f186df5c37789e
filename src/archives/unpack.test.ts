import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { deflatedZeros, gzipOfZeros, tarOf, unpackAll } from './archives-for-tests.ts';
import { zipOf } from './zip-for-tests.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'archives-'));
afterAll(() => rmSync(folder, { recursive: true }));

const parts = [
  { name: 'host1/lsblk.json', content: '{}' },
  { name: 'host1/dmidecode.txt', content: 'Serial Number: A' },
];
const files = { 'host1/lsblk.json': '{}', 'host1/dmidecode.txt': 'Serial Number: A' };
const zipParts = parts.map(({ name, content }) => ({ name, content: Buffer.from(content) }));
const fault = (kind: string, ...words: (string | RegExp)[]) =>
  expect.objectContaining({
    name: 'ArchiveFault',
    kind,
    message: words.length === 1 ? expect.stringMatching(words[0]!) : expect.any(String),
  });

describe('what is opened', () => {
  test('tar, plain and compressed, and zip give the same files, from memory and from disk', async () => {
    const tar = await tarOf(parts);
    const archives = {
      'a.tar': tar,
      'a.tar.gz': zlib.gzipSync(tar),
      'a.tar.zst': zlib.zstdCompressSync(tar),
      'a.zip': zipOf(zipParts),
      'stored.zip': zipOf(zipParts.map((part) => ({ ...part, method: 0 }))),
      'zstd.zip': zipOf(zipParts.map((part) => ({ ...part, method: 93, packed: zlib.zstdCompressSync(part.content) }))),
    };
    for (const [name, bytes] of Object.entries(archives)) {
      expect(await unpackAll(bytes), name).toMatchObject({ files, warnings: [] });
      const onDisk = path.join(folder, name);
      writeFileSync(onDisk, bytes);
      expect(await unpackAll({ path: onDisk }), name).toMatchObject({ files, warnings: [] });
    }
  });

  test('a plain file keeps its name, a compressed one loses its suffix', async () => {
    expect((await unpackAll({ bytes: Buffer.from('text'), name: '/tmp/odd\\smartctl.txt' })).files).toEqual({
      'smartctl.txt': 'text',
    });
    const name = 'smartctl.txt.gz';
    expect((await unpackAll({ bytes: zlib.gzipSync('text'), name })).files).toEqual({ 'smartctl.txt': 'text' });
    expect((await unpackAll({ bytes: Buffer.alloc(0), name: 'nothing' })).files).toEqual({ nothing: '' });
  });

  test('archives in archives, with the way to every file', async () => {
    const inner = zlib.gzipSync(await tarOf([{ name: './logs//sel.txt', content: 'sel' }]));
    const bundle = zipOf([
      { name: 'TSR/inner.zip', content: zipOf([{ name: 'log.gz', content: zlib.gzipSync('log') }]) },
      { name: 'TSR/logs.tgz', content: inner },
    ]);
    expect((await unpackAll(bundle)).files).toEqual({ 'TSR/inner.zip/log': 'log', 'TSR/logs.tgz/logs/sel.txt': 'sel' });
    expect((await unpackAll(zlib.gzipSync(bundle))).files).toEqual((await unpackAll(bundle)).files);
  });

  test('says when a file was changed, where the archive does', async () => {
    const mtime = new Date('2026-05-03T10:00:00Z');
    expect((await unpackAll(await tarOf([{ name: 'a', mtime }]))).times).toEqual({ a: '2026-05-03T10:00:00.000Z' });
    expect((await unpackAll(zipOf([{ name: 'a' }]))).times).toEqual({ a: '2026-05-03T12:00:00.000Z' });
    expect((await unpackAll(await tarOf([{ name: 'a', mtime: new Date(0) }]))).times).toEqual({ a: null });
  });

  test('a zstd file of several frames whole', async () => {
    const frames = ['one ', 'two ', 'three'].map((text) => zlib.zstdCompressSync(text));
    const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7]);
    const whole = Buffer.concat([skipped, ...frames]);
    expect((await unpackAll(whole)).files).toEqual({ bundle: 'one two three' });
    await expect(unpackAll(Buffer.concat([whole, Buffer.from('more!')]))).rejects.toEqual(
      fault('malformed', /follows/),
    );
    expect((await unpackAll(Buffer.concat([whole, Buffer.alloc(700)]))).files).toEqual({ bundle: 'one two three' });
  });

  test('a tar of before 1988, and long names of both kinds', async () => {
    const tar = await tarOf([{ name: 'old', content: 'x' }]);
    tar.fill(0, 257, 265);
    tar.fill(' ', 148, 156);
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    expect((await unpackAll(tar)).files).toEqual({ old: 'x' });
    const long = `${'folder/'.repeat(60)}ö.txt`;
    expect((await unpackAll(await tarOf([{ name: long, content: 'x' }]))).files).toEqual({ [long]: 'x' });
  });

  test('what has no decoder stays as it is and is said', async () => {
    const xz = Buffer.from('fd377a585a000004', 'hex');
    const { files: found, warnings } = await unpackAll(await tarOf([{ name: 'log.xz', content: xz }]));
    expect(Object.keys(found)).toEqual(['log.xz']);
    expect(warnings).toEqual([expect.stringMatching(/^log\.xz is packed with xz, which cannot be unpacked here/)]);
    const other = await unpackAll(zipOf([{ name: 'a', method: 14 }, { name: 'b' }]));
    expect(other.files).toEqual({ b: '' });
    expect(other.warnings).toEqual([expect.stringMatching(/^a was left out: it is compressed with method 14/)]);
  });

  test('a folder is read like an archive, archives in it too', async () => {
    const root = path.join(folder, 'outputs');
    mkdirSync(path.join(root, 'host1'), { recursive: true });
    writeFileSync(path.join(root, 'host1', 'lscpu.txt'), 'cpu');
    writeFileSync(path.join(root, 'all.zip'), zipOf(zipParts));
    symlinkSync('/etc/passwd', path.join(root, 'passwd'));
    const { files: found, warnings } = await unpackAll({ directory: root });
    expect(found).toEqual({
      'all.zip/host1/lsblk.json': '{}',
      'all.zip/host1/dmidecode.txt': 'Serial Number: A',
      'host1/lscpu.txt': 'cpu',
    });
    expect(warnings).toEqual(['passwd was left out: links are not followed']);
  });
});

describe('limits', () => {
  test('two gigabytes of zeros are refused early, as gzip, zstd and zip, and within another archive', async () => {
    const { packed, bytes, crc } = deflatedZeros(128);
    expect(packed.length).toBeLessThan(2.2e6);
    expect(bytes).toBe(2 ** 31);
    const zip = zipOf([{ name: 'zeros', packed, bytes, crc }]);
    const gzip = gzipOfZeros(128);
    const zstd = zlib.zstdCompressSync(Buffer.alloc(200e6));
    for (const bomb of [zip, gzip, zstd, zipOf([{ name: 'inner.gz', content: gzip }]), zlib.gzipSync(zip)]) {
      const before = performance.now();
      await expect(unpackAll(bomb)).rejects.toEqual(fault('too-large', /200 times its size; that is no collection/));
      expect(performance.now() - before).toBeLessThan(5000);
    }
    await expect(unpackAll(zip)).rejects.toEqual(fault('too-large', /^zeros unpacks to/));
  });

  test('many small bombs are one large one', async () => {
    const piece = deflatedZeros(1);
    const zip = zipOf(Array.from({ length: 40 }, (_, index) => ({ name: `part${index}`, ...piece })));
    await expect(unpackAll(zip)).rejects.toEqual(fault('too-large', /200 times its size/));
  });

  test('the whole, however well it is packed', async () => {
    const noise = randomBytes(50_000);
    const tar = zlib.gzipSync(await tarOf(['a', 'b', 'c'].map((name) => ({ name, content: noise }))));
    await expect(unpackAll(tar, { unpackedBytes: 100_000 })).rejects.toEqual(
      fault('too-large', /over 100000 bytes unpacked/),
    );
    expect(Object.keys((await unpackAll(tar, { unpackedBytes: 200_000 })).files)).toEqual(['a', 'b', 'c']);
  });

  test('a file beyond its limit is left out and said, the others are there', async () => {
    const many = [
      { name: 'small', content: 'x' },
      { name: 'big', content: Buffer.alloc(2000) },
      { name: 'last', content: 'y' },
    ];
    for (const archive of [
      await tarOf(many),
      zipOf(many.map((one) => ({ ...one, content: Buffer.from(one.content) }))),
    ]) {
      const { files: found, warnings } = await unpackAll(archive, { entryBytes: 1000 });
      expect(found).toEqual({ small: 'x', last: 'y' });
      expect(warnings).toEqual(['big was left out: it has more than 1000 bytes']);
    }
  });

  test('30,000 entries, and a zip that only says so', async () => {
    const many = Array.from({ length: 30_000 }, (_, index) => ({ name: `f${index}` }));
    await expect(unpackAll(await tarOf(many))).rejects.toEqual(fault('too-large', /^f20000 .* over 20000 entries$/));
    await expect(unpackAll(zipOf(many))).rejects.toEqual(fault('too-large', /over 20000 entries$/));
    expect(Object.keys((await unpackAll(zipOf(many.slice(0, 20_000)))).files)).toHaveLength(20_000);
  }, 30_000);

  test('archives in archives without end', async () => {
    let gzip = zlib.gzipSync('core');
    let zip = zipOf([{ name: 'core', content: Buffer.from('core') }]);
    for (let depth = 1; depth < 4; depth += 1) {
      gzip = zlib.gzipSync(gzip);
      zip = zipOf([{ name: 'z', content: zip }]);
    }
    expect((await unpackAll(gzip)).files).toEqual({ bundle: 'core' });
    expect((await unpackAll(zip)).files).toEqual({ 'z/z/z/core': 'core' });
    await expect(unpackAll(zlib.gzipSync(gzip))).rejects.toEqual(fault('too-large', /deeper than 4 archives/));
    await expect(unpackAll(zipOf([{ name: 'z', content: zip }]))).rejects.toEqual(
      fault('too-large', /^z\/z\/z\/z lies/),
    );
    for (let depth = 0; depth < 300; depth += 1) gzip = zlib.gzipSync(gzip);
    await expect(unpackAll(gzip)).rejects.toEqual(fault('too-large'));
  });

  test('zips in archives together take no more memory than one file may', async () => {
    const noise = randomBytes(900);
    const inner = zipOf([{ name: 'noise', content: noise }]);
    const nested = zipOf([{ name: 'in.zip', content: zipOf([{ name: 'in.zip', content: inner }]) }]);
    expect((await unpackAll(nested, { entryBytes: 4000 })).files).toHaveProperty('in.zip/in.zip/noise');
    const { files: found, warnings } = await unpackAll(nested, { entryBytes: 2000 });
    expect(found).toEqual({});
    expect(warnings).toEqual([expect.stringMatching(/^in\.zip\/in\.zip was left out: a zip in an archive may have/)]);
  });

  test('the length of a path', async () => {
    const name = 'a/'.repeat(600);
    await expect(unpackAll(await tarOf([{ name: `${name}x` }]))).rejects.toEqual(fault('too-large', /1024 characters/));
  });

  test('stops when it is told to', async () => {
    const tar = await tarOf(Array.from({ length: 5000 }, (_, index) => ({ name: `f${index}`, content: 'x' })));
    const stop = AbortSignal.abort(new Error('shutting down'));
    await expect(unpackAll(tar, {}, stop)).rejects.toThrow('shutting down');
    await expect(unpackAll(gzipOfZeros(100), { ratio: 1e9 }, AbortSignal.timeout(30))).rejects.toThrow(/timeout/);
  });
});

describe('hostile names and kinds', () => {
  const hostile = [
    '../up',
    'a/../../b',
    '/etc/passwd',
    'C:/x',
    'c:x',
    '..\\..\\x',
    'a\\..\\b',
    '\\\\host\\x',
    'nul\0.txt',
  ];

  test.each(hostile)('%j is refused', async (name) => {
    await expect(unpackAll(zipOf([{ name: 'first' }, { name }]))).rejects.toEqual(
      fault('malformed', /relative to their folder/),
    );
    const pax = { path: name } as never;
    if (!name.includes('\0')) await expect(unpackAll(await tarOf([{ name }]))).rejects.toEqual(fault('malformed'));
    await expect(unpackAll(await tarOf([{ name: 'x', pax } as never]))).rejects.toEqual(fault('malformed'));
  });

  test('harmless ones are not: dots, folders of Windows, letters of other places', async () => {
    expect((await unpackAll(zipOf([{ name: 'a\\b.txt' }, { name: '..c/...' }, { name: './d' }]))).files).toEqual({
      'a/b.txt': '',
      '..c/...': '',
      d: '',
    });
    expect((await unpackAll(await tarOf([{ name: 'dev-sd\\x2da.device' }]))).files).toEqual({
      'dev-sd\\x2da.device': '',
    });
    expect((await unpackAll(zipOf([{ name: Buffer.from('sch\x94n', 'latin1') }, { name: 'größe' }]))).files).toEqual({
      schön: '',
      größe: '',
    });
  });

  test('links and devices are left out and said once', async () => {
    const { files: found, warnings } = await unpackAll(
      await tarOf([
        { name: 'passwd', type: 'symlink', linkname: '/etc/passwd' },
        { name: 'twin', type: 'link', linkname: 'a' },
        { name: 'sda', type: 'block-device', devmajor: 8 },
        { name: 'pipe', type: 'fifo' },
        { name: 'folder/', type: 'directory' },
        { name: 'a', content: 'a' },
      ]),
    );
    expect(found).toEqual({ a: 'a' });
    expect(warnings).toEqual([
      '2 entries were left out: links are not followed; the first is passwd',
      '2 entries were left out: devices are not read; the first is sda',
    ]);
    const zip = await unpackAll(
      zipOf([
        { name: 'l', mode: 0o120777, content: Buffer.from('/etc/passwd') },
        { name: 'd', mode: 0o060644 },
        { name: 'f/', mode: 0o040755 },
      ]),
    );
    expect(zip).toMatchObject({
      files: {},
      warnings: [expect.stringContaining('links'), expect.stringContaining('devices')],
    });
  });

  test('a name twice: both are kept', async () => {
    const twice = ['1', '2', '3'].map((content) => ({ name: 'a', content: Buffer.from(content) }));
    for (const archive of [await tarOf(twice), zipOf(twice)]) {
      const { files: found, warnings } = await unpackAll(archive);
      expect(found).toEqual({ a: '1', 'a (2)': '2', 'a (3)': '3' });
      expect(warnings).toHaveLength(2);
    }
  });
});

describe('zips that lie', () => {
  const content = Buffer.from('content of some length');

  test('an encrypted one is refused with the remedy', async () => {
    for (const flags of [1, 0x41])
      await expect(unpackAll(zipOf([{ name: 'secret', content, flags }]))).rejects.toEqual(
        fault('malformed', /encrypt(ed; pack it without a password|ion is not supported)/),
      );
  });

  test('about sizes, checksums and places', async () => {
    await expect(unpackAll(zipOf([{ name: 'a', content, bytes: 5 }]))).rejects.toEqual(
      fault('malformed', /^a is longer/),
    );
    await expect(unpackAll(zipOf([{ name: 'a', content, bytes: 99 }]))).rejects.toEqual(
      fault('malformed', /^a is shorter/),
    );
    await expect(unpackAll(zipOf([{ name: 'a', content, crc: 5 }]))).rejects.toEqual(
      fault('malformed', /^a is damaged/),
    );
    const overlapping = zipOf([
      { name: 'a', content },
      { name: 'b', content, headerOf: 0 },
    ]);
    await expect(unpackAll(overlapping)).rejects.toEqual(fault('malformed', /^b lies over a in the zip/));
  });

  test('a damaged one names the member', async () => {
    for (const length of [3000, 3e6]) {
      const whole = zipOf([{ name: 'good' }, { name: 'bad', content: randomBytes(length), method: 8 }]);
      whole.fill(0xff, 200, 260);
      await expect(unpackAll(whole)).rejects.toEqual(fault('malformed', /^bad is damaged/));
    }
  });

  test('about 64-bit places', async () => {
    const zip = zipOf([{ name: 'a', content }]);
    const record = Buffer.alloc(56);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeUInt32LE(1, 32);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    for (const place of [2n ** 64n - 1n, 2n ** 53n, 5000n]) {
      record.writeBigUInt64LE(place, 48);
      locator.writeBigUInt64LE(place, 8);
      const far = Buffer.concat([zip.subarray(0, -22), record, locator, zip.subarray(-22)]);
      await expect(unpackAll(far)).rejects.toEqual(fault('malformed'));
      locator.writeBigUInt64LE(BigInt(zip.length - 22), 8);
      const near = Buffer.concat([zip.subarray(0, -22), record, locator, zip.subarray(-22)]);
      await expect(unpackAll(near)).rejects.toEqual(fault('malformed'));
    }
  });
});
