import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addFiles } from './add-files.ts';
import { takeLock } from './lock.ts';
import { createProgress } from './progress.ts';
import { contentOf, openSpool, readEntries, removeEntry, type Spool, sweepSpool, writeNote } from './spool.ts';

let folder: string;
let spool: Spool;
const now = (): Date => new Date('2026-11-21T06:00:00Z');

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spool-'));
  spool = await openSpool(path.join(folder, 'spool'));
});
afterEach(() => rm(folder, { recursive: true }));

async function fileWith(name: string, content: Buffer | string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

const add = (...files: string[]) => addFiles(spool, files, { now, each: () => {} });

describe('add', () => {
  test('keeps a copy under its hash, with its name and time, for nobody else to read', async () => {
    const content = randomBytes(3_000_000);
    const file = await fileWith('tsr ü.zip', content);
    const [row] = await add(file);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(row).toEqual({ file, sha256, bytes: content.length, did: 'added', reason: '' });
    await rm(file);
    expect((await readFile(contentOf(spool, sha256))).equals(content)).toBe(true);
    expect(await readEntries(spool)).toMatchObject([
      { name: 'tsr ü.zip', addedAt: '2026-11-21T06:00:00.000Z', state: 'waiting', bytes: content.length },
    ]);
    expect((await stat(contentOf(spool, sha256))).mode & 0o077).toBe(0);
    expect(await readdir(spool.temp)).toEqual([]);
  });

  test('a second time, also under another name, is said and changes nothing', async () => {
    const [first, second] = [await fileWith('one', 'same'), await fileWith('two', 'same')];
    await add(first);
    expect((await add(first, second)).map(({ did }) => did)).toEqual(['was there', 'was there']);
    expect(await readEntries(spool)).toMatchObject([{ name: 'one' }]);
  });

  test('what was refused or sent before is said with the reason', async () => {
    const file = await fileWith('one', 'same');
    const [row] = await add(file);
    const note = { name: 'one', addedAt: now().toISOString(), reason: 'not a log', at: now().toISOString() };
    await writeNote(spool, row?.sha256 ?? '', { ...note, state: 'refused' });
    expect(await add(file)).toMatchObject([{ did: 'was refused before', reason: 'not a log' }]);
    await writeNote(spool, row?.sha256 ?? '', { ...note, state: 'sent', reason: null });
    expect(await add(file)).toMatchObject([{ did: 'was sent before' }]);
  });

  test('one that cannot be read does not keep the others out', async () => {
    const rows = await add(
      path.join(folder, 'missing'),
      folder,
      await fileWith('good', 'x'),
      await fileWith('empty', ''),
    );
    expect(rows.map(({ did }) => did)).toEqual(['failed', 'failed', 'added', 'added']);
    expect(rows[1]?.reason).toContain('is not a file');
    expect(await readdir(spool.temp)).toEqual([]);
  });
});

describe('what a kill leaves', () => {
  test('content without a note, or with half a note, waits under its hash', async () => {
    const [row] = await add(await fileWith('one', 'content'));
    const note = path.join(spool.files, `${row?.sha256}.json`);
    const text = await readFile(note, 'utf8');
    for (const left of [undefined, '', text.slice(0, 20), '[]', '{"name":7}']) {
      if (left === undefined) await rm(note);
      else await writeFile(note, left);
      expect(await readEntries(spool)).toMatchObject([{ name: row?.sha256, state: 'waiting', bytes: 7 }]);
    }
  });

  test('a removal that was broken off is no entry, and may be added again', async () => {
    const file = await fileWith('one', 'content');
    const [row] = await add(file);
    await rm(contentOf(spool, row?.sha256 ?? ''));
    expect(await readEntries(spool)).toEqual([]);
    expect(await add(file)).toMatchObject([{ did: 'added' }]);
    await removeEntry(spool, row?.sha256 ?? '');
    expect(await readdir(spool.files)).toEqual([]);
  });

  test('old temporary files and lone notes are removed, young ones and entries stay', async () => {
    const [row] = await add(await fileWith('one', 'content'));
    const old = new Date(Date.now() - 2 * 86_400_000);
    const [oldTemp, youngTemp] = [path.join(spool.temp, 'old'), path.join(spool.temp, 'young')];
    const lone = path.join(spool.files, `${'0'.repeat(64)}.json`);
    for (const file of [oldTemp, youngTemp, lone]) await writeFile(file, 'x');
    for (const file of [oldTemp, lone, contentOf(spool, row?.sha256 ?? '')]) await utimes(file, old, old);
    expect(await sweepSpool(spool, new Date())).toBe(2);
    expect(await readdir(spool.temp)).toEqual(['young']);
    expect(await readEntries(spool)).toHaveLength(1);
  });
});

describe('the lock', () => {
  const dead = { pid: 2 ** 22 + 1, began: '1', host: 'here', token: 'dead' };
  const lockFile = (): string => path.join(spool.folder, 'lock');

  test('one at a time; whoever released it may be followed', async () => {
    const first = await takeLock(spool.folder, 'here');
    expect(first.ok).toBe(true);
    expect(await takeLock(spool.folder, 'here')).toEqual({ ok: false, why: `process ${process.pid}` });
    if (first.ok) await first.release();
    expect((await takeLock(spool.folder, 'here')).ok).toBe(true);
    expect((await readdir(spool.folder)).toSorted()).toEqual(['files', 'lock', 'tmp']);
  });

  test('of a process that is gone: of twenty that see it, one takes it over', async () => {
    for (let round = 0; round < 20; round += 1) {
      await writeFile(lockFile(), JSON.stringify({ ...dead, token: `dead-${round}` }));
      const taken = await Promise.all(Array.from({ length: 20 }, () => takeLock(spool.folder, 'here')));
      const winners = taken.filter((one) => one.ok);
      expect(winners).toHaveLength(1);
      for (const one of winners) await one.release();
    }
    expect((await readdir(spool.folder)).toSorted()).toEqual(['files', 'tmp']);
  });

  test('of a pid that another process has now', async () => {
    await writeFile(lockFile(), JSON.stringify({ ...dead, pid: process.pid }));
    expect((await takeLock(spool.folder, 'here')).ok).toBe(true);
  });

  test('of another machine, and what is no lock of ours, is left to a person', async () => {
    await writeFile(lockFile(), JSON.stringify({ ...dead, host: 'elsewhere' }));
    expect(await takeLock(spool.folder, 'here')).toMatchObject({
      ok: false,
      why: expect.stringContaining('elsewhere'),
    });
    await writeFile(lockFile(), 'something');
    expect(await takeLock(spool.folder, 'here')).toMatchObject({
      ok: false,
      why: expect.stringContaining('remove it'),
    });
  });

  test('a take-over that was killed between its two steps does not keep it shut', async () => {
    await writeFile(lockFile(), JSON.stringify(dead));
    await writeFile(`${lockFile()}.over.dead`, JSON.stringify(dead));
    expect((await takeLock(spool.folder, 'here')).ok).toBe(false);
    expect((await takeLock(spool.folder, 'here', 0)).ok).toBe(true);
  });
});

describe('progress', () => {
  function shown(isTerminal: boolean): string {
    let text = '';
    let at = 0;
    const progress = createProgress({ isTerminal, clock: () => at, write: (more) => void (text += more) });
    const row = { name: 'a', sha256: 'x', bytes: 5_000_000, reason: '' };
    progress.begin(2, 10_000_000);
    for (at = 1000; at <= 10_000; at += 1000) progress.moved(500_000);
    progress.row({ ...row, did: 'sent' });
    progress.wait('b: the hub answered 503; again in 1.0 s');
    progress.row({ ...row, name: 'b', did: 'refused', reason: 'not a log' });
    progress.end();
    return text;
  }

  test('plain lines where there is no terminal, and not one for every piece', () => {
    expect(shown(false).split('\n')).toEqual([
      '2 files to send, 10.0 MB',
      '0 of 2 files, 2.5 MB of 10.0 MB sent, 500.0 kB/s',
      '0 of 2 files, 5.0 MB of 10.0 MB sent, 500.0 kB/s',
      'b: the hub answered 503; again in 1.0 s',
      'b: refused: not a log',
      '2 of 2 files, 5.0 MB of 10.0 MB sent, 454.5 kB/s',
      '',
    ]);
  });

  test('one line that is written over on a terminal; what is said for good gets its own', () => {
    const lines = shown(true).split('\n');
    expect(lines[1]).toContain('\r');
    expect(lines.some((line) => line.endsWith('b: refused: not a log'))).toBe(true);
    expect(lines.at(-1)).toBe('');
  });
});
