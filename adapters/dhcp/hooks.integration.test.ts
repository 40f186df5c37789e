import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hookCall, HOOKS_FOLDER } from './hook-call.ts';
import { writeHookConfig } from './simulator.ts';
import { startStandInHub, type StandInHub } from './stand-in-hub.ts';
import { corpusPath } from '#test/kit/corpus.ts';

const secret = 'a secret with "quotes", \\6 and %s';
const fixtures = path.join(import.meta.dirname, 'fixtures');
const recordings = corpusPath('dhcp/hook-recordings');
const scripts: Record<string, string> = {
  kea: 'reanimator-kea.sh',
  isc: 'reanimator-isc-dhcpd.sh',
  dnsmasq: 'reanimator-dnsmasq.sh',
};

const busybox = spawnSync('busybox', ['true']).status === 0;
const shells = ['dash', 'bash', 'busybox sh'].filter(
  (shell) => spawnSync(shell.split(' ')[0]!, ['-c', 'true']).error === undefined,
);
for (const shell of ['dash', 'bash', 'busybox sh'])
  if (!shells.includes(shell)) process.stderr.write(`${shell} is not here: the hooks are not tried with it\n`);

interface Recording {
  argv: string[];
  env: Record<string, string>;
}

let folder: string;
let hub: StandInHub;
let conf: string;
let spool: string;

async function configure(config: Record<string, string | number> = {}, url = hub.url): Promise<void> {
  ({ conf, spool } = await writeHookConfig(folder, { doorUrl: url, secret, config }));
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'reanimator-hooks-'));
  hub = await startStandInHub({ secret });
  await configure();
});

afterEach(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Ended {
  code: number | null;
  stderr: string;
}

/** Resolves when the program has ended and nothing holds its output any more. */
function run(command: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // Descriptors 3 to 14 stand for the sockets and lock files that Kea leaves open to its scripts.
    const child = spawn(command[0]!, command.slice(1), {
      env: { REANIMATOR_DHCP_CONF: conf, PATH: process.env['PATH']!, ...env },
      stdio: ['ignore', ...Array.from({ length: 14 }, () => 'pipe' as const)],
    });
    let stderr = '';
    child.stdio[2]!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    for (const stream of child.stdio)
      if (stream !== null && stream !== undefined && 'resume' in stream) stream.resume();
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

function hook(server: string, call: Recording, env: Record<string, string> = {}, shell = 'sh'): Promise<Ended> {
  return run([...shell.split(' '), path.join(HOOKS_FOLDER, scripts[server]!), ...call.argv], { ...call.env, ...env });
}

/** Only spools: the sender does not start, so that the test decides when one does. */
async function spoolOnly(...calls: Recording[]): Promise<void> {
  const bin = path.join(folder, 'no-sender');
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, 'setsid'), '#!/bin/sh\n', { mode: 0o755 });
  for (const call of calls) {
    expect(await hook('kea', call, { PATH: `${bin}:${process.env['PATH']}` })).toEqual({ code: 0, stderr: '' });
  }
}

function send(env: Record<string, string> = {}): Promise<Ended> {
  return run(['sh', path.join(HOOKS_FOLDER, 'reanimator-dhcp-send.sh')], env);
}

function kea(last: number, hostname = ''): Recording {
  return hookCall('kea', {
    event: 'commit',
    ip: `192.0.2.${last}`,
    mac: `0c:42:a1:00:00:${last.toString(16).padStart(2, '0')}`,
    hostname,
  });
}

const inSpool = (part = 'new'): string[] =>
  existsSync(path.join(spool, part)) ? readdirSync(path.join(spool, part)).toSorted() : [];
const spooledLeases = (): Record<string, unknown>[] =>
  inSpool().map((file) => JSON.parse(readFileSync(path.join(spool, 'new', file), 'utf8')) as Record<string, unknown>);
const arrived = (): string[] => hub.leases.map((lease) => lease.ip);
const eventually = { timeout: 30_000, interval: 20 };

/** The hub goes away; what is sent now meets a closed port. */
async function hubDown(): Promise<number> {
  await hub.stop();
  return hub.server.port;
}

async function hubUp(port: number): Promise<void> {
  hub = await startStandInHub({ secret, port });
}

describe.each(shells)('%s', (shell) => {
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));

  test.each(files)('%s becomes what the hub expects', { timeout: 30_000 }, async (file) => {
    const { expected, ...call } = JSON.parse(readFileSync(path.join(fixtures, file), 'utf8')) as Recording & {
      expected: object[];
    };
    // Nothing listens there: what the hook said stays in the spool.
    const port = await hubDown();
    await configure({}, `http://127.0.0.1:${port}/hooks/dhcp`);
    expect(await hook(path.basename(path.dirname(file)).split('-')[0]!, call, {}, shell)).toEqual({
      code: 0,
      stderr: '',
    });
    expect(spooledLeases()).toEqual(
      expected.map((lease) => ({ ...lease, at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) })),
    );
  });

  test('hostile names arrive as text', { timeout: 30_000 }, async () => {
    const env = { LEASES4_SIZE: '1', LEASES4_AT0_ADDRESS: '192.0.2.9', LEASES4_AT0_HWADDR: '0c:42:a1:00:00:09' };
    const names: [printf: string, text: string][] = [
      [String.raw`"quote\134back\134u0041`, String.raw`"quote\back\u0041`],
      [String.raw`\001\012tab\011\177end`, '\u0001\ntab\t\u007fend'],
      [String.raw`\303\251\360\237\230\200`, 'é😀'],
      // 0x81 to 0x88 are what dash uses for itself inside of words
      [String.raw`\201\202\203\210\377\303`, '\ufffd'.repeat(6)],
      // overlong, surrogate, beyond U+10FFFF
      [String.raw`\300\257\355\240\200\364\220\200\200`, '\ufffd'.repeat(9)],
      ["$(touch hacked)`touch hacked`';${IFS}*", "$(touch hacked)`touch hacked`';${IFS}*"],
      ['%%s%%n -n', '%s%n -n'],
    ];
    const script = path.join(HOOKS_FOLDER, 'reanimator-kea.sh');
    for (const [format] of names) {
      const call = `LEASES4_AT0_HOSTNAME=$(printf "$1") exec ${shell} ${script} leases4_committed`;
      expect(await run(['bash', '-c', call, 'bash', format], env)).toEqual({ code: 0, stderr: '' });
    }
    await expect.poll(() => hub.leases.length, eventually).toBe(names.length);
    const sorted = hub.leases.toSorted((a, b) => a.observedAt.localeCompare(b.observedAt));
    expect(sorted.map((lease) => lease.hostname)).toEqual(names.map(([, text]) => text));
    expect(existsSync('hacked')).toBe(false);
  });
});

const noRecordings = !existsSync(recordings);
if (noRecordings)
  process.stderr.write('recordings of real hook calls are not here (REANIMATOR_CORPUS): not replayed\n');

test.skipIf(noRecordings)('every recorded call of a real server is understood', { timeout: 60_000 }, async () => {
  const events: Record<string, string[]> = {};
  for (const file of readdirSync(recordings)) {
    hub.leases.length = 0;
    hub.bodies.length = 0;
    const call = JSON.parse(readFileSync(path.join(recordings, file), 'utf8')) as Recording;
    expect((await hook(file.split('-')[0]!, call)).code).toBe(0);
    await expect.poll(() => inSpool(), eventually).toEqual([]);
    events[file] = hub.bodies.map((body) => `${JSON.parse(body).event} ${JSON.parse(body).ip} ${JSON.parse(body).mac}`);
  }
  const idrac = '10.99.0.100 5c:f9:dd:fc:a6:f4';
  expect(events).toEqual({
    'dnsmasq-add.json': ['commit 10.99.0.107 5c:f9:dd:fc:a6:f4'],
    'dnsmasq-del.json': [expect.stringMatching(/^(release|expire) 10\.99\.0\.107 5c:f9:dd:fc:a6:f4$/)],
    'dnsmasq-old.json': ['commit 10.99.0.107 5c:f9:dd:fc:a6:f4'],
    'isc-dhcpd-commit.json': [`commit ${idrac}`],
    'isc-dhcpd-release.json': ['release 10.99.0.100 null'],
    'kea-lease4_expire.json': ['expire 10.99.0.50 d0:94:66:2d:b9:b2'],
    'kea-lease4_release.json': [`release ${idrac}`],
    'kea-lease4_renew.json': [],
    'kea-leases4_committed.initial.json': [`commit ${idrac}`],
    'kea-leases4_committed.release.json': [`release ${idrac}`],
    'kea-leases4_committed.renew.json': [`commit ${idrac}`],
  });
});

describe('the hub is not there', { timeout: 60_000 }, () => {
  test('leases wait and go out in order, each once, with the next lease', async () => {
    const port = await hubDown();
    await configure({}, `http://127.0.0.1:${port}/hooks/dhcp`);
    for (const last of [1, 2, 3]) expect((await hook('kea', kea(last))).code).toBe(0);
    expect(inSpool()).toHaveLength(3);
    await hubUp(port);
    await hook('kea', kea(4));
    await expect.poll(() => inSpool(), eventually).toEqual([]);
    expect(arrived()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']);
  });

  test('or with the timer, which says how it went', async () => {
    const port = await hubDown();
    await configure({}, `http://127.0.0.1:${port}/hooks/dhcp`);
    await spoolOnly(kea(1));
    expect(await send()).toEqual({
      code: 1,
      stderr: `reanimator-dhcp: no answer from http://127.0.0.1:${port}/hooks/dhcp: will try again\n`,
    });
    await hubUp(port);
    expect(await send()).toEqual({ code: 0, stderr: '' });
    expect(arrived()).toEqual(['192.0.2.1']);
    expect(await send()).toEqual({ code: 0, stderr: '' });
    expect(hub.bodies).toHaveLength(1);
  });

  test('it takes the request and never answers: the hook ends all the same and leaves nothing open', async () => {
    await configure({ SEND_TIMEOUT: 3600 });
    hub.server.addFault({ kind: 'hang' });
    // `run` resolves when the process is gone and nobody holds its descriptors, the background sender included.
    expect((await hook('kea', kea(1))).code).toBe(0);
    await expect.poll(() => hub.server.requests.length, eventually).toBe(1);
    expect(
      (await hook('isc', hookCall('isc', { event: 'commit', ip: '192.0.2.2', mac: '0c:42:a1:00:00:02' }))).code,
    ).toBe(0);
    expect(
      (await hook('dnsmasq', hookCall('dnsmasq', { event: 'commit', ip: '192.0.2.3', mac: '0c:42:a1:00:00:03' }))).code,
    ).toBe(0);
    expect(hub.leases).toEqual([]);
    expect(inSpool()).toHaveLength(3);
    // The connection breaks, the sender gives up, the rest is for the next one.
    await hubUp(await hubDown());
    await expect.poll(async () => (await send()).code === 0 && inSpool().length, eventually).toBe(0);
    expect(arrived()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
  });

  test('the answer gets lost: the same bytes come again, so that the hub can tell', async () => {
    hub.server.addFault({ kind: 'drop-answer', times: 1 });
    await hook('kea', kea(1));
    await expect.poll(() => hub.bodies.length, eventually).toBe(1);
    await expect.poll(async () => (await send()).code === 0 && inSpool().length, eventually).toBe(0);
    expect(hub.bodies).toHaveLength(2);
    expect(hub.bodies[1]).toBe(hub.bodies[0]);
  });

  test.each([401, 403, 404, 429, 500, 503, 301])(
    'it answers %i: nothing is thrown away, and the rest is not tried',
    async (status) => {
      await spoolOnly(kea(1), kea(2));
      hub.server.addFault({ kind: 'status', status });
      expect(await send()).toEqual({ code: 1, stderr: expect.stringContaining(`answered ${status}: will try again`) });
      expect(hub.server.requests).toHaveLength(1);
      expect(inSpool()).toHaveLength(2);
    },
  );

  test('the spool does not grow for ever; what is dropped is said', async () => {
    await configure({ MAX_SPOOLED: 3 }, `http://127.0.0.1:${await hubDown()}/hooks/dhcp`);
    await spoolOnly(...[1, 2, 3, 4, 5].map((last) => kea(last)));
    expect((await send()).stderr).toContain('more than 3 files');
    expect(spooledLeases().map((lease) => lease['ip'])).toEqual(['192.0.2.3', '192.0.2.4', '192.0.2.5']);
  });
});

test('100 calls at once: each arrives, and only once', { timeout: 120_000 }, async () => {
  const calls = Array.from({ length: 100 }, (_, index) => hook('kea', kea(index + 100)));
  expect(new Set((await Promise.all(calls)).map((one) => one.code))).toEqual(new Set([0]));
  await expect.poll(() => inSpool(), eventually).toEqual([]);
  expect(hub.leases).toHaveLength(100);
  expect(new Set(arrived()).size).toBe(100);
});

test('a file that the hub refuses does not block the others', { timeout: 60_000 }, async () => {
  mkdirSync(path.join(spool, 'new'), { recursive: true });
  writeFileSync(path.join(spool, 'new', '0000000001.1-1-1.json'), 'half a li');
  await hook('kea', kea(1));
  await expect.poll(() => inSpool(), eventually).toEqual([]);
  expect(arrived()).toEqual(['192.0.2.1']);
  expect(inSpool('rejected')).toEqual(['0000000001.1-1-1.json']);
});

describe('ways of sending', { timeout: 60_000 }, () => {
  /** A PATH in which `client` notes its arguments before it does its work. */
  function spyPath(client: string, real: string): { path: string; seen: () => string } {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    const log = path.join(folder, 'arguments');
    writeFileSync(path.join(bin, client), `#!/bin/sh\nprintf '%s\\n' "$@" >>'${log}'\nexec ${real} "$@"\n`);
    chmodSync(path.join(bin, client), 0o755);
    return { path: `${bin}:${process.env['PATH']}`, seen: () => readFileSync(log, 'utf8') };
  }

  /** A PATH in which logger(1) fails, so that hooks say on stderr what would go to syslog. */
  function silentSyslog(): string {
    const bin = path.join(folder, 'no-syslog');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'logger'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    return `${bin}:${process.env['PATH']}`;
  }

  const which = (name: string): string =>
    spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
  const gnuWget = spawnSync('wget', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU Wget') ?? false;

  test.for([
    ['curl', 'hmac', 'x-reanimator-signature', true],
    ['curl', 'bearer', 'authorization', true],
    ['wget', 'hmac', 'x-reanimator-signature', gnuWget],
    ['wget', 'bearer', 'authorization', gnuWget],
    ['busybox', 'hmac', 'x-reanimator-signature', busybox],
  ] as const)(
    '%s with %s: accepted, and the secret is in no argument',
    async ([client, auth, header, present], { skip }) => {
      skip(!present, `${client} is not here`);
      await configure({ AUTH: auth, CLIENT: client === 'curl' ? 'curl' : 'wget' });
      const spy = client === 'busybox' ? spyPath('wget', `${which('busybox')} wget`) : spyPath(client, which(client));
      await hook('kea', kea(1), { PATH: spy.path });
      await expect.poll(() => inSpool(), eventually).toEqual([]);
      expect(arrived()).toEqual(['192.0.2.1']);
      expect(Object.keys(hub.server.requests[0]!.headers)).toContain(header);
      expect(spy.seen()).toContain(hub.url);
      expect(spy.seen()).not.toContain(secret);
      hub.server.addFault({ kind: 'status', status: 500, times: 1 });
      await hook('kea', kea(2), { PATH: spy.path });
      await expect
        .poll(async () => (await send({ PATH: spy.path })).code === 0 && inSpool().length, eventually)
        .toBe(0);
      expect(arrived()).toEqual(['192.0.2.1', '192.0.2.2']);
    },
  );

  test('busybox never gets the secret itself', async ({ skip }) => {
    skip(!busybox, 'busybox is not here');
    await configure({ AUTH: 'bearer', CLIENT: 'wget' });
    const spy = spyPath('wget', `${which('busybox')} wget`);
    await spoolOnly(kea(1));
    expect((await send({ PATH: spy.path })).stderr).toContain('install curl');
    expect(hub.server.requests).toEqual([]);
  });

  test('with nothing but busybox: its date, awk, find, flock, sha256sum, wget', async ({ skip }) => {
    skip(!busybox, 'busybox is not here');
    const bin = path.join(folder, 'busybox');
    mkdirSync(bin);
    spawnSync('busybox', ['--install', '-s', bin]);
    await configure({ CLIENT: 'wget' });
    for (const last of [1, 2, 3])
      expect(await hook('kea', kea(last), { PATH: bin }, `${which('busybox')} sh`)).toEqual({ code: 0, stderr: '' });
    await expect.poll(() => inSpool(), eventually).toEqual([]);
    expect(arrived()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
  });

  test.each(['x', 'y'.repeat(64), 'z'.repeat(200), 'pässwörd 6\\\\66'])(
    'secret %s signs as RFC 2104 says',
    async (other) => {
      await hub.stop();
      hub = await startStandInHub({ secret: other });
      ({ conf, spool } = await writeHookConfig(folder, { doorUrl: hub.url, secret: other, config: { AUTH: 'hmac' } }));
      await hook('kea', kea(1));
      await expect.poll(() => arrived(), eventually).toEqual(['192.0.2.1']);
    },
  );

  test('a secret that everybody can read is not used', async () => {
    chmodSync(path.join(folder, 'secret'), 0o644);
    await spoolOnly(kea(1));
    expect((await send()).stderr).toContain('everybody can read');
    expect(hub.server.requests).toEqual([]);
    expect(inSpool()).toHaveLength(1);
  });

  test('a spool that cannot be written: the hook says which lease is lost', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    await configure({ SPOOL_DIR: path.join(folder, 'file', 'spool') });
    const ended = await hook('kea', kea(1), { PATH: silentSyslog() });
    expect(ended).toEqual({
      code: 1,
      stderr: expect.stringContaining('commit of 192.0.2.1 for 0c:42:a1:00:00:01 is lost'),
    });
  });

  test('no configuration: the hook fails in words', async () => {
    const ended = await hook('kea', kea(1), { REANIMATOR_DHCP_CONF: '/nowhere', PATH: silentSyslog() });
    expect(ended).toEqual({ code: 1, stderr: 'reanimator-dhcp: cannot read /nowhere: nothing is sent\n' });
  });
});

describe('without flock', { timeout: 60_000 }, () => {
  test('20 calls at once: each arrives, and only once', async () => {
    await configure({ LOCK: 'mkdir' });
    await Promise.all(Array.from({ length: 20 }, (_, index) => hook('kea', kea(index + 10))));
    await expect.poll(() => inSpool(), eventually).toEqual([]);
    expect(hub.leases).toHaveLength(20);
    expect(new Set(arrived()).size).toBe(20);
    await expect.poll(() => existsSync(path.join(spool, 'lock')), eventually).toBe(false);
  });

  test('the lock of a dead sender is broken, that of a living one is not', async () => {
    await configure({ LOCK: 'mkdir' });
    const lock = path.join(spool, 'lock');
    mkdirSync(lock, { recursive: true });
    writeFileSync(path.join(lock, 'pid'), `${process.pid}\n`);
    await spoolOnly(kea(1));
    expect((await send()).code).toBe(0);
    expect(hub.server.requests).toEqual([]);
    const { pid } = spawnSync('true');
    writeFileSync(path.join(lock, 'pid'), `${pid}\n`);
    expect((await send()).code).toBe(0);
    expect(arrived()).toEqual(['192.0.2.1']);
  });

  test('a reused pid does not hold it for ever', async () => {
    await configure({ LOCK: 'mkdir' });
    const lock = path.join(spool, 'lock');
    mkdirSync(lock, { recursive: true });
    writeFileSync(path.join(lock, 'pid'), `${process.pid}\n`);
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(path.join(lock, 'pid'), longAgo, longAgo);
    utimesSync(lock, longAgo, longAgo);
    await hook('kea', kea(1));
    await expect.poll(() => arrived(), eventually).toEqual(['192.0.2.1']);
  });
});
