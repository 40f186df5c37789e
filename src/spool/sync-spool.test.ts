import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeIngestHub, startFakeIngestHub, type Trouble } from '#test/kit/fake-ingest-hub.ts';
import { seeded } from '#test/kit/seeded.ts';
import { addSpoolCommands } from './commands.ts';
import { openHubLine } from './hub-line.ts';
import { PIECE_BYTES } from './send-file.ts';
import { openSpool, readEntries, type Spool } from './spool.ts';
import { type SyncOptions, syncSpool } from './sync-spool.ts';

const KEY = 'hub_test_key';
const LARGE = 2 * PIECE_BYTES + 1_000_000;

let folder: string;
let spool: Spool;
let hub: FakeIngestHub;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spool-sync-'));
  spool = await openSpool(path.join(folder, 'spool'));
  hub = await startFakeIngestHub(KEY);
});
afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true });
});

const hashOf = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

async function add(name: string, content: Buffer | string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  await cli(['add', file]);
  return hashOf(content);
}

interface Ran {
  rows: Record<string, unknown>[];
  code: number;
  error: string;
}

/** `reanimator spool …` as it is typed. */
async function cli(args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const ran: Ran = { rows: [], code: 0, error: '' };
  const before = process.exitCode;
  process.exitCode = 0;
  const program = new Command('reanimator')
    .exitOverride()
    .configureOutput({ writeErr: (text) => void (ran.error += text) });
  addSpoolCommands(program, {
    env: { REANIMATOR_SPOOL: spool.folder, REANIMATOR_HUB: hub.url, REANIMATOR_API_KEY: KEY, ...env },
    print: (_, rows) => void ran.rows.push(...(rows as Record<string, unknown>[])),
    pauseMs: 2,
  });
  try {
    await program.parseAsync(['node', 'reanimator', 'spool', ...args]);
  } catch (error) {
    const { exitCode } = error as { exitCode?: number };
    if (exitCode === undefined) throw error;
    ran.code = exitCode;
  }
  ran.code ||= Number(process.exitCode ?? 0);
  process.exitCode = before;
  return ran;
}

function sync(more: Partial<SyncOptions> = {}) {
  return syncSpool(spool, {
    line: openHubLine(hub.url, KEY),
    ...{
      parallel: 3,
      attempts: 4,
      keep: false,
      pauseMs: 2,
      now: () => new Date(),
      signal: new AbortController().signal,
    },
    progress: { begin() {}, moved() {}, wait() {}, row() {} },
    ...more,
  });
}

const troubleOnce = (match: RegExp, trouble: Trouble): void => {
  let open = true;
  hub.trouble = ({ method, path: where }) => {
    if (!open || !match.test(`${method} ${where}`)) return undefined;
    open = false;
    return trouble;
  };
};

describe('when all goes well', () => {
  test('small and large files arrive with their names, and the spool is empty', async () => {
    const contents = [Buffer.from(''), Buffer.from('short'), randomBytes(PIECE_BYTES), randomBytes(LARGE)];
    for (const [index, content] of contents.entries()) await add(`log ${index} ü.txt`, content);
    const ran = await cli(['sync', '-o', 'json']);
    expect(ran.rows.map(({ did }) => did)).toEqual(['sent', 'sent', 'sent', 'sent']);
    expect(ran.code).toBe(0);
    for (const content of contents) expect(hub.bundles.get(hashOf(content))?.body.equals(content)).toBe(true);
    expect(hub.bundles.get(hashOf('short'))?.name).toBe('log 1 ü.txt');
    expect(await readdir(spool.files)).toEqual([]);
    expect((await cli(['sync'])).rows).toEqual([]);
  });

  test('--keep leaves what arrived, and does not ask for it again', async () => {
    await add('a', 'content');
    await cli(['sync', '--keep']);
    expect(await readEntries(spool)).toMatchObject([{ state: 'sent' }]);
    hub.requests.length = 0;
    expect((await cli(['sync', '--keep'])).rows).toEqual([]);
    expect(hub.requests).toEqual([]);
    await cli(['sync']);
    expect(await readdir(spool.files)).toEqual([]);
  });

  test('what the hub has from elsewhere is not sent', async () => {
    const sha256 = await add('a', 'content');
    hub.bundles.set(sha256, { name: 'from another machine', body: Buffer.from('content') });
    expect((await cli(['sync'])).rows).toMatchObject([{ did: 'was there' }]);
    expect(hub.requests).toEqual([`GET /v1/bundles/${sha256}`]);
  });
});

describe('when the hub does not want it', () => {
  test('a refusal is kept with its reason, not tried again until it is told to be, and may be dropped', async () => {
    const sha256 = await add('bad.txt', 'forbidden words');
    await add('good.txt', 'fine');
    const ran = await cli(['sync']);
    expect(ran.rows.map(({ name, did }) => `${String(name)} ${String(did)}`).toSorted()).toEqual([
      'bad.txt refused',
      'good.txt sent',
    ]);
    expect(ran.code).toBe(1);
    expect((await cli(['list'])).rows).toMatchObject([
      { state: 'refused', reason: 'the hub answered 400: nobody wants this' },
    ]);
    hub.requests.length = 0;
    expect((await cli(['sync'])).rows).toEqual([]);
    expect(hub.requests).toEqual([]);
    expect((await cli(['retry', 'nothing'])).code).toBe(1);
    expect((await cli(['retry', sha256.slice(0, 8)])).rows).toMatchObject([{ did: 'waiting' }]);
    expect((await cli(['sync'])).rows).toMatchObject([{ did: 'refused' }]);
    await cli(['drop', 'bad.txt']);
    expect(await readdir(spool.files)).toEqual([]);
  });

  test('content that changed in the spool is refused by its hash', async () => {
    const sha256 = await add('a', 'content');
    await writeFile(path.join(spool.files, sha256), 'changed');
    expect(await sync()).toMatchObject([{ did: 'refused', reason: expect.stringContaining('SHA-256') }]);
  });

  test.each([
    ['a wrong key', () => ({ REANIMATOR_API_KEY: 'wrong' }), 'check the API key'],
    ['another path', () => ({ REANIMATOR_HUB: `${hub.url}/elsewhere` }), "check the hub's address"],
  ])('%s stops the sync and refuses nothing', async (_, env, says) => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await add(name, name);
    const { rows, code } = await cli(['sync', '--parallel', '1'], env());
    expect(rows.map(({ did }) => did)).toEqual(Array.from({ length: 6 }, () => 'left'));
    expect(rows[0]?.['reason']).toContain(says);
    expect(code).toBe(1);
    expect(hub.requests.length).toBeLessThanOrEqual(2);
    expect((await readEntries(spool)).every(({ state }) => state === 'waiting')).toBe(true);
  });

  test.each([200, 204, 302])('somebody in between who answers %i to everything is never believed', async (status) => {
    await add('a', 'content');
    await add('b', randomBytes(PIECE_BYTES + 1));
    hub.trouble = () => ({ do: 'answer', status, ...(status === 204 ? {} : { body: '<html>welcome</html>' }) });
    expect((await sync()).map(({ did }) => did)).toEqual(['left', 'left']);
    hub.trouble = ({ method }) =>
      method === 'GET' ? undefined : { do: 'answer', status, body: '<html>welcome</html>' };
    expect((await sync()).map(({ did }) => did)).toEqual(['left', 'left']);
    expect(await readEntries(spool)).toHaveLength(2);
    hub.trouble = () => undefined;
    expect((await sync()).map(({ did }) => did)).toEqual(['sent', 'sent']);
  });
});

describe('when it breaks', () => {
  test.each([
    ['the line is cut in the middle', /POST/, { do: 'cut', afterBytes: 3 }],
    ['the answer is lost', /POST/, { do: 'drop' }],
    ['the question is lost', /GET/, { do: 'drop' }],
    ['500', /POST/, { do: 'answer', status: 500 }],
    ['429', /POST/, { do: 'answer', status: 429, headers: { 'retry-after': '0' } }],
    ['503', /GET/, { do: 'answer', status: 503, headers: { 'retry-after': '0' } }],
  ] as const)('%s: sent once in the end', async (_, match, trouble) => {
    const sha256 = await add('a', 'content');
    troubleOnce(match, trouble);
    expect((await sync()).map(({ did }) => did)).toMatchObject([expect.stringMatching(/sent|was there/)]);
    expect(hub.bundles.has(sha256)).toBe(true);
    expect(hub.sentTwice).toBe(0);
  });

  test('a large file goes on where the line broke', async () => {
    const content = randomBytes(LARGE);
    await add('a', content);
    let pieces = 0;
    hub.trouble = ({ method }) =>
      method === 'PATCH' && ++pieces === 2 ? { do: 'cut', afterBytes: 5_000_000 } : undefined;
    expect(await sync()).toMatchObject([{ did: 'sent' }]);
    expect(hub.bundles.get(hashOf(content))?.body.equals(content)).toBe(true);
    // The piece that broke may have been kept in part; what came before it is never sent again.
    expect(hub.receivedBytes).toBeLessThan(LARGE + PIECE_BYTES);
  });

  test('a lost answer to a piece, and to the last one', async () => {
    for (const nth of [1, 3]) {
      const content = randomBytes(LARGE);
      await add('a', content);
      let pieces = 0;
      hub.trouble = ({ method }) => (method === 'PATCH' && ++pieces === nth ? { do: 'drop' } : undefined);
      expect((await sync()).map(({ did }) => did)).toMatchObject([expect.stringMatching(/sent|was there/)]);
      expect(hub.bundles.get(hashOf(content))?.body.equals(content)).toBe(true);
    }
    expect(hub.sentTwice).toBe(0);
    expect(hub.receivedBytes).toBeLessThan(2 * LARGE + 10_000);
  });

  test('a hub that takes everything and keeps nothing is not fed for ever', async () => {
    await add('small', 'content');
    await add('large', randomBytes(LARGE));
    hub.trouble = ({ method }) => {
      if (method === 'PATCH') return { do: 'answer', status: 404 };
      if (method === 'POST') return { do: 'answer', status: 200, body: { id: 'x', offset: 0 } };
      return undefined;
    };
    expect((await sync({ attempts: 3 })).map(({ did }) => did)).toEqual(['left', 'left']);
    expect(hub.requests.length).toBeLessThan(20);
  });

  test('nobody there: left, said, and the second sync sends it', async () => {
    await add('a', 'content');
    await add('b', 'more');
    const gone = await startFakeIngestHub(KEY);
    await gone.close();
    const { rows, code } = await cli(['sync', '--attempts', '2'], { REANIMATOR_HUB: gone.url });
    expect(rows.map(({ did }) => did)).toEqual(['left', 'left']);
    expect(rows[0]?.['reason']).toContain('ECONNREFUSED');
    expect(code).toBe(1);
    expect((await cli(['sync'])).rows.map(({ did }) => did)).toEqual(['sent', 'sent']);
  });

  test('one file that cannot be read is left, the others go', async () => {
    const sha256 = await add('a', 'content');
    await add('b', 'more');
    await rm(path.join(spool.files, sha256));
    await mkdir(path.join(spool.files, sha256));
    expect((await sync()).map(({ name, did }) => `${name} ${did}`).toSorted()).toEqual(['a left', 'b sent']);
  });

  test.each([1, 2, 3])(
    'troubles of all kinds, seed %i: nothing lost, nothing sent twice',
    async (seed) => {
      const chance = seeded(seed);
      const contents = Array.from({ length: 12 }, (_, index) =>
        index % 6 === 5
          ? randomBytes(PIECE_BYTES + Math.floor(chance() * PIECE_BYTES))
          : randomBytes(Math.floor(chance() * 50_000)),
      );
      for (const [index, content] of contents.entries()) await add(`file ${index}`, content);
      const troubles: Trouble[] = [
        { do: 'drop' },
        { do: 'answer', status: 500 },
        { do: 'answer', status: 502, body: '<html>bad gateway</html>' },
        { do: 'answer', status: 429, headers: { 'retry-after': '0' } },
        { do: 'answer', status: 408 },
      ];
      hub.trouble = () => {
        if (chance() > 0.35) return undefined;
        const which = Math.floor(chance() * (troubles.length + 1));
        return troubles[which] ?? { do: 'cut', afterBytes: Math.floor(chance() * 4_000_000) };
      };
      for (let round = 0; round < 30 && (await readEntries(spool)).length > 0; round += 1) await sync({ attempts: 2 });
      for (const content of contents) expect(hub.bundles.get(hashOf(content))?.body.equals(content)).toBe(true);
      expect(hub.bundles.size).toBe(new Set(contents.map(hashOf)).size);
      expect(hub.sentTwice).toBe(0);
      expect(await readdir(spool.files)).toEqual([]);
    },
    30_000,
  );
});

describe('as a process', () => {
  const program = `
    import { Command } from 'commander';
    import { addSpoolCommands } from ${JSON.stringify(path.join(import.meta.dirname, 'commands.ts'))};
    const program = new Command('reanimator');
    addSpoolCommands(program, { env: process.env, pauseMs: 2, print: (_, rows) => console.log(JSON.stringify(rows)) });
    await program.parseAsync(['node', 'reanimator', 'spool', ...process.argv.slice(1)]);`;

  function start(args: string[], more: Record<string, string> = {}) {
    const env = {
      ...process.env,
      REANIMATOR_SPOOL: spool.folder,
      REANIMATOR_HUB: hub.url,
      REANIMATOR_API_KEY: KEY,
      ...more,
    };
    return execFile(process.execPath, ['--input-type=module', '-e', program, ...args], { env });
  }

  test('killed at any moment, again and again: nothing lost, nothing sent twice, the lock is taken over', async () => {
    const chance = seeded(7);
    const contents = [
      ...Array.from({ length: 30 }, (_, index) => Buffer.concat([Buffer.from(`${index} `), randomBytes(20_000)])),
      randomBytes(LARGE),
    ];
    const files: string[] = [];
    for (const [index, content] of contents.entries()) {
      const file = path.join(folder, `file ${index}`);
      await writeFile(file, content);
      files.push(file);
    }
    for (let round = 0; round < 3; round += 1) {
      const adding = start(['add', ...files]);
      await sleep(250 + chance() * 200);
      adding.kill('SIGKILL');
    }
    await new Promise((resolve) => start(['add', ...files]).once('exit', resolve));
    expect(await readEntries(spool)).toHaveLength(contents.length);
    let kills = 0;
    while ((await readEntries(spool)).length > 0 && kills < 40) {
      const begun = hub.requests.length;
      const running = start(['sync', '--parallel', '2']);
      const ended = new Promise((resolve) => running.once('exit', resolve));
      while (running.exitCode === null && hub.requests.length < begun + 4 + Math.floor(chance() * 12)) await sleep(2);
      running.kill('SIGKILL');
      await ended;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(2);
    for (const content of contents) expect(hub.bundles.get(hashOf(content))?.body.equals(content)).toBe(true);
    expect(hub.sentTwice).toBe(0);
  }, 60_000);

  test('one sync at a time, and an interrupted one says what is left', async () => {
    await add('a', 'content');
    let asked = (): void => {};
    const first = new Promise<void>((resolve) => (asked = resolve));
    hub.trouble = () => {
      asked();
      return { do: 'answer', status: 500 };
    };
    const running = start(['sync', '--attempts', '1000'], {});
    let out = '';
    running.stdout?.on('data', (text: string) => (out += text));
    await first;
    const second = await cli(['sync']);
    expect(second).toMatchObject({ code: 1, error: expect.stringContaining('another sync runs') });
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(JSON.parse(out)).toMatchObject([{ did: 'left' }]);
    hub.trouble = () => undefined;
    expect((await cli(['sync'])).rows).toMatchObject([{ did: 'sent' }]);
  }, 20_000);
});

describe('usage', () => {
  test('says what is missing, and never repeats the key', async () => {
    expect(await cli(['sync'], { REANIMATOR_HUB: '' })).toMatchObject({
      code: 2,
      error: expect.stringContaining('--hub'),
    });
    expect(await cli(['sync'], { REANIMATOR_API_KEY: '' })).toMatchObject({
      code: 2,
      error: expect.stringContaining('REANIMATOR_API_KEY'),
    });
    const bad = await cli(['sync'], { REANIMATOR_API_KEY: 'two\nlines' });
    expect(bad.code).toBe(2);
    expect(bad.error).not.toContain('lines');
    expect(await cli(['sync', '--parallel', '0'])).toMatchObject({ code: 2 });
  });

  test('the key from a file', async () => {
    await add('a', 'content');
    const file = path.join(folder, 'key');
    await writeFile(file, `${KEY}\n`);
    const { rows } = await cli(['sync'], { REANIMATOR_API_KEY: '', REANIMATOR_API_KEY_FILE: file });
    expect(rows).toMatchObject([{ did: 'sent' }]);
    expect(await readFile(file, 'utf8')).toContain(KEY);
  });
});
