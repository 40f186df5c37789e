import http from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { newId } from '#src/core/id.ts';
import { call } from '#test/kit/call.ts';
import { type Door, expectProblem, MIB, openDoor, reportOf, sendSlowly, sha256Of, smartctlOf } from './intake-door.ts';

const MOST = 8 * MIB;
const DOOR = '/v1/ingest/logbundle';

let door: Door;
beforeAll(async () => void (door = await openDoor({ env: { UPLOAD_MAX_BYTES: String(MOST) } })));
afterAll(() => door.close());

const keyed = (): Record<string, string> => ({ authorization: `Bearer ${door.on.apiKey}` });

interface Bundle {
  sha256: string;
  bytes: number;
  file_name: string | null;
  snapshots: { collected_at: string; place: { id: string } | null; components: number; warnings: string[] }[];
  files: { path: string; format: string | null; warnings: string[] }[];
}

describe('a file', () => {
  test('as it is: 201 with what was found; again: 200 with the same; with and without the version in the address', async () => {
    const body = reportOf('DOOR0001');
    const first = await door.send(body, { headers: { 'x-file-name': encodeURIComponent('отчёт 1.json') } });
    expect([first.status, first.headers.get('location')], first.text).toEqual([201, `/v1/bundles/${sha256Of(body)}`]);
    const bundle = first.json as unknown as Bundle;
    expect(bundle).toMatchObject({ sha256: sha256Of(body), bytes: body.length, file_name: 'отчёт 1.json' });
    expect(bundle.snapshots).toMatchObject([{ components: 1, collected_at: '2026-05-03T12:00:00.000Z' }]);
    const before = await door.traces();
    const again = await door.send(body, { path: '/ingest/logbundle' });
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await door.traces()).toEqual(before);
  });

  test('as JSON, text or nothing in particular: what it is called makes no difference', async () => {
    for (const [at, type] of ['application/json', 'text/csv', 'application/x-www-form-urlencoded', ''].entries()) {
      const body = reportOf(`TYPE000${at}`);
      const answer = await door.send(Buffer.from(body), { headers: { 'content-type': type } });
      expect([answer.status, answer.json['sha256']], `${type}: ${answer.text}`).toEqual([201, sha256Of(body)]);
    }
  });

  test('in a form, with its name; small and larger than what is held in memory', async () => {
    for (const size of [0, 3 * MIB]) {
      const body = reportOf(`FORM${size}`) + ' '.repeat(size);
      const form = new FormData();
      form.set('note', 'a field before');
      form.set('file', new Blob([body]), `form-${size}.json`);
      form.set('after', 'and one behind');
      const answer = await fetch(door.on.url + DOOR, { method: 'POST', headers: keyed(), body: form });
      expect(answer.status, `${size}`).toBe(201);
      expect(await answer.json()).toMatchObject({ sha256: sha256Of(body), file_name: `form-${size}.json` });
    }
    expect((await door.traces()).uploads).toEqual([]);
  });

  test('in a form without a file, or in one that is damaged: 400, and nothing is left', async () => {
    const before = await door.traces();
    const multipart = { 'content-type': 'multipart/form-data; boundary=x' };
    const part = (content: string): string =>
      `--x\r\nContent-Disposition: form-data; name="f"; filename="a.json"\r\n\r\n${content}`;
    const bodies = [
      '--x\r\nContent-Disposition: form-data; name="f"\r\n\r\nonly a field\r\n--x--\r\n',
      part(reportOf('CUT00001')),
      part(reportOf('CUT00002') + ' '.repeat(2 * MIB)),
      'no form at all',
      '--x--\r\n',
    ];
    for (const body of bodies)
      expect(expectProblem(await door.send(body, { headers: multipart }), 400, 'invalid')[0]?.field).toBe('body');
    expectProblem(await door.send('x', { headers: { 'content-type': 'multipart/form-data' } }), 400, 'invalid');
    const two = `${part(reportOf('CUT00003'))}\r\n${part(reportOf('CUT00004'))}\r\n--x--\r\n`;
    const refused = await door.send(two, { headers: multipart });
    expect(expectProblem(refused, 400, 'invalid')[0]?.message).toContain('one by one');
    const large = part('x'.repeat(MOST + 1));
    expectProblem(await door.send(`${large}\r\n--x--\r\n`, { headers: multipart }), 413, 'too-large');
    expect(await door.traces()).toEqual(before);
  });

  test('that nothing knows: 201, kept as it is, with a warning', async () => {
    const answer = await door.send('what a stranger wrote\n');
    expect(answer.status).toBe(201);
    const { snapshots, files } = answer.json as unknown as Bundle;
    expect([snapshots, files[0]?.format]).toEqual([[], null]);
    expect(files[0]?.warnings.join()).toContain('no format');
  });

  test('with nothing in it: 400', async () => {
    const before = await door.traces();
    expect(expectProblem(await door.send(''), 400, 'invalid')[0]?.field).toBe('body');
    expectProblem(await call(door.on.url + DOOR, { method: 'POST', key: door.on.apiKey }), 400, 'invalid');
    expect(await door.traces()).toEqual(before);
  });
});

describe('what is said about a file', () => {
  test('X-Content-SHA256 of other bytes: 503, send it again; of these: taken, in capitals too', async () => {
    const before = await door.traces();
    const body = reportOf('HASH0001');
    const wrong = await door.send(body, { headers: { 'x-content-sha256': sha256Of('something else') } });
    expectProblem(wrong, 503, 'unavailable');
    expect(wrong.json['detail']).toMatch(/send it again/i);
    expect(wrong.headers.get('retry-after')).not.toBeNull();
    expect(await door.traces()).toEqual(before);
    const right = await door.send(body, { headers: { 'x-content-sha256': sha256Of(body).toUpperCase() } });
    expect(right.status).toBe(201);
  });

  test('X-Content-SHA256 that is none: 400, since sending it again would not help', async () => {
    const before = await door.traces();
    const answer = await door.send(reportOf('HASH0002'), { headers: { 'x-content-sha256': 'abc' } });
    expect(expectProblem(answer, 400, 'invalid')[0]?.field).toBe('header X-Content-SHA256');
    expect(await door.traces()).toEqual(before);
  });

  test('X-File-Name that cannot be decoded: 400; of a thousand characters, with signs that steer: cut and kept as text', async () => {
    expect(
      expectProblem(await door.send('n', { headers: { 'x-file-name': '%E0%A4%A' } }), 400, 'invalid')[0]?.field,
    ).toBe('header X-File-Name');
    const name = encodeURIComponent(`../../etc/\u0000\u001b[31m${'😀'.repeat(127)}x`);
    const answer = await door.send(reportOf('NAME0001'), { headers: { 'x-file-name': name } });
    expect(answer.status, answer.text).toBe(201);
    expect(String(answer.json['file_name']).length).toBeLessThanOrEqual(255);
    expect(String(answer.json['file_name']).isWellFormed()).toBe(true);
    expect((answer.json as unknown as Bundle).files[0]?.path).not.toContain('/');
    const shown = await door.ask(`/v1/bundles/${answer.json['sha256']}`);
    expect(shown.text).toBe(answer.text);
  });

  test('asset_id of nobody, or that is none: 400, and nothing is kept', async () => {
    const before = await door.traces();
    const send = (asset: string) => door.send(smartctlOf('ZL2HINT1'), { path: `${DOOR}?asset_id=${asset}` });
    for (const asset of [newId(), 'seven'])
      expect(expectProblem(await send(asset), 400, 'invalid')[0]?.field).toBe('query.asset_id');
    expectProblem(await door.send('x', { path: `${DOOR}?asset=${newId()}` }), 400, 'invalid');
    expect(await door.traces()).toEqual(before);
  });

  test('asset_id for a file that does not say whose it is; in capitals too', async () => {
    const own = (await door.send(reportOf('OWNER001'))).json as unknown as Bundle;
    const asset = own.snapshots[0]?.place?.id ?? '';
    for (const [serial, id] of [
      ['ZL2HINT2', asset],
      ['ZL2HINT3', asset.toUpperCase()],
    ]) {
      const answer = await door.send(smartctlOf(serial ?? ''), { path: `${DOOR}?asset_id=${id}` });
      expect(answer.status, answer.text).toBe(201);
      expect((answer.json as unknown as Bundle).snapshots).toMatchObject([{ place: { type: 'asset', id: asset } }]);
    }
    const lost = (await door.send(smartctlOf('ZL2HINT4'))).json as unknown as Bundle;
    expect(lost.snapshots).toMatchObject([{ place: null }]);
  });

  test('asset_id of one server for a file of another that says so: both are heard, nothing is lost', async () => {
    const one = (await door.send(reportOf('OWNER002'))).json as unknown as Bundle;
    const asset = one.snapshots[0]?.place?.id ?? '';
    const answer = await door.send(reportOf('OWNER003'), { path: `${DOOR}?asset_id=${asset}` });
    expect(answer.status, answer.text).toBe(201);
    expect((answer.json as unknown as Bundle).snapshots[0]).toMatchObject({ components: 1 });
  });

  test('collected_at is taken where the file does not say, and where its clock was not set', async () => {
    const asked = '2026-04-01T08:00:00.000Z';
    const hint = `${DOOR}?collected_at=${encodeURIComponent('2026-04-01T10:00:00+02:00')}`;
    const silent = reportOf('WHEN0001', { collected_at: null });
    const of1970 = reportOf('WHEN0002', { collected_at: '1970-01-01T00:04:17Z' });
    const sound = reportOf('WHEN0003');
    const at = async (body: string, path: string) => {
      const answer = await door.send(body, { path });
      expect(answer.status, answer.text).toBe(201);
      return (answer.json as unknown as Bundle).snapshots[0];
    };
    expect((await at(silent, hint))?.collected_at).toBe(asked);
    const unset = await at(of1970, hint);
    expect(unset?.collected_at).toBe(asked);
    expect(unset?.warnings.join()).toContain('1970');
    expect((await at(sound, hint))?.collected_at).toBe('2026-05-03T12:00:00.000Z');
    expect(
      expectProblem(await door.send('x', { path: `${DOOR}?collected_at=yesterday` }), 400, 'invalid')[0]?.field,
    ).toBe('query.collected_at');
  });

  test('a clock of 1970 or of 2099 alone: the time of the upload, and it is said', async () => {
    for (const [serial, time] of [
      ['WHEN0004', '1970-01-01T00:00:12Z'],
      ['WHEN0005', '2099-01-01T00:00:00Z'],
    ]) {
      const before = Date.now();
      const answer = await door.send(reportOf(serial ?? '', { collected_at: time }));
      const [snapshot] = (answer.json as unknown as Bundle).snapshots;
      expect(Date.parse(snapshot?.collected_at ?? '')).toBeGreaterThanOrEqual(before - 1000);
      expect(Date.parse(snapshot?.collected_at ?? '')).toBeLessThanOrEqual(Date.now() + 1000);
      expect(snapshot?.warnings.join()).toContain(time?.slice(0, 4));
    }
  });
});

describe('who may', () => {
  test('nobody without a key, and no key without the scope; it is told before the body is read', async () => {
    const before = await door.traces();
    expectProblem(await door.send('x', { key: undefined }), 401, 'unauthenticated');
    const reader = await door.on.keyFor(['bundles:read']);
    const refused = await door.send('x', { key: reader });
    expectProblem(refused, 403, 'forbidden');
    expect(refused.json['detail']).toContain('bundles:write');
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(64 * MIB) };
    const unsent = await sendSlowly(door.on.url + DOOR, { headers, pieces: 64, piece: Buffer.alloc(MIB) });
    expect([unsent.status, JSON.parse(unsent.text)]).toEqual([401, expect.objectContaining({ status: 401 })]);
    expect(await door.traces()).toMatchObject({ uploads: before.uploads, objects: before.objects });
    const writer = await door.on.keyFor(['bundles:write']);
    expect((await door.send(reportOf('MAY00001'), { key: writer })).status).toBe(201);
    expectProblem(await call(`${door.on.url}/v1/bundles`, { key: writer }), 403, 'forbidden');
  });
});

describe('too large', () => {
  test('by what it says of itself: 413, before anything is read', async () => {
    const before = await door.traces();
    const headers = { ...keyed(), 'content-length': String(4096 * MIB) };
    for (let run = 0; run < 5; run += 1) {
      const answer = await sendSlowly(door.on.url + DOOR, { headers, pieces: 40, piece: Buffer.alloc(MIB) });
      expect(answer.status, answer.ended).toBe(413);
      expect(JSON.parse(answer.text)).toMatchObject({ detail: expect.stringContaining(String(MOST)) as string });
    }
    expect(await door.traces()).toEqual(before);
  });

  test('without saying so: 413, whole to who looks late, and the hub is well afterwards', async () => {
    const before = await door.traces();
    const headers = { ...keyed(), 'transfer-encoding': 'chunked' };
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let run = 0; run < 5; run += 1) {
      const answer = await sendSlowly(door.on.url + DOOR, { headers, agent, pieces: 40, piece: Buffer.alloc(MIB) });
      expect(answer.status, answer.ended).toBe(413);
      expect(JSON.parse(answer.text)).toMatchObject({ detail: expect.stringContaining(String(MOST)) as string });
    }
    agent.destroy();
    expect(await door.traces()).toEqual(before);
    expect((await door.send(reportOf('LARGE001'))).status).toBe(201);
  });

  test('a sender that goes on and looks at nothing is told, read away for a while, and then hung up on', async () => {
    const { hostname, port } = new URL(door.on.url);
    const socket = connect(Number(port), hostname);
    let heard = '';
    socket.on('data', (chunk) => (heard += String(chunk)));
    socket.write(
      `POST ${DOOR} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${door.on.apiKey}\r\nContent-Length: ${4096 * MIB}\r\n\r\n`,
    );
    const timer = setInterval(() => socket.write(Buffer.alloc(64 * 1024)), 20);
    await new Promise((resolve) => socket.once('close', resolve).once('error', () => {}));
    clearInterval(timer);
    expect(heard).toMatch(/^HTTP\/1.1 413 /);
    expect(heard).toContain('"status":413');
  });

  test('exactly as large as may be: taken', async () => {
    const body = `${reportOf('LARGE002')}${' '.repeat(MOST)}`.slice(0, MOST);
    const answer = await door.send(body);
    expect([answer.status, answer.json['bytes']], answer.text.slice(0, 300)).toEqual([201, MOST]);
    expect((await door.traces()).uploads).toEqual([]);
  });
});

describe('a connection that is cut in the middle', () => {
  test.each([
    ['while it is held in memory', 1, 10],
    ['when it is in a file', 5, 10],
    ['of a form', 5, 10],
  ])('%s: nothing is left', async (what, cutAfter, pieces) => {
    const before = await door.traces();
    const form = what === 'of a form';
    const headers = {
      ...keyed(),
      'content-length': String(pieces * 512 * 1024),
      'content-type': form ? 'multipart/form-data; boundary=x' : 'application/octet-stream',
    };
    const piece = Buffer.alloc(512 * 1024, 'x');
    if (form) piece.write('--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n');
    const cut = await sendSlowly(door.on.url + DOOR, { headers, pieces, piece, cutAfter });
    expect(cut).toMatchObject({ status: 0, ended: 'cut' });
    // The hub may hear of the end a moment after us.
    await until('nothing is left', async () => JSON.stringify(await door.traces()) === JSON.stringify(before), 60_000);
    await sleep(100);
    expect(await door.traces()).toEqual(before);
  });
});

describe('at once', () => {
  test('the same bytes by 20 callers: one bundle, one answer, one 201', async () => {
    for (const body of [reportOf('TWENTY01'), `${reportOf('TWENTY02')}${' '.repeat(MIB)}`]) {
      const before = await door.traces();
      const keys = await Promise.all(Array.from({ length: 4 }, () => door.on.keyFor(['bundles:write'])));
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) => door.send(body, { key: keys[at % keys.length] })),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      const after = await door.traces();
      expect((after.rows['log_bundles'] ?? 0) - (before.rows['log_bundles'] ?? 0)).toBe(1);
      expect((after.rows['installations'] ?? 0) - (before.rows['installations'] ?? 0)).toBe(1);
      expect(after.objects.length - before.objects.length).toBe(1);
      expect(after.uploads).toEqual([]);
    }
  });
});
