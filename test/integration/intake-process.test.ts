import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { type HubProcess, startHubProcess } from '../../demo/hub-process.ts';
import { tarOf } from '#src/archives/archives-for-tests.ts';
import { type Door, MIB, openDoor, reportOf, sha256Of, smartctlOf } from './intake-door.ts';

/** The hub as a process of its own: what it does to others while it reads, and what is left of it when it is killed. */
let door: Door;
let web: HubProcess;
let logs: string;

async function start(): Promise<HubProcess> {
  const settings = Object.entries(door.on.stage.env).filter(([name]) => !/^(NETBOX|JIRA|AWX)_/.test(name));
  const env = { ...Object.fromEntries(settings), DATABASE_URL: door.on.database.url, REDIS_URL: door.on.redisUrl };
  return startHubProcess('web', { ...env, LOG_LEVEL: 'warn' }, path.join(logs, 'web.log'));
}

beforeAll(async () => {
  logs = await mkdtemp(path.join(tmpdir(), 'intake-process-'));
  door = await openDoor({ parts: [] });
  web = await start();
});
afterAll(async () => {
  await web?.stop();
  await door?.close();
  await rm(logs, { recursive: true, force: true });
});

test('others are served while a large archive is read', async () => {
  const lines = 'Nov 21 06:00:00 host kernel: nvme nvme0: 16/0/0 default/read/poll queues\n';
  const text = Buffer.alloc(10 * MIB, lines);
  const archive = await tarOf([
    ...Array.from({ length: 20 }, (_, at) => ({ name: `var/log/messages.${at}`, content: text })),
    { name: 'report.json', content: reportOf('BUSY0001') },
    { name: 'smartctl.txt', content: smartctlOf('ZL2BUSY1') },
  ]);
  let ended = false;
  // Not `fetch`, which would be in our own way with so large a body.
  const answered = new Promise<number>((resolve, reject) => {
    const sending = request(`${door.on.url}/v1/ingest/logbundle`, {
      method: 'POST',
      headers: { authorization: `Bearer ${door.on.apiKey}`, 'content-length': archive.length },
    });
    sending.once('response', (answer) => resolve(answer.resume().statusCode ?? 0)).once('error', reject);
    sending.end(archive);
  }).finally(() => (ended = true));
  let asked = 0;
  while (!ended) {
    // Those that watch the hub wait for some seconds at most.
    const answer = await fetch(`${door.on.url}/healthz`, { signal: AbortSignal.timeout(10_000) });
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
    asked += 1;
    await sleep(50);
  }
  expect(await answered).toBe(201);
  expect(asked).toBeGreaterThan(3);
  const shown = await door.ask(`/v1/bundles/${sha256Of(archive)}`);
  expect((shown.json['files'] as unknown[]).length).toBe(22);
});

test.each([
  ['while it comes in', 100],
  ['as soon as all of it has come', 0],
  ['a moment later', 60],
])('killed %s: the same upload again, and the history is there once', async (when, wait) => {
  const serial = `KILL${when.length}`;
  const body = `${reportOf(serial)}${' '.repeat(2 * MIB)}`;
  const half = when === 'while it comes in';
  const sending = request(`${door.on.url}/v1/ingest/logbundle`, {
    method: 'POST',
    headers: { authorization: `Bearer ${door.on.apiKey}`, 'content-length': body.length },
  });
  sending.on('error', () => {}); // the hub is killed
  sending.on('response', (answer) => answer.on('error', () => {}).resume());
  sending.write(half ? body.slice(0, MIB + 200_000) : body);
  if (half) {
    const folder = door.on.stage.env['UPLOAD_PATH'] ?? '';
    await until('some of it is on the disk', async () =>
      (await readdir(folder)).some((name) => name.endsWith('.upload')),
    );
  } else await sleep(wait);
  await web.kill();
  sending.destroy();
  web = await start();
  const again = await door.send(body);
  expect([200, 201], again.text).toContain(again.status);
  if (half) expect(again.status).toBe(201);
  expect(again.json).toMatchObject({ snapshots: [{ components: 1, identified: 1 }] });
  const { db } = door.on.database;
  const count = async (table: string, where: Record<string, unknown>): Promise<number> =>
    (await db(table).where(where).select(db.raw('1'))).length;
  expect(await count('log_bundles', { sha256: Buffer.from(sha256Of(body), 'hex') })).toBe(1);
  expect(await count('assets', { vendor_serial: serial })).toBe(1);
  const [component] = await db('components')
    .where({ vendor_serial: `DRV${serial}` })
    .select('id');
  expect(await count('installations', { component_id: component.id })).toBe(1);
});
