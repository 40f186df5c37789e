import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toCursor } from '#src/core/page.ts';
import { newId } from '#src/core/id.ts';
import { runCli, type CliResult } from '#test/kit/run-cli.ts';
import { tarOf } from '#src/archives/archives-for-tests.ts';
import { type Door, driveOf, expectProblem, MIB, openDoor, reportOf, sha256Of, smartctlOf } from './intake-door.ts';

let door: Door;
let objects: string;
beforeAll(async () => {
  door = await openDoor();
  objects = door.on.stage.env['DIRECTORY_PATH'] ?? '';
});
afterAll(() => door.close());

interface Bundle {
  sha256: string;
  files: { path: string }[];
}

const bytesOf = (sha256: string): Promise<Response> =>
  fetch(`${door.on.url}/v1/bundles/${sha256}/content`, { headers: { authorization: `Bearer ${door.on.apiKey}` } });

/** The file of an object, whatever the store calls it. */
async function objectOf(sha256: string): Promise<string> {
  const folder = path.join(objects, 'bundles', sha256.slice(0, 2));
  const name = (await readdir(folder)).find((one) => one.startsWith(sha256));
  return path.join(folder, name ?? 'missing');
}

describe('GET /v1/bundles', () => {
  test('the newest first, in pages, each once, whatever comes in meanwhile', async () => {
    const sent: string[] = [];
    for (let at = 0; at < 7; at += 1) sent.unshift(String((await door.send(reportOf(`LIST000${at}`))).json['sha256']));
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await door.ask(`/v1/bundles?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(page.status, page.text).toBe(200);
      seen.push(...(page.json['items'] as Bundle[]).map(({ sha256 }) => sha256));
      if (cursor === '') await door.send(reportOf('LIST0008'));
      cursor = String(page.json['next'] ?? '');
    } while (cursor !== '');
    expect(seen).toEqual(sent);
  });

  test('one of them, as in the list; one that nobody sent: 404; what is no SHA-256: 400', async () => {
    const [first] = (await door.ask('/v1/bundles?limit=1')).json['items'] as Bundle[];
    expect((await door.ask(`/v1/bundles/${first?.sha256}`)).json).toEqual(first);
    for (const part of ['', '/content']) {
      expectProblem(await door.ask(`/v1/bundles/${sha256Of('nobody sent this')}${part}`), 404, 'not-found');
      for (const none of ['abc', 'A'.repeat(64), newId()])
        expect(expectProblem(await door.ask(`/v1/bundles/${none}${part}`), 400, 'invalid')[0]?.field).toBe(
          'path.sha256',
        );
    }
  });

  test.each([
    ['of another list', toCursor(['2026-11-21T06:00:00.000Z', newId()])],
    ['made up', 'abc'],
    ['with a number that is none', toCursor(['1e9'])],
    ['with a number beyond all', toCursor(['9'.repeat(300)])],
    ['with two numbers', toCursor(['1', '2'])],
    ['with a number instead of a text', Buffer.from('[1]').toString('base64url')],
  ])('a cursor %s: 400', async (_what, cursor) => {
    expect(expectProblem(await door.ask(`/v1/bundles?cursor=${cursor}`), 400, 'invalid')[0]?.field).toBe(
      'query.cursor',
    );
  });
});

describe('the bytes of a bundle', () => {
  test('come back as they were sent, with their length: text, noise, an archive, three megabytes', async () => {
    const contents = [
      Buffer.from(smartctlOf('ZL2BYTES')),
      randomBytes(3 * MIB),
      gzipSync(reportOf('BYTES001')),
      Buffer.from(`${reportOf('BYTES002')}${' '.repeat(3 * MIB)}`),
    ];
    for (const content of contents) {
      const { sha256 } = (await door.send(content)).json as unknown as Bundle;
      const answer = await bytesOf(sha256);
      expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(content.length)]);
      expect(answer.headers.get('content-disposition')).toContain('attachment');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
    }
  });

  test('a reader that goes away in the middle harms nobody', async () => {
    const { sha256 } = (await door.send(randomBytes(8 * MIB))).json as unknown as Bundle;
    for (let run = 0; run < 5; run += 1) {
      const answer = await bytesOf(sha256);
      await answer.body?.cancel();
    }
    expect((await (await bytesOf(sha256)).arrayBuffer()).byteLength).toBe(8 * MIB);
  });

  test('that are gone: 404 which says so; damaged ones never pass for whole', async () => {
    const content = Buffer.from(`${reportOf('GONE0001')}${' '.repeat(100_000)}`);
    const { sha256 } = (await door.send(content)).json as unknown as Bundle;
    const file = await objectOf(sha256);
    await rename(file, `${file}.aside`);
    const gone = await door.ask(`/v1/bundles/${sha256}/content`);
    expectProblem(gone, 404, 'not-found');
    expect(gone.json['detail']).toContain('object store');
    expect((await door.ask(`/v1/bundles/${sha256}`)).status).toBe(200);
    await writeFile(file, 'something else');
    const broken = await bytesOf(sha256).then(
      (answer) =>
        answer.arrayBuffer().then(
          () => 'whole',
          () => 'broken off',
        ),
      () => 'broken off',
    );
    expect(broken).toBe('broken off');
    await rename(`${file}.aside`, file);
    expect((await (await bytesOf(sha256)).arrayBuffer()).byteLength).toBe(content.length);
  });

  test('an object store that takes nothing: 503, nothing is kept; then the same upload is taken', async () => {
    const content = reportOf('STORE001');
    await rename(objects, `${objects}.aside`);
    await writeFile(objects, 'a file where a folder should be');
    const before = await door.traces();
    expectProblem(await door.send(content), 503, 'unavailable');
    expect((await door.traces()).rows).toEqual(before.rows);
    await rm(objects);
    await rename(`${objects}.aside`, objects);
    expect((await door.send(content)).status).toBe(201);
  });

  test('a folder for uploads that cannot be written: 503, not a fault of the sender', async () => {
    const folder = door.on.stage.env['UPLOAD_PATH'] ?? '';
    await mkdir(folder, { recursive: true });
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file where a folder should be');
    const before = (await door.traces()).rows;
    expectProblem(await door.send(`${reportOf('DISK0001')}${' '.repeat(2 * MIB)}`), 503, 'unavailable');
    expect((await door.traces()).rows).toEqual(before);
    await rm(folder);
    expect((await door.send(`${reportOf('DISK0001')}${' '.repeat(2 * MIB)}`)).status).toBe(201);
  });
});

describe('reanimator', () => {
  const cli = (...args: string[]): Promise<CliResult> => {
    const settings = Object.entries(door.on.stage.env).filter(([name]) => !/^(NETBOX|JIRA|AWX)_/.test(name));
    return runCli(args, {
      ...Object.fromEntries(settings),
      DATABASE_URL: door.on.database.url,
      REDIS_URL: door.on.redisUrl,
    });
  };

  test('history check finds nothing; what was damaged by hand it finds, and rebuild mends it, but for bytes that are gone', async () => {
    const drives = [driveOf('MOVED001'), { ...driveOf('MOVED002'), slot: '2' }];
    await door.send(reportOf('CHECK001', { components: drives }));
    await door.send(reportOf('CHECK002', { collected_at: '2026-06-01T00:00:00Z', components: [driveOf('MOVED001')] }));
    await door.send(await tarOf([{ name: 'a/smartctl.txt', content: smartctlOf('ZL2CHECK') }]));
    const well = await cli('history', 'check', '--objects', '-o', 'json');
    expect([well.code, well.stdout.trim()], well.stderr).toEqual([0, '[]']);

    const gone = (await door.send(reportOf('LOST0001'))).json as unknown as Bundle;
    const changed = (await door.send(reportOf('LOST0002'))).json as unknown as Bundle;
    const { db } = door.on.database;
    const [damaged] = await db('components').where({ vendor_serial: 'MOVED001' }).select('id');
    const stay = async () =>
      db('installations').where({ component_id: damaged.id }).orderBy('installed_at').select('asset_id', 'slot');
    const before = { traces: await door.traces(), stay: await stay() };
    expect(before.stay).toHaveLength(2);
    await db('installations').where({ component_id: damaged.id }).delete();
    await rm(await objectOf(gone.sha256));
    const file = await objectOf(changed.sha256);
    await rm(file);
    await writeFile(file.replace(/\.zst$/, ''), reportOf('LOST0003'));

    const ill = await cli('history', 'check', '--objects', '-o', 'json');
    expect(ill.code, ill.stderr).toBe(1);
    const faults = JSON.parse(ill.stdout) as { where: string; what: string }[];
    expect(faults).toContainEqual({ where: `bundle ${gone.sha256}`, what: 'its bytes are not in the object store' });
    const others = faults.filter(({ where }) => !where.startsWith('bundle'));
    expect(others.length).toBeGreaterThan(0);
    for (const { where } of others) expect(where).toContain('MOVED001');

    const mended = await cli('history', 'rebuild', '-o', 'json');
    expect(mended.code, mended.stderr).toBe(1);
    expect(JSON.parse(mended.stdout)).toMatchObject([{ readAnew: 0, lost: 2, changed: 1 }]);
    expect(mended.stderr).toContain(`bundle ${gone.sha256}: its bytes are not in the object store`);
    expect(mended.stderr).toContain(`bundle ${changed.sha256}: its bytes in the object store are not those that came`);
    const again = await cli('history', 'check');
    expect([again.code, again.stdout.trim()], again.stderr).toEqual([0, 'what is believed is what was seen']);
    expect(await stay()).toEqual(before.stay);
    expect((await door.traces()).rows['installations']).toBe(before.traces.rows['installations']);
    expect((await door.traces()).uploads).toEqual([]);
  });

  test('bundle inspect needs no hub: as a table, as lines of JSON, and what cannot be read', async () => {
    const folder = path.join(path.dirname(objects), 'inspect');
    await mkdir(path.join(folder, 'tree'), { recursive: true });
    const [good, bad, tree] = ['good.json', 'bad.tar', 'tree'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(good, reportOf('INSPECT1'));
    await writeFile(bad, (await tarOf([{ name: 'x', content: 'y'.repeat(2000) }])).subarray(0, 1200));
    await writeFile(path.join(tree, 'smartctl.txt'), smartctlOf('ZL2\u001b[2J1'));
    const table = await runCli(['bundle', 'inspect', good, tree]);
    expect([table.code, table.stderr]).toEqual([0, '']);
    for (const text of [
      'reanimator-json',
      'INSPECT1',
      'DRVINSPECT1',
      'MTFDKCC3T8TGP',
      'smartctl.txt',
      '16 TB (16000900661248)',
    ])
      expect(table.stdout).toContain(text);
    expect(table.stdout).not.toContain('\u001b');
    const lines = await runCli(['bundle', 'inspect', '-o', 'jsonl', good, bad, tree, path.join(folder, 'nobody')]);
    expect(lines.code).toBe(1);
    const read = lines.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(read.map(({ bundle }) => bundle)).toEqual([good, bad, tree, path.join(folder, 'nobody')]);
    expect(read[0]).toMatchObject({ snapshots: [{ host: { productSerial: 'INSPECT1' } }] });
    expect(read[1]?.['error']).toBeTypeOf('string');
    expect(read[2]).toMatchObject({ snapshots: [{ components: [{ kind: 'drive' }] }] });
    expect(read[3]?.['error']).toContain('ENOENT');
  });
});
