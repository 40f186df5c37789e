import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { newId } from '#src/core/id.ts';
import { call, type Called } from '#test/kit/call.ts';
import { gzipOfZeros } from '#src/archives/archives-for-tests.ts';
import { type Door, expectProblem, MIB, openDoor, reportOf, sha256Of } from './intake-door.ts';

const MOST = 16 * MIB;
const UPLOADS = '/v1/ingest/uploads';

let door: Door;
let folder: string;
beforeAll(async () => {
  door = await openDoor({ env: { UPLOAD_MAX_BYTES: String(MOST) } });
  folder = door.on.stage.env['UPLOAD_PATH'] ?? '';
  await leave('old.upload', 25 / 24);
  await leave('young.upload', 23 / 24);
});
afterAll(() => door.close());

const DAY_S = 86_400;

/** As if a hub that was killed had left it so many days ago. */
async function leave(name: string, days: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), 'x');
  const at = Date.now() / 1000 - days * DAY_S;
  await utimes(path.join(folder, name), at, at);
}

const large = (serial: string): Buffer => Buffer.from(`${reportOf(serial)}${' '.repeat(3 * MIB)}`);

function begin(content: Buffer, more: { key?: string; headers?: Record<string, string> } = {}): Promise<Called> {
  return call(door.on.url + UPLOADS, {
    key: door.on.apiKey,
    body: { sha256: sha256Of(content), bytes: content.length },
    ...more,
  });
}

function append(id: unknown, offset: number | string, body: Buffer, key = door.on.apiKey): Promise<Called> {
  return call(`${door.on.url}${UPLOADS}/${String(id)}`, {
    method: 'PATCH',
    key,
    body,
    headers: { 'content-type': 'application/octet-stream', 'upload-offset': String(offset) },
  });
}

function openPart(id: unknown, bytes: number): http.ClientRequest {
  return http.request(`${door.on.url}${UPLOADS}/${String(id)}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${door.on.apiKey}`, 'content-length': String(bytes), 'upload-offset': '0' },
  });
}

describe('in parts', () => {
  test('begin, parts, the end: as if it had come at once; asked for again: it is here', async () => {
    const content = large('PARTS001');
    const begun = await begin(content, { headers: { 'x-file-name': 'collected%20today.json' } });
    expect([begun.status, begun.json['offset'], begun.headers.get('upload-offset')]).toEqual([201, 0, '0']);
    const { id } = begun.json;
    expect(begun.headers.get('location')).toBe(`${UPLOADS}/${String(id)}`);
    const first = await append(id, 0, content.subarray(0, MIB));
    expect([first.status, first.json, first.headers.get('upload-offset')]).toEqual([
      202,
      { id, offset: MIB },
      String(MIB),
    ]);
    const resumed = await begin(content);
    expect([resumed.status, resumed.json]).toEqual([200, { id, offset: MIB }]);
    const last = await append(id, MIB, content.subarray(MIB));
    expect([last.status, last.headers.get('location')], last.text).toEqual([201, `/v1/bundles/${sha256Of(content)}`]);
    expect(last.json).toMatchObject({ file_name: 'collected today.json', snapshots: [{ components: 1 }] });
    expect((await door.send(content)).text).toBe(last.text);
    const again = await begin(content);
    expect([again.status, again.json['bundle']]).toEqual([200, last.json]);
    expectProblem(await append(id, content.length, Buffer.alloc(0)), 404, 'not-found');
    expect(await door.traces()).toMatchObject({ uploads: ['young.upload'], rows: { uploads: 0 } });
  });

  test('that begin elsewhere: 409 with where it goes on; beyond the end: 400, and the rest may follow', async () => {
    const content = large('PARTS002');
    const { id } = (await begin(content)).json;
    await append(id, 0, content.subarray(0, 1000));
    for (const wrong of [0, 999, 1001, 10 ** 14]) {
      const answer = await append(id, wrong, content.subarray(0, 10));
      expectProblem(answer, 409, 'conflict');
      expect(answer.json['offset']).toBe(1000);
    }
    for (const none of ['', 'x', '-1', '1e3', '10.5'])
      expect(expectProblem(await append(id, none, Buffer.from('x')), 400, 'invalid')[0]?.field).toBe(
        'header Upload-Offset',
      );
    const beyond = await append(id, 1000, Buffer.alloc(content.length));
    expectProblem(beyond, 400, 'invalid');
    expect(beyond.json['detail']).toContain(String(content.length));
    const there = Number((await begin(content)).json['offset']);
    expect(there).toBeGreaterThanOrEqual(1000);
    expect(there).toBeLessThanOrEqual(content.length);
  });

  test('an empty part at the end ends what has come but was not told', async () => {
    const content = large('PARTS003');
    const { id } = (await begin(content)).json;
    const part = path.join(folder, `${String(id)}.part`);
    await writeFile(part, content);
    expect((await begin(content)).json).toEqual({ id, offset: content.length });
    expect((await append(id, content.length, Buffer.alloc(0))).status).toBe(201);
    expect(existsSync(part)).toBe(false);
  });

  test('cut in the middle of a part: what arrived stays, and it goes on from there', async () => {
    const content = randomBytes(6 * MIB);
    const { id } = (await begin(content)).json;
    const cut = openPart(id, content.length);
    cut.on('error', () => {}); // we hang up ourselves
    cut.write(content.subarray(0, MIB));
    await until('some of it arrived', async () => (await begin(content)).json['offset'] === MIB);
    cut.destroy();
    await until('the part was given up', async () => {
      const [row] = await door.on.database.db('uploads').where({ id }).select('busy_until');
      return row?.busy_until === null;
    });
    const offset = Number((await begin(content)).json['offset']);
    expect(offset).toBe(MIB);
    expect((await append(id, offset, content.subarray(offset, offset + 10))).status).toBe(202);
    expect((await append(id, offset + 10, content.subarray(offset + 10))).status).toBe(201);
    const kept = await fetch(`${door.on.url}/v1/bundles/${sha256Of(content)}/content`, {
      headers: { authorization: `Bearer ${door.on.apiKey}` },
    });
    expect(Buffer.from(await kept.arrayBuffer()).equals(content)).toBe(true);
  });

  test('two writers: one writes, the other is told to wait and how far it is', async () => {
    const content = large('PARTS004');
    const { id } = (await begin(content)).json;
    const slow = openPart(id, content.length);
    const answered = new Promise<number>((resolve, reject) => {
      slow.once('response', (answer) => resolve(answer.resume().statusCode ?? 0)).once('error', reject);
    });
    slow.write(content.subarray(0, 5000));
    await until('the first part is being written', async () => (await begin(content)).json['offset'] === 5000);
    const other = await append(id, 5000, content.subarray(5000));
    expectProblem(other, 409, 'conflict');
    expect(other.json['offset']).toBe(5000);
    slow.end(content.subarray(5000));
    expect(await answered).toBe(201);
    const kept = await door.on.database.db('log_bundles').where({ sha256: Buffer.from(sha256Of(content), 'hex') });
    expect(kept).toHaveLength(1);
  });

  test('twenty that end it at once: one bundle', async () => {
    const content = large('PARTS005');
    const { id } = (await begin(content)).json;
    const answers = await Promise.all(Array.from({ length: 20 }, () => append(id, 0, content)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status, text } of answers) expect([201, 404, 409], text).toContain(status);
    expect(await door.traces()).toMatchObject({
      uploads: expect.not.arrayContaining([`${String(id)}.part`]) as string[],
    });
    expect((await begin(content)).json).toHaveProperty('bundle');
  });

  test('other bytes than announced: 503, all of it is dropped, and it begins again', async () => {
    const before = await door.traces();
    const content = large('PARTS006');
    const { id } = (await begin(content)).json;
    const changed = Buffer.from(content);
    changed[changed.length - 1] = 10;
    expectProblem(await append(id, 0, changed), 503, 'unavailable');
    expect(await door.traces()).toEqual(before);
    const again = await begin(content);
    expect([again.status, again.json['offset']]).toEqual([201, 0]);
    expect((await append(again.json['id'], 0, content)).status).toBe(201);
  });

  test('what cannot be read: refused as a whole upload is, and dropped', async () => {
    const before = await door.traces();
    const path400 = Buffer.from(reportOf('PARTS007', { components: 'none' }));
    const bomb = gzipOfZeros(128);
    const cut = gzipSync(randomBytes(100_000)).subarray(0, 50_000);
    for (const [content, status, kind] of [
      [bomb, 413, 'too-large'],
      [cut, 400, 'invalid'],
      [path400, 400, 'invalid'],
    ] as const) {
      const { id } = (await begin(content)).json;
      const half = content.length >> 1;
      expect((await append(id, 0, content.subarray(0, half))).status).toBe(202);
      expectProblem(await append(id, half, content.subarray(half)), status, kind);
      expect(await door.traces()).toEqual(before);
    }
  });
});

describe('an announcement', () => {
  test('of too much, of nothing, or of what is none: refused', async () => {
    const before = await door.traces();
    const ask = (body: unknown) => call(door.on.url + UPLOADS, { key: door.on.apiKey, body });
    const sha256 = 'a'.repeat(64);
    expectProblem(await ask({ sha256, bytes: MOST + 1 }), 413, 'too-large');
    for (const bytes of [0, -1, 1.5, '5', 2 ** 60]) {
      const answer = await ask({ sha256, bytes });
      expect([400, 413], `${bytes}: ${answer.text}`).toContain(answer.status);
    }
    for (const sha of ['a', 'A'.repeat(64), `${'a'.repeat(63)}g`])
      expect(expectProblem(await ask({ sha256: sha, bytes: 5 }), 400, 'invalid')[0]?.field).toBe('/sha256');
    expectProblem(await ask({ sha256, bytes: 5, name: 'x' }), 400, 'invalid');
    expect(await door.traces()).toEqual(before);
  });

  test('of the same bytes with another length: 409', async () => {
    const sha256 = sha256Of('length');
    await call(door.on.url + UPLOADS, { key: door.on.apiKey, body: { sha256, bytes: 6 } });
    expectProblem(
      await call(door.on.url + UPLOADS, { key: door.on.apiKey, body: { sha256, bytes: 7 } }),
      409,
      'conflict',
    );
  });

  test("is the caller's own: another caller neither sees nor touches it", async () => {
    const content = large('PARTS010');
    const { id } = (await begin(content)).json;
    await append(id, 0, content.subarray(0, 1000));
    const stranger = await door.on.keyFor(['bundles:write']);
    expectProblem(await append(id, 1000, content.subarray(1000), stranger), 404, 'not-found');
    const own = await begin(content, { key: stranger });
    expect([own.status, own.json['offset']]).toEqual([201, 0]);
    expect(own.json['id']).not.toBe(id);
    expect((await append(own.json['id'], 0, content, stranger)).status).toBe(201);
    expect((await append(id, 1000, content.subarray(1000))).status).toBe(200);
    expectProblem(await append(newId(), 0, content), 404, 'not-found');
    const reader = await door.on.keyFor(['bundles:read']);
    expectProblem(await begin(content, { key: reader }), 403, 'forbidden');
  });
});

describe('what nobody finishes', () => {
  test('is taken away after a week; what is young, or being written now, stays', async () => {
    const [old, busy, young] = [large('PARTS020'), large('PARTS021'), large('PARTS022')];
    const ids: string[] = [];
    for (const content of [old, busy, young]) {
      const { id } = (await begin(content)).json;
      await append(id, 0, content.subarray(0, 1000));
      ids.push(String(id));
    }
    const db = door.on.database.db;
    const weekAgo = new Date(Date.now() - 8 * DAY_S * 1000).toISOString().slice(0, 19).replace('T', ' ');
    await db('uploads').whereIn('id', ids.slice(0, 2)).update({ created_at: weekAgo });
    await db('uploads').where({ id: ids[1] }).update({ busy_until: '2100-01-01 00:00:00' });
    await leave(`${newId()}.part`, 8);
    await leave(`${newId()}.part`, 6);
    await leave('notes.txt', 8);
    const files = await readdir(folder);
    await begin(large('PARTS023'));
    const after = await readdir(folder);
    expect(after).not.toContain(`${ids[0]}.part`);
    expect(after).toEqual(expect.arrayContaining([`${ids[1]}.part`, `${ids[2]}.part`, 'notes.txt']));
    expect(files.length - after.length).toBe(2);
    expect((await db('uploads').whereIn('id', ids).select('id')).map(({ id }) => String(id)).toSorted()).toEqual(
      ids.slice(1).toSorted(),
    );
    expectProblem(await append(ids[0], 1000, old.subarray(1000)), 404, 'not-found');
  });

  test('of a hub that was killed: files of whole uploads go after a day, with the first upload to the next one', async () => {
    expect((await door.send(reportOf('SWEPT001'))).status).toBe(201);
    const files = await readdir(folder);
    expect([files.includes('old.upload'), files.includes('young.upload')]).toEqual([false, true]);
  });
});
