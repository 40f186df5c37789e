import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { openSpool, readEntries } from '#src/spool/spool.ts';
import { runCli, startCli } from '#test/kit/run-cli.ts';
import { type Door, MIB, openDoor, reportOf, sha256Of } from '../integration/intake-door.ts';

/** Between the spool and the hub: cuts connections after so many bytes, or holds everything back. */
interface BadLine {
  url: string;
  /** Bytes to the hub after which the next connections are cut, in turn; none left: all goes through. */
  cuts: number[];
  /** Bytes to the hub, over all connections, after which nothing goes on; undefined: no end. */
  holdAfter: number | undefined;
  passed: number;
  /** Ends what is held back: a line that is silent takes the hub half a minute to give up. */
  cutAll(): void;
  close(): Promise<void>;
}

let door: Door;
let line: BadLine;
let home: string;
const contents = new Map<string, Buffer>();

beforeAll(async () => {
  door = await openDoor();
  line = await startBadLine(Number(new URL(door.on.url).port));
  home = await mkdtemp(path.join(tmpdir(), 'spool-'));
  await mkdir(path.join(home, 'in'));
  for (const [name, content] of [
    ['one.json', Buffer.from(reportOf('SPOOL001'))],
    ['zwei, ä.json', Buffer.from(reportOf('SPOOL002'))],
    ['large.bin', randomBytes(9 * MIB)],
    ['larger.bin', randomBytes(17 * MIB + 1)],
  ] as const) {
    contents.set(name, content);
    await writeFile(path.join(home, 'in', name), content);
  }
});
afterAll(async () => {
  await line?.close();
  await door?.close();
  await rm(home, { recursive: true, force: true });
});

const env = (hub: string): Record<string, string> => ({
  HOME: home,
  REANIMATOR_SPOOL: path.join(home, 'spool'),
  REANIMATOR_HUB: hub,
  REANIMATOR_API_KEY: door.on.apiKey,
});

interface Row {
  name: string;
  did: string;
  state: string;
  reason: string;
}

async function spool(hub: string, ...args: string[]): Promise<{ code: number | null; rows: Row[]; stderr: string }> {
  const { code, stdout, stderr } = await runCli(['spool', ...args, '-o', 'json'], env(hub));
  return { code, rows: stdout.trim() === '' ? [] : (JSON.parse(stdout) as Row[]), stderr };
}

const waiting = async () => readEntries(await openSpool(path.join(home, 'spool')));

test('what was spooled arrives exactly once, over a hub that is down, a kill in the middle and a line that breaks', async () => {
  const files = [...contents.keys()].map((name) => path.join(home, 'in', name));
  const added = await spool(door.on.url, 'add', ...files, path.join(home, 'in', 'nobody'));
  expect([added.code, added.rows.map(({ did }) => did)]).toEqual([1, ['added', 'added', 'added', 'added', 'failed']]);

  // A hub that is down: nothing is lost, and it says so.
  const down = await spool('http://127.0.0.1:9', 'sync', '--attempts', '1');
  expect([down.code, new Set(down.rows.map(({ did }) => did))]).toEqual([1, new Set(['left'])]);
  expect((await waiting()).map(({ name, state }) => [name, state]).toSorted()).toEqual(
    [...contents.keys()].map((name) => [name, 'waiting']).toSorted(),
  );

  // Killed in the middle of the large ones.
  line.holdAfter = 10 * MIB;
  const killed = startCli(['spool', 'sync', '--parallel', '2'], env(line.url));
  await until('the line holds', async () => line.passed >= 10 * MIB, 60_000);
  killed.child.kill('SIGKILL');
  expect((await killed.ended).code).toBeNull();
  line.holdAfter = undefined;
  line.cutAll();

  // A line that breaks again and again, in requests and in the middle of pieces.
  line.cuts = [900, 3 * MIB, 100, 200_000];
  const synced = await spool(line.url, 'sync', '--parallel', '2');
  expect([synced.code, synced.rows.filter(({ did }) => did !== 'sent' && did !== 'was there')], synced.stderr).toEqual([
    0,
    [],
  ]);
  expect(line.cuts).toEqual([]);

  for (const folder of ['files', 'tmp']) expect(await readdir(path.join(home, 'spool', folder))).toEqual([]);
  expect(await readdir(path.join(home, 'spool'))).not.toContain('lock');
  const { rows, uploads, objects } = await door.traces();
  expect([rows['log_bundles'], rows['uploads'], uploads, objects.length]).toEqual([
    contents.size,
    0,
    [],
    contents.size,
  ]);
  for (const [name, content] of contents) {
    const shown = await door.ask(`/v1/bundles/${sha256Of(content)}`);
    expect([shown.status, shown.json['file_name'], shown.json['bytes']]).toEqual([200, name, content.length]);
    const kept = await fetch(`${door.on.url}/v1/bundles/${sha256Of(content)}/content`, {
      headers: { authorization: `Bearer ${door.on.apiKey}` },
    });
    expect(Buffer.from(await kept.arrayBuffer()).equals(content), name).toBe(true);
  }
});

test('what the hub refuses stays with the reason; what it has is not sent again; a wrong key refuses nothing', async () => {
  const file = path.join(home, 'in', 'wrong.json');
  await writeFile(file, reportOf('SPOOL009', { components: 'none' }));
  await spool(door.on.url, 'add', file, path.join(home, 'in', 'one.json'));
  const reader = await door.on.keyFor(['bundles:read']);
  const stopped = await runCli(['spool', 'sync', '-o', 'json'], { ...env(door.on.url), REANIMATOR_API_KEY: reader });
  const rows = JSON.parse(stopped.stdout) as Row[];
  expect([stopped.code, rows.find(({ name }) => name === 'wrong.json')?.did]).toEqual([1, 'left']);
  const refused = await spool(door.on.url, 'sync');
  expect([refused.code, refused.rows.find(({ name }) => name === 'wrong.json')?.did]).toEqual([1, 'refused']);
  expect((await waiting()).map(({ name, state }) => [name, state])).toEqual([['wrong.json', 'refused']]);
  const { code, rows: listed } = await spool(door.on.url, 'list');
  expect([code, listed]).toMatchObject([0, [{ reason: expect.stringContaining('/components') as string }]]);
});

async function startBadLine(port: number): Promise<BadLine> {
  const open = new Set<Socket>();
  const bad: BadLine = { url: '', cuts: [], holdAfter: undefined, passed: 0, cutAll, close };
  const server: Server = createServer((client) => {
    const hub = connect(port, '127.0.0.1');
    const cut = bad.cuts.shift();
    let bytes = 0;
    for (const [socket, other] of [
      [client, hub],
      [hub, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    hub.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk) => {
      bytes += chunk.length;
      bad.passed += chunk.length;
      if (bad.holdAfter !== undefined && bad.passed >= bad.holdAfter) return void client.pause();
      if (cut === undefined || bytes <= cut) return void (hub.write(chunk) || waitFor(hub, client));
      hub.write(chunk.subarray(0, chunk.length - (bytes - cut)), () => client.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bad.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return bad;

  function cutAll(): void {
    for (const socket of open) socket.destroy();
  }

  async function close(): Promise<void> {
    cutAll();
    await new Promise((resolve) => server.close(resolve));
  }
}

function waitFor(slow: Socket, fast: Socket): void {
  fast.pause();
  slow.once('drain', () => fast.resume());
}
