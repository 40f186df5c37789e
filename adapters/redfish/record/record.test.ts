import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readBmc, targetOf, testKit } from '../kit-for-tests.ts';
import { Settings } from '../settings.ts';
import { startBmcSimulator, type BmcSimulator } from '../simulator.ts';
import { simulatedTree, SIMULATED_TREES } from '../simulator/simulated-tree.ts';
import { recordedTrees, type Tree } from '../simulator/tree.ts';
import { recordBmc, type RecordOptions } from './record.ts';
import type { RecordingSummary } from './summary.ts';
import { corpusPath } from '#test/kit/corpus.ts';

const folders: string[] = [];
const running: BmcSimulator[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
  for (const one of folders.splice(0)) rmSync(one, { recursive: true, force: true });
});

function place(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'recording-'));
  folders.push(folder);
  return folder;
}

async function started(tree: string | Tree, options: { password?: string } = {}): Promise<BmcSimulator> {
  const bmc = await startBmcSimulator({ tree, ...options });
  running.push(bmc);
  return bmc;
}

function record(bmc: BmcSimulator, out: string, options: Partial<RecordOptions> = {}): Promise<RecordingSummary> {
  const settings = Settings.parse({ timeoutMs: 5_000 });
  const { signal } = new AbortController();
  return recordBmc(targetOf(bmc), settings, testKit(), { out, signal, ...options });
}

const textsIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.name}\n${readFileSync(path.join(entry.parentPath, entry.name), 'utf8')}`)
    .join('\n');

async function sameInventory(bmc: BmcSimulator, recording: string): Promise<void> {
  const again = await started(recording);
  const [before, after] = [await readBmc(bmc), await readBmc(again)];
  const { warnings: saidBefore, requests: _r, ...own } = before;
  const { warnings: saidAfter, requests: _s, ...other } = after;
  expect(other).toEqual(own);
  expect(saidAfter).toHaveLength(saidBefore.length);
}

describe.each(SIMULATED_TREES)('%s', (name) => {
  test('what was recorded and is served again is the same machine', async () => {
    const bmc = await started(simulatedTree(name));
    const out = path.join(place(), 'it');
    const summary = await record(bmc, out);
    expect(summary.whole).toBe(true);
    expect(summary.resources).toBeGreaterThan(20);
    expect(bmc.requests.every(({ method, path: at }) => method === 'GET' || /Sessions/i.test(at))).toBe(true);
    expect(bmc.requests.filter(({ path: at }) => /\/Actions\//.test(at))).toEqual([]);
    expect(bmc.openSessions()).toBe(0);
    expect(bmc.counters().sessionsOpened).toBe(1);
    await sameInventory(bmc, out);
    expect(existsSync(`${out}.part`)).toBe(false);
    expect(readFileSync(path.join(out, 'README.md'), 'utf8')).toContain('# Recording of a BMC');
  });
});

const recorded = recordedTrees(corpusPath('redfish'));
if (recorded.length === 0) process.stdout.write('skipped: no recorded trees (set REANIMATOR_CORPUS)\n');
describe.skipIf(recorded.length === 0).each(recorded)('recorded: $name', ({ folder }) => {
  test('comes out of a recording as it went in', async () => {
    const bmc = await started(folder);
    const out = path.join(place(), 'it');
    await record(bmc, out);
    await sameInventory(bmc, out);
  }, 60_000);
});

function treeWith(extra: Record<string, object>, links: object): Tree {
  const tree: Tree = { ...simulatedTree('dell'), ...extra };
  const root = Object.keys(tree).find((one) => one.replace(/\/$/, '') === '/redfish/v1') ?? '/redfish/v1';
  return { ...tree, [root]: { ...tree[root], ...links } };
}

describe('what must not come out', () => {
  const PASSWORD = 'Xy-8271-very-secret';
  const at = (id: string): object => ({ '@odata.id': id });

  test('secrets by name, by mark and by being the password itself', async () => {
    const tree = treeWith(
      {
        '/redfish/v1/Managers/1/Oem/Attributes': {
          '@odata.id': '/redfish/v1/Managers/1/Oem/Attributes',
          Attributes: { 'Users.2.SHA256Password': 'AB12CD', 'Users.2.UserName': 'ops', BIOS17: 'marked-4711' },
          Note: PASSWORD,
        },
        '/redfish/v1/Registries/Late': {
          '@odata.id': '/redfish/v1/Registries/Late',
          RegistryEntries: { Attributes: [{ AttributeName: 'BIOS17', Type: 'Password' }] },
        },
      },
      { Oem: { A: at('/redfish/v1/Managers/1/Oem/Attributes'), B: at('/redfish/v1/Registries/Late') } },
    );
    const bmc = await started(tree, { password: PASSWORD });
    const out = path.join(place(), 'it');
    const summary = await record(bmc, out);
    const all = textsIn(out);
    for (const secret of [PASSWORD, 'AB12CD', 'marked-4711']) expect(all).not.toContain(secret);
    expect(all).toContain('ops');
    expect(summary.redacted['by its name']).toBeGreaterThan(0);
  });

  test('links that lead out of the folder, sessions, monitors and actions are not followed', async () => {
    const odd = [
      '/redfish/v1/../../../../tmp/evil',
      '/redfish/v1/%2e%2e/x',
      '/redfish/v1/a\\..\\b',
      '/redfish/v1/TaskService/TaskMonitors/7',
      '/redfish/v1/SessionService/Sessions/7',
      '/redfish/v1/Systems/1/Actions/ComputerSystem.Reset',
      '/redfish/v1/index.json',
      'https://elsewhere/redfish/v1/x',
    ];
    const bmc = await started(treeWith({}, { Oem: { Odd: odd.map(at) } }));
    const where = place();
    await record(bmc, path.join(where, 'it'));
    const asked = bmc.requests.filter(({ method }) => method === 'GET').map(({ path: one }) => one);
    for (const one of odd.slice(3)) expect(asked).not.toContain(one);
    expect(readdirSync(where)).toEqual(['it']);
    expect(existsSync('/tmp/evil/index.json')).toBe(false);
  });

  test('with pseudonyms: no serial, MAC or name of the machine, and the same parts', async () => {
    const tree = simulatedTree('hpe');
    const bmc = await started(tree);
    const out = path.join(place(), 'it');
    await record(bmc, out, { pseudonyms: true });
    const before = await readBmc(bmc);
    const again = await started(out);
    const after = await readBmc(again);
    const all = textsIn(out);
    const serials = before.components
      .map(({ serial }) => serial)
      .filter((one): one is string => one !== null && one.length > 4);
    expect(serials.length).toBeGreaterThan(5);
    for (const serial of serials) expect(all).not.toContain(serial);
    expect(after.components.map(({ kind, slot }) => `${kind} ${slot}`).toSorted()).toEqual(
      before.components.map(({ kind, slot }) => `${kind} ${slot}`).toSorted(),
    );
    const distinct = (report: typeof before): number => new Set(report.components.map(({ serial }) => serial)).size;
    expect(distinct(after)).toBe(distinct(before));
    expect(after.warnings).toHaveLength(before.warnings.length);
  });
});

describe('a recording that ends early', () => {
  test('goes on where it was, and asks for nothing twice', async () => {
    const bmc = await started(simulatedTree('supermicro'));
    const out = path.join(place(), 'it');
    const stop = new AbortController();
    const early = record(bmc, out, {
      signal: stop.signal,
      progress: ({ saved }) => void (saved >= 15 && stop.abort(new Error('enough'))),
    });
    await expect(early).rejects.toThrow();
    expect(existsSync(out)).toBe(false);
    const asked = bmc.requests
      .filter(({ method, path: at }) => method === 'GET' && at !== '/redfish/v1/')
      .map((one) => one.path);
    const summary = await record(bmc, out);
    expect(summary.whole).toBe(true);
    const later = bmc.requests
      .filter(({ method }) => method === 'GET')
      .map((one) => one.path)
      .slice(asked.length);
    const twice = asked.filter((one) => later.includes(one));
    expect(twice.length).toBeLessThan(8); // who it is, and what was under way
    await sameInventory(bmc, out);
  });

  test('stops at its limit of requests and says what is missing', async () => {
    const bmc = await started(simulatedTree('dell'));
    const out = path.join(place(), 'it');
    const summary = await record(bmc, out, { limits: { maxRequests: 12 } });
    expect(summary).toMatchObject({ whole: false });
    expect(summary.notRead).toBeGreaterThan(0);
    expect(summary.requests).toBeLessThanOrEqual(14);
    expect(readFileSync(path.join(out, 'README.md'), 'utf8')).toContain('Not whole');
  });

  test('does not write over what is there', async () => {
    const bmc = await started(simulatedTree('dell'));
    const out = place();
    await expect(record(bmc, out)).rejects.toThrow('is there already');
  });
});

test('as an archive that tar reads', async () => {
  const bmc = await started(simulatedTree('openbmc'));
  const where = place();
  const out = path.join(where, 'it.tar.gz');
  await record(bmc, out);
  execFileSync('tar', ['xzf', out], { cwd: where });
  await sameInventory(bmc, path.join(where, 'it'));
});
