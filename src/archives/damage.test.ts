import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '#test/kit/seeded.ts';
import { tarOf, unpackAll } from './archives-for-tests.ts';
import { ArchiveFault } from './archive-fault.ts';
import { zipOf } from './zip-for-tests.ts';

const random = seeded(7);
const noise = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256)));
const names = ['host1/smartctl.json', 'host1/lsblk.json', 'host2/dmidecode.txt'];
const contents = names.map((name) => ({ name, content: noise(4000) }));
const tar = await tarOf(contents);
const archives = {
  tar,
  'tar.gz': zlib.gzipSync(tar),
  'tar.zst': zlib.zstdCompressSync(tar),
  gz: zlib.gzipSync(noise(9000)),
  zst: zlib.zstdCompressSync(noise(9000)),
  zip: zipOf(contents),
  'stored zip': zipOf(contents.map((one) => ({ ...one, method: 0 }))),
  'zip of a tar.gz': zipOf([{ name: 'in.tgz', content: zlib.gzipSync(tar) }]),
  'tar of a zip': await tarOf([{ name: 'in.zip', content: zipOf(contents) }]),
};

/** What comes out within the limit of time: files, or a fault; anything else fails the test. */
async function outcome(bytes: Buffer): Promise<string> {
  try {
    const { files } = await unpackAll(bytes, { unpackedBytes: 50e6 }, AbortSignal.timeout(3000));
    return `${Object.keys(files).length} files`;
  } catch (error) {
    if (error instanceof ArchiveFault) return error.kind;
    throw error;
  }
}

describe.each(Object.entries(archives))('%s', (name, whole) => {
  test('cut off anywhere is a fault', async () => {
    expect(await outcome(whole)).toMatch(/files$/);
    // of an archive that lacks so much of its head that nothing shows it to be one, nothing can be said
    const head = name.includes('tar') && !name.includes('.') && !name.startsWith('zip') ? 512 : 20;
    // the last of the blocks that fill a tar up say nothing
    const tail = head === 512 ? 1024 : 1;
    const places = Array.from({ length: 60 }, () => head + Math.floor(random() * (whole.length - head - tail)));
    if (head === 512) for (let at = 512; at <= whole.length - 1024; at += 512) places.push(at);
    for (const at of places) expect([at, await outcome(whole.subarray(0, at))]).toEqual([at, 'malformed']);
  });

  test('with changed bytes ends with files or a fault', async () => {
    const change = fc.array(
      fc.record({ at: fc.nat(whole.length - 1), byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constant(255)) }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(change, async (changes) => {
        const bytes = Buffer.from(whole);
        for (const { at, byte } of changes) bytes[at] = byte;
        expect(await outcome(bytes)).toMatch(/files$|malformed|too-large/);
      }),
      { numRuns: 150, seed: 11 },
    );
  }, 30_000);

  test('with changed heads and tables, where it hurts most', async () => {
    for (let round = 0; round < 150; round += 1) {
      const bytes = Buffer.from(whole);
      const near = round % 2 === 0 ? 0 : bytes.length - 400;
      for (let count = 0; count < 3; count += 1)
        bytes[near + Math.floor(random() * 400)] = [0, 1, 0x7f, 0x80, 0xff, 0x37][Math.floor(random() * 6)] ?? 0;
      expect(await outcome(bytes)).toMatch(/files$|malformed|too-large/);
    }
  }, 30_000);
});

test('a truncated archive names the member that it stops in', async () => {
  const large = await tarOf(names.map((name) => ({ name, content: randomBytes(500_000) })));
  // a compressed one that small gives nothing before the damage is found
  for (const whole of [archives.tar, large, zlib.gzipSync(large), zlib.zstdCompressSync(large)]) {
    const failure: unknown = await unpackAll(whole.subarray(0, whole.length * 0.6)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ArchiveFault);
    expect((failure as Error).message).toMatch(/^host\d\/\S+ is damaged or was cut off: /);
  }
});

test('random bytes are a plain file, whatever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      expect(await outcome(Buffer.from(bytes))).toBe('1 files');
    }),
    { numRuns: 200, seed: 3 },
  );
});
