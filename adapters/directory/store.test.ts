import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kitForTests, type KitForTests } from '#src/kit/kit-for-tests.ts';
import { directoryError } from './errors.ts';
import { probe } from './probe.ts';
import { createDirectoryStore, type DirectoryStore } from './store.ts';
import { errorOf } from '#src/kit/adapter-error-for-tests.ts';

const signal = AbortSignal.timeout(120_000);
const text = (bytes: number): Buffer => Buffer.alloc(bytes, 'SMART overall-health self-assessment: PASSED\n');

let root: string;
let kit: KitForTests;
let directory: DirectoryStore;

beforeEach(async () => {
  root = path.join(await mkdtemp(path.join(tmpdir(), 'directory-')), 'objects');
  kit = kitForTests('directory');
  directory = createDirectoryStore({ root, compress: true }, kit);
});
afterEach(async () => {
  await directory.close();
  await rm(path.dirname(root), { recursive: true });
});

describe('on the disk', () => {
  test.each(['buffer', 'file'])('text from a %s is stored compressed, and zstd alone reads it', async (from) => {
    const content = text(700_000);
    const file = path.join(path.dirname(root), 'source');
    await writeFile(file, content);
    const given = from === 'file' ? { path: file, bytes: content.length } : content;
    await directory.objectStore.put('logs/ab/cd', given, signal);
    const stored = await readFile(path.join(root, 'logs/ab/cd.zst'));
    expect(stored.length).toBeLessThan(content.length / 50);
    expect(zstdDecompressSync(stored).equals(content)).toBe(true);
    expect(await readdir(path.join(root, '.tmp'))).toEqual([]);
  });

  test('noise, and text at the head of noise, are stored as they are', async () => {
    await directory.objectStore.put('a/noise', randomBytes(50_000), signal);
    const file = path.join(path.dirname(root), 'source');
    const mixed = Buffer.concat([text(300_000), randomBytes(9_000_000)]);
    await writeFile(file, mixed);
    await directory.objectStore.put('a/mixed', { path: file, bytes: mixed.length }, signal);
    expect((await readdir(path.join(root, 'a'))).toSorted()).toEqual(['mixed', 'noise']);
    expect((await readFile(path.join(root, 'a/mixed'))).equals(mixed)).toBe(true);
  });

  test('what was put under the other setting is read, listed once and removed whole', async () => {
    const plain = createDirectoryStore({ root, compress: false }, kit);
    await plain.objectStore.put('a/b', text(5000), signal);
    await writeFile(path.join(root, 'a/b.zst'), 'from another process at the same moment');
    expect((await buffer(await directory.objectStore.get('a/b', signal))).equals(text(5000))).toBe(true);
    expect((await directory.objectStore.list(null, signal)).map(({ key }) => key)).toEqual(['a/b']);
    await directory.objectStore.remove('a/b', signal);
    expect(await readdir(path.join(root, 'a'))).toEqual([]);
  });

  test('a plain object that lost its end is written again by the next put', async () => {
    const content = randomBytes(10_000);
    await directory.objectStore.put('a/b', content, signal);
    await truncate(path.join(root, 'a/b'), 5000);
    await directory.objectStore.put('a/b', content, signal);
    expect((await readFile(path.join(root, 'a/b'))).equals(content)).toBe(true);
  });

  test('a damaged object is told on the stream: cut, changed in the middle, something else', async () => {
    const content = Buffer.concat(
      Array.from({ length: 300 }, (_, index) => Buffer.from(`${index * 7919} line ${index}\n`.repeat(20))),
    );
    await directory.objectStore.put('a/b', content, signal);
    const file = path.join(root, 'a/b.zst');
    const whole = await readFile(file);
    const changed = Buffer.from(whole);
    changed[whole.length >> 1] = (changed[whole.length >> 1] ?? 0) ^ 0x10;
    for (const damaged of [whole.subarray(0, whole.length - 3), changed, randomBytes(500), Buffer.alloc(0)]) {
      await writeFile(file, damaged);
      const read = buffer(await directory.objectStore.get('a/b', signal));
      expect((await errorOf(read)).kind).toBe('malformed');
    }
  });

  test('foreign files and folders are passed over', async () => {
    await directory.objectStore.put('a/b', text(10), signal);
    await mkdir(path.join(root, 'lost+found'));
    await writeFile(path.join(root, 'README'), 'x');
    await writeFile(path.join(root, '.hidden'), 'x');
    expect((await directory.objectStore.list(null, signal)).map(({ key }) => key)).toEqual(['a/b']);
  });

  test('what a crash left is removed after a day, and not before; a write under way stays', async () => {
    const temp = path.join(root, '.tmp');
    await mkdir(temp, { recursive: true });
    const [old, young] = [path.join(temp, 'old'), path.join(temp, 'young')];
    await writeFile(old, 'x');
    await writeFile(young, 'x');
    const day = 86_400;
    await utimes(old, Date.now() / 1000 - day - 60, Date.now() / 1000 - day - 60);
    await utimes(young, Date.now() / 1000 - day + 600, Date.now() / 1000 - day + 600);
    await directory.objectStore.put('a/b', text(10), signal);
    await directory.close();
    expect(await readdir(temp)).toEqual(['young']);
    expect(kit.logged.join()).toContain('"swept":1');
  });

  test('a folder that somebody took away is made again', async () => {
    await directory.objectStore.put('a/b/one', text(10), signal);
    await rm(path.join(root, 'a'), { recursive: true });
    await directory.objectStore.put('a/b/two', text(10), signal);
    expect(await directory.objectStore.has('a/b/two', signal)).toBe(true);
  });

  test('a file where the folder should be', async () => {
    await writeFile(root, 'x');
    expect((await errorOf(directory.objectStore.put('a/b', text(10), signal))).system).toBe('directory');
    expect((await errorOf(directory.objectStore.get('a/b', signal))).kind).toBe('rejected');
    expect(await probe(root)).toMatchObject([
      { name: 'reachable', ok: false, found: expect.stringContaining('is a file') },
    ]);
  });

  test.each([
    ['ENOSPC', 'unreachable'],
    ['EIO', 'unreachable'],
    ['EACCES', 'unauthorized'],
    ['EROFS', 'unauthorized'],
  ])('%s is %s', (code, kind) => {
    const cause = Object.assign(new Error('as the kernel says it'), { code });
    expect(directoryError('directory', 'putting a/b', cause)).toMatchObject({ kind, cause });
  });

  test('a device is no content: it says that it has no bytes, and never ends', async () => {
    expect((await errorOf(directory.objectStore.put('a/b', { path: '/dev/zero', bytes: 0 }, signal))).kind).toBe(
      'rejected',
    );
    expect((await errorOf(directory.objectStore.put('a/b', { path: root, bytes: 4096 }, signal))).kind).toBe(
      'rejected',
    );
  });
});

describe('probe', () => {
  test('makes nothing, and says what is there', async () => {
    const before = await probe(root);
    expect(before[0]).toMatchObject({ name: 'reachable', ok: true, found: expect.stringContaining('not there yet') });
    await expect(stat(root)).rejects.toThrow('ENOENT');
    await directory.objectStore.put('a/b', text(10), signal);
    const after = await probe(root);
    expect(after.map(({ name }) => name)).toEqual(['reachable', 'permissions', 'configuration']);
    expect(after[0]).toMatchObject({ ok: true, found: path.resolve(root) });
  });
});

describe('kill -9 in the middle of puts', () => {
  test('every object that can be seen is whole', async () => {
    const program = `
      import { createDirectoryStore } from ${JSON.stringify(path.join(import.meta.dirname, 'store.ts'))};
      const kit = { system: 'directory', now: () => new Date(), log: { info() {}, warn() {} } };
      const { objectStore } = createDirectoryStore({ root: process.argv[1], compress: true }, kit);
      process.stdout.write('ready');
      for (let n = 0; ; n += 8)
        await Promise.all(Array.from({ length: 8 }, (_, i) => objectStore.put('k/' + ((n + i) % 16) + '/' + (n + i),
          Buffer.alloc(30000 + ((n + i) % 7) * 9000, 'object ' + (n + i) + ' '), AbortSignal.timeout(60000))));`;
    for (let round = 0; round < 3; round += 1) {
      const child = execFile(process.execPath, ['--input-type=module', '-e', program, root]);
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      await sleep(60 + round * 45);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    const listed = await directory.objectStore.list(null, signal);
    expect(listed.length).toBeGreaterThan(10);
    for (const { key } of listed) {
      const n = Number(key.split('/')[2]);
      const content = await buffer(await directory.objectStore.get(key, signal));
      expect(content.equals(Buffer.alloc(30_000 + (n % 7) * 9000, `object ${n} `)), key).toBe(true);
    }
  });
});

test('16 at a time, objects of 20 KB: hundreds a second', async () => {
  // Half of it lines that repeat, half of it noise: about what a report with serial numbers and counters is.
  const objects = Array.from({ length: 800 }, (_, index) => ({
    key: `bundles/${(index % 256).toString(16).padStart(2, '0')}/${index}`,
    content: Buffer.concat([text(14_000), Buffer.from(randomBytes(3000).toString('hex'))]),
  }));
  const putAll = async (): Promise<number> => {
    const begun = performance.now();
    const waiting = [...objects];
    const putNext = async (): Promise<void> => {
      for (let one = waiting.pop(); one !== undefined; one = waiting.pop())
        await directory.objectStore.put(one.key, one.content, signal);
    };
    await Promise.all(Array.from({ length: 16 }, putNext));
    return (objects.length / (performance.now() - begun)) * 1000;
  };
  const first = await putAll();
  for (const { key } of objects) await directory.objectStore.remove(key, signal);
  const perSecond = await putAll();
  process.stdout.write(
    `directory, puts of 20 KB a second, 16 at a time: ${first.toFixed(0)} with new folders, then ${perSecond.toFixed(0)}\n`,
  );
  expect(perSecond).toBeGreaterThan(100);
}, 60_000);
