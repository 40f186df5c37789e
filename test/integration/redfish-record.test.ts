import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBmcSimulator, type BmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree } from '#adapters/redfish/simulator/simulated-tree.ts';
import { runCli, startCli } from '#test/kit/run-cli.ts';

const PASSWORD = 'Qm4-secret-of-the-bmc';
let bmc: BmcSimulator;
let folder: string;
beforeAll(async () => {
  bmc = await startBmcSimulator({ tree: simulatedTree('hpe'), tls: true, password: PASSWORD });
  folder = mkdtempSync(path.join(os.tmpdir(), 'record-cli-'));
  writeFileSync(path.join(folder, 'password'), `${PASSWORD}\n`);
});
afterAll(async () => {
  await bmc.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => path.join(folder, name);
const args = (out: string, ...more: string[]): string[] => [
  ...['redfish', 'record', bmc.url, '--username', 'admin', '--password-file', at('password'), '--out', out, ...more],
];

test('without any setting of the hub: an archive for a bug report, and no session left', async () => {
  const done = await runCli(args(at('it.tar.gz'), '-o', 'json'));
  expect(done.code, done.stderr).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject([{ whole: true, out: at('it.tar.gz') }]);
  execFileSync('tar', ['xzf', at('it.tar.gz')], { cwd: folder });
  expect(readFileSync(at('it/README.md'), 'utf8')).toContain('Recording of a BMC');
  expect(existsSync(at('it/redfish/v1/Systems/index.json'))).toBe(true);
  expect(() => execFileSync('grep', ['-rq', PASSWORD, at('it')])).toThrow(); // grep finds nothing
  expect(bmc.openSessions()).toBe(0);
}, 180_000);

test('stopped in the middle it says how to go on, and goes on', async () => {
  bmc.addFault({ match: 'GET', kind: 'slow', ms: 100 });
  const { child, ended } = startCli(args(at('long')));
  bmc.forget();
  while (bmc.requests.length < 25 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  const stopped = await ended;
  bmc.clearFaults();
  expect(stopped.code).toBe(1);
  expect(stopped.stderr).toContain('goes on from there');
  expect(existsSync(at('long'))).toBe(false);
  expect(bmc.openSessions()).toBe(0);
  const again = await runCli(args(at('long')));
  expect(again.code, again.stderr).toBe(0);
  expect(existsSync(at('long/redfish/v1/index.json'))).toBe(true);
}, 180_000);

test.each([
  ['a wrong password', ['--password-file', 'wrong'], 'refused the credentials'],
  ['another certificate', ['--fingerprint', 'AA:BB'], 'certificate changed'],
  ['no user', ['--username', ''], 'name the user'],
  ['no number', ['--max-requests', 'many'], 'a whole number'],
])('%s is said in a sentence', async (_what, more, says) => {
  writeFileSync(at('wrong'), 'not-this-one');
  const wanted = more.map((one) => (one === 'wrong' ? at('wrong') : one));
  const done = await runCli(args(at('none'), ...wanted));
  expect(done.code).toBe(1);
  expect(done.stderr).toContain(says);
  expect(done.stderr).not.toContain('    at ');
  expect(done.stderr + done.stdout).not.toContain(PASSWORD);
});
