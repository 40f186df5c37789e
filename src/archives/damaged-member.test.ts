import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { seeded } from '#test/kit/seeded.ts';
import { ArchiveFault } from './archive-fault.ts';
import { gzipOfZeros, tarOf, unpackAll } from './archives-for-tests.ts';
import { zipOf } from './zip-for-tests.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'damaged-'));
afterAll(() => rmSync(folder, { recursive: true }));

const random = seeded(21);
const noise = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256)));
const good = { name: 'a/sel.txt', content: Buffer.from('sel') };
const last = { name: 'z/lsblk.json', content: Buffer.from('{}') };
const log = noise(5000);
const cut = (bytes: Buffer, share = 0.6): Buffer => bytes.subarray(0, Math.floor(bytes.length * share));

/** Of one that is damaged: its name, and what is wrong with it. */
const innerTar = await tarOf([
  { name: 'one.txt', content: 'one' },
  { name: 'two.txt', content: log },
]);
const wrongSum = zipOf([{ name: 'one.txt', content: Buffer.from('one'), crc: 1 }]);
const members: [string, Buffer, string[]][] = [
  ['log.gz', cut(zlib.gzipSync(log)), []],
  ['log.zst', cut(zlib.zstdCompressSync(log)), []],
  ['logs.tgz', cut(zlib.gzipSync(innerTar), 0.9), ['one.txt']],
  ['logs.tar', cut(innerTar), ['one.txt']],
  ['logs.zip', cut(zipOf([{ name: 'one.txt', content: log }])), []],
  ['sum.zip', wrongSum, []],
  ['secret.zip', zipOf([{ name: 'one.txt', content: Buffer.from('one'), flags: 1 }]), []],
];

describe.each(members)('a damaged %s', (name, bytes, inside) => {
  const parts = [good, { name: `b/${name}`, content: bytes }, last];
  const expected = async (from: Parameters<typeof unpackAll>[0]): Promise<void> => {
    const { files, warnings, unreadable } = await unpackAll(from);
    expect(Object.keys(files).toSorted()).toEqual(
      ['a/sel.txt', ...inside.map((one) => `b/${name}/${one}`), `b/${name}`, 'z/lsblk.json'].toSorted(),
    );
    expect(unreadable).toEqual([`b/${name}`]);
    expect(files[`b/${name}`]).toBe(bytes.length < 1000 ? bytes.toString() : `${bytes.length} bytes`);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`b/${name}`);
    expect(warnings[0]).toMatch(/is kept as it is$/);
  };

  test('costs nothing else, whatever it lies in', async () => {
    const tar = await tarOf(parts);
    for (const whole of [tar, zlib.gzipSync(tar), zlib.zstdCompressSync(tar), zipOf(parts)]) await expected(whole);
    const home = path.join(folder, name.replace('.', '-'));
    for (const part of parts) {
      mkdirSync(path.dirname(path.join(home, part.name)), { recursive: true });
      writeFileSync(path.join(home, part.name), part.content);
    }
    await expected({ directory: home });
  });

  test('alone is refused', async () => {
    await expect(unpackAll(bytes)).rejects.toMatchObject({ name: 'ArchiveFault', kind: 'malformed' });
  });
});

test('deep inside, only the innermost archive that is damaged is given up', async () => {
  const broken = { name: 'log.gz', content: cut(zlib.gzipSync(log)) };
  const whole = zipOf([
    { name: 'out.tgz', content: zlib.gzipSync(await tarOf([{ name: 'in.zip', content: zipOf([broken, good]) }])) },
    last,
  ]);
  const { files, unreadable } = await unpackAll(whole);
  expect(Object.keys(files).toSorted()).toEqual(['out.tgz/in.zip/a/sel.txt', 'out.tgz/in.zip/log.gz', 'z/lsblk.json']);
  expect(unreadable).toEqual(['out.tgz/in.zip/log.gz']);
});

test('what breaks around a member is no fault of the member', async () => {
  const inside = { name: 'b/log.gz', content: zlib.gzipSync(noise(300_000)) };
  const whole = await tarOf([good, inside, last]);
  for (const bytes of [cut(whole), cut(zlib.gzipSync(whole)), cut(zlib.zstdCompressSync(whole))])
    await expect(unpackAll(bytes)).rejects.toBeInstanceOf(ArchiveFault);
  const zip = zipOf([{ ...inside, crc: 7 }]);
  await expect(unpackAll(zip)).rejects.toMatchObject({ message: expect.stringContaining('checksum') });
});

test('what is hostile within is refused as a whole', async () => {
  const within = async (content: Buffer): Promise<unknown> =>
    unpackAll(await tarOf([good, { name: 'in', content }])).then(
      () => 'taken',
      (error: unknown) => (error instanceof ArchiveFault ? error.message : error),
    );
  expect(await within(await tarOf([{ name: '../../etc/passwd', content: 'x' }]))).toContain('leaves its folder');
  expect(await within(zipOf([{ name: '/etc/passwd', content: Buffer.from('x') }]))).toContain('absolute name');
  expect(await within(gzipOfZeros(16))).toContain('a bomb');
  expect(await within(zipOf([{ name: 'long', content: noise(5000), bytes: 3 }]))).toContain('longer than the zip says');
});

test('a large one that is damaged is said, and not held in memory', async () => {
  const large = zlib.gzipSync(noise(100_000));
  const whole = zipOf([good, { name: 'large.gz', content: cut(large, 0.9) }, last]);
  const { files, warnings } = await unpackAll(whole, { entryBytes: 200_000 });
  expect(Object.keys(files)).toEqual(['a/sel.txt', 'z/lsblk.json']);
  expect(warnings).toEqual([expect.stringMatching(/^large\.gz is damaged .*; large\.gz was left out$/)]);
});
