import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { type BmcSimulator, startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { certificateAuthority } from '#adapters/redfish/simulator/signing.ts';
import { simulatedTree } from '#adapters/redfish/simulator/simulated-tree.ts';
import { addBmcCommands } from '#src/bmc-commands.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { addEraseCommands } from '#src/erase-commands.ts';
import { addFirmwareCommands } from '#src/firmware-commands.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
let bmc: BmcSimulator;
let files: string;
const id = newId();
const DRIVE = '6CK0A01ST7B1';
const OTHER_DRIVE = '6CK0A01ST7B2';
beforeAll(async () => {
  files = await mkdtemp(path.join(tmpdir(), 'reanimator-cli-'));
  on = await testHub({ without: ['NETBOX', 'JIRA', 'AWX'], bmcTls: true, env: { FIRMWARE_QUIET_MS: '500' } });
  const { env } = on.stage;
  const host = `127.90.7.${1 + (process.pid % 250)}`;
  bmc = await startBmcSimulator({
    ...{ tree: simulatedTree('dell'), host, port: Number(env['BMC_PORT']), tls: true, tasks: { durationMs: 50 } },
    ...{ username: 'root', password: env['REDFISH_PASSWORD'] ?? '', updates: {}, erase: { showsOperations: true } },
  });
  const now = toSql(new Date());
  const times = { state_since: now, created_at: now, updated_at: now };
  const asset = {
    id,
    name: 'cli-1',
    lifecycle_state: 'HARDENED',
    bmc_address: host,
    bmc_fingerprint256: bmc.fingerprint256,
  };
  await on.hub.ctx.db('assets').insert({ ...asset, ...times });
}, 180_000);
afterAll(async () => {
  await bmc?.close();
  await on?.close();
  await rm(files, { recursive: true, force: true });
});

interface Row {
  component?: string;
  serial?: string;
  state?: string;
  document?: string;
  request?: string;
  evidence?: unknown[];
}

/** In this process. @throws HubError as the command does */
async function run(...args: string[]): Promise<{ out: string; told: string; rows: Row[]; code: number }> {
  const [out, told]: [string[], string[]] = [[], []];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => out.push(String(chunk)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => told.push(String(chunk)) > 0),
  ];
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const program = new Command().exitOverride();
    const withHub = (act: (hub: TestHub['hub']) => Promise<void>) => act(on.hub);
    addBmcCommands(program, withHub);
    addFirmwareCommands(program, withHub);
    addEraseCommands(program, withHub);
    await program.parseAsync(['node', 'reanimator', ...args]);
    const text = out.join('');
    const rows = text.startsWith('[') ? JSON.parse(text) : [];
    return { out: text, told: told.join(''), rows, code: Number(process.exitCode ?? 0) };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = before;
  }
}

const json = ['-o', 'json'];
const image = (name: string) => ['-i', `http://images.example/${name}`, '--sha256', '0'.repeat(64), '--size', '1'];
const because = ['-r', 'a test'];

test('before anybody has looked, neither firmware nor drives are made up', async () => {
  await expect(run('firmware', 'installed', 'cli-1')).rejects.toThrow(/Nobody has looked/);
  await expect(run('erase', 'start', 'cli-1', DRIVE, ...because)).rejects.toThrow(/Nobody has looked/);
  await on.client.post(`/v1/assets/${id}/inspections`, { reason: 'a test' });
  await until(
    'the inspection',
    async () => (await on.client.get<{ inspected_at: string | null }>(`/v1/assets/${id}`)).inspected_at ?? undefined,
  );
});

test('firmware: installed, planned, updated and followed, listed', async () => {
  const { rows } = await run('firmware', 'installed', 'cli-1', ...json);
  expect(rows.find(({ component }) => component === 'BIOS.Setup.1-1')).toMatchObject({
    ...{ version: '1.15.2', wanted: null, verdict: 'not-in-policy' },
  });
  await expect(run('firmware', 'plan', 'cli-1')).rejects.toThrow(/has no baseline/);
  const wanted = ['cli-1', 'BIOS.Setup.1-1=1.16.0', ...image('BIOS_1.16.0.exe')];
  expect((await run('firmware', 'plan', ...wanted, ...json)).rows).toMatchObject([{ from: '1.15.2', to: '1.16.0' }]);
  expect(bmc.updates?.taken()).toEqual([]);
  const done = await run('firmware', 'update', ...wanted, ...because, ...json);
  expect(done).toMatchObject({ code: 0, rows: [{ state: 'done', steps: [{ state: 'done', to: '1.16.0' }] }] });
  expect(done.told).toMatch(/BIOS 1.15.2 → 1.16.0: done/);
  const failed = await run('firmware', 'update', 'cli-1', 'GPU9=2', ...image('GPU9_2.bin'), ...because, ...json);
  expect(failed).toMatchObject({ code: 1, rows: [{ state: 'failed', error: expect.stringMatching(/lists no GPU9/) }] });
  const { rows: list } = await run('firmware', 'list', 'cli-1', ...json);
  expect(list.map(({ state }) => state)).toEqual(['failed', 'done']);
});

test.each([
  [['BIOS'], /say component=version/],
  [['A=1', 'A=2'], /A is named twice/],
  [['A=1', 'B=2', '-i', 'http://images.example/a'], /exactly one component/],
  [
    ['A=1', '-i', 'http://joe:pass@images.example/a', '--sha256', '0'.repeat(64), '--size', '1'],
    /user name or password/,
  ],
  [['A=1', '-i', 'http://images.example/a', '--sha256', 'x', '--size', '1'], /image.sha256: 64 hexadecimal/],
  [['A=1', '-i', 'http://images.example/a', '--size', 'big'], /--size: a whole number/],
])('firmware update %j is refused', async (args, why) => {
  await expect(run('firmware', 'update', 'cli-1', ...args, ...because)).rejects.toThrow(why);
});

test('erase: only by serials that are there, followed to its end, and proven', async () => {
  const { rows: drives } = await run('erase', 'drives', 'cli-1', ...json);
  expect(drives.find(({ serial }) => serial === DRIVE)).toMatchObject({ erased: 'never asked' });
  await expect(run('erase', 'start', 'cli-1', DRIVE.toLowerCase(), ...because)).rejects.toThrow(
    /Its drives: .*6CK0A01/,
  );
  await expect(run('erase', 'proof', 'cli-1', DRIVE)).rejects.toThrow(/was not asked to be erased/);
  expect(bmc.erase?.begun()).toBe(0);
  const erased = await run('erase', 'start', 'cli-1', DRIVE, ...because, ...json);
  expect(erased).toMatchObject({ code: 0, rows: [{ serial: DRIVE, state: 'done' }] });
  expect(bmc.erase?.erased()).toEqual([DRIVE]);
  const proof = await run('erase', 'proof', 'cli-1', DRIVE, ...json);
  expect(proof.told).toContain(`/v1/bundles/${erased.rows[0]?.document}`);
  expect(proof.rows[0]?.evidence?.length).toBeGreaterThan(0);
  expect((await run('erase', 'follow', erased.rows[0]?.request ?? '', ...json)).rows).toEqual(erased.rows);
  await expect(run('erase', 'cancel', erased.rows[0]?.request ?? '', ...because)).rejects.toThrow(/it is done/);
});

test('erase: cancelled while nothing was sent', async () => {
  bmc.addFault({ match: 'GET .*Systems', kind: 'reset' });
  try {
    const { rows } = await run('erase', 'start', 'cli-1', OTHER_DRIVE, '--no-wait', ...because, ...json);
    const request = rows[0]?.request ?? '';
    const cancelled = await run('erase', 'cancel', request, OTHER_DRIVE, ...because, ...json);
    expect(cancelled.rows).toMatchObject([
      { serial: OTHER_DRIVE, state: 'failed', why: expect.stringMatching(/a test/) },
    ]);
  } finally {
    bmc.clearFaults();
  }
  expect(bmc.erase?.erased()).toEqual([DRIVE]);
});

test('bmc: a signing request comes out, and the signed certificate goes in', async () => {
  await expect(run('bmc', 'csr', 'cli-1', '--last')).rejects.toThrow(/no signing request/);
  await expect(run('bmc', 'csr', 'cli-1', '-n', 'a b')).rejects.toThrow(/neither a host name nor an address/);
  const { out: csr } = await run('bmc', 'csr', 'cli-1', '-n', 'bmc-1.example', '-a', 'bmc-1.example', ...because);
  expect(csr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
  expect((await run('bmc', 'csr', 'cli-1', '--last')).out).toBe(csr);
  const file = path.join(files, 'signed.pem');
  await writeFile(file, certificateAuthority().sign(csr));
  await expect(run('bmc', 'install-certificate', 'cli-1', `${file}.x`)).rejects.toThrow(/cannot be read/);
  const installed = await run('bmc', 'install-certificate', 'cli-1', file, ...because, ...json);
  expect(installed).toMatchObject({ code: 0, rows: [{ outcome: 'installed' }] });
  const { rows } = await run('bmc', 'certificate', 'cli-1', ...json);
  expect(rows).toMatchObject([{ expected: bmc.fingerprint256, pending: null, failure: null }]);
});
