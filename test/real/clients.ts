import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startAwxSimulator } from '#adapters/awx/simulator.ts';
import { startJiraSimulator } from '#adapters/jira/simulator.ts';
import { startNetboxSimulator } from '#adapters/netbox/simulator.ts';
import type { RealResult } from './real-result.ts';

export interface RunOptions {
  log(line: string): void;
  /** The project's folder. */
  root: string;
}
interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** A simulator that is up, and what a script has to know of it. */
interface Started {
  env: Record<string, string>;
  close(): Promise<void>;
}

const SCRIPTS: { name: string; file: string; start(): Promise<Started> }[] = [
  { name: 'jira', file: 'jira_client.py', start: startJira },
  { name: 'awxkit', file: 'awx_client.py', start: startAwx },
  { name: 'pynetbox', file: 'netbox_client.py', start: startNetbox },
];

/**
 * Clients that others wrote, against our simulators: what a simulator does otherwise than the system that it doubles shows here,
 * because these were written against the real one.
 */
export async function runClients({ log, root }: RunOptions): Promise<RealResult> {
  const result: RealResult = { passed: 0, failed: 0, skipped: [] };
  const prepared = await prepareVenv(root, log);
  if ('reason' in prepared) {
    log(`SKIP clients: ${prepared.reason}`);
    result.skipped.push({ name: 'clients', reason: prepared.reason });
    return result;
  }
  for (const script of SCRIPTS) {
    const started = await script.start();
    try {
      const path = join(root, 'test/real/clients', script.file);
      const ran = await run(
        prepared.python,
        ['-W', 'ignore', path],
        { ...started.env, PYTHONDONTWRITEBYTECODE: '1' },
        300_000,
      );
      count(script.name, ran, result, log);
    } finally {
      await started.close();
    }
  }
  return result;
}

/** One line per check. A script that says nothing, or ends in an error, has failed: silence is no success. */
function count(name: string, ran: Ran, result: RealResult, log: RunOptions['log']): void {
  const lines = ran.stdout.split('\n').filter((line) => /^(PASS|FAIL) /.test(line));
  for (const line of lines) {
    log(line);
    if (line.startsWith('PASS ')) result.passed += 1;
    else result.failed += 1;
  }
  if (ran.code === 0 && lines.length > 0) return;
  result.failed += 1;
  log(
    `FAIL ${name}: ended with ${ran.code} after ${lines.length} checks: ${ran.stderr.trim().split('\n').slice(-3).join(' | ')}`,
  );
}

/** A Python environment with the pinned clients, made once and made anew when the pins change. */
async function prepareVenv(root: string, log: RunOptions['log']): Promise<{ python: string } | { reason: string }> {
  const folder = join(root, 'var/real/clients/venv');
  const python = join(folder, 'bin/python');
  const wanted = await readFile(join(root, 'test/real/clients/requirements.txt'), 'utf8');
  const marker = join(folder, 'installed.txt');
  if (existsSync(marker) && (await readFile(marker, 'utf8')) === wanted) return { python };

  const version = await run('python3', ['-c', 'import sys; sys.exit(0 if sys.version_info >= (3, 9) else 3)']);
  if (version.code !== 0) return { reason: version.code === 3 ? 'python3 is older than 3.9' : 'no python3' };
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(root, 'var/real/clients'), { recursive: true });
  const made = await makeVenv(folder, log);
  if (made !== undefined) return { reason: made };
  log('clients: installing jira, pynetbox and awxkit');
  const installed = await run(
    python,
    [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      join(root, 'test/real/clients/requirements.txt'),
    ],
    {},
    600_000,
  );
  if (installed.code !== 0) return { reason: `pip install failed: ${lastLine(installed.stderr)}` };
  await writeFile(marker, wanted);
  return { python };
}

/** @returns why not, where it did not work. Debian ships python3 without `venv`. */
async function makeVenv(folder: string, log: RunOptions['log']): Promise<string | undefined> {
  const first = await run('python3', ['-m', 'venv', folder], {}, 120_000);
  if (first.code === 0) return undefined;
  if (process.getuid?.() !== 0 || (await run('apt-get', ['--version'])).code !== 0)
    return `python3 -m venv does not work: ${lastLine(first.stdout + first.stderr)}`;
  log('clients: installing python3-venv');
  const apt = await run(
    'apt-get',
    ['install', '-y', '--no-install-recommends', 'python3-venv'],
    { DEBIAN_FRONTEND: 'noninteractive' },
    300_000,
  );
  if (apt.code !== 0) return `apt-get install python3-venv failed: ${lastLine(apt.stderr)}`;
  const second = await run('python3', ['-m', 'venv', folder], {}, 120_000);
  return second.code === 0 ? undefined : `python3 -m venv does not work: ${lastLine(second.stdout + second.stderr)}`;
}

async function startJira(): Promise<Started> {
  const [email, apiToken] = ['hub@example.com', 'client-token'];
  const simulator = await startJiraSimulator({ email, apiToken, projects: [{ key: 'HW', name: 'Hardware' }] });
  return {
    env: { JIRA_URL: simulator.url, JIRA_EMAIL: email, JIRA_API_TOKEN: apiToken },
    close: () => simulator.close(),
  };
}

async function startAwx(): Promise<Started> {
  const token = 'client-token';
  const templates = [{ name: 'burn-in' }, { name: 'unsafe', askLimit: false, askVariables: false }];
  const simulator = await startAwxSimulator({ token, templates, runMs: 1000 });
  simulator.addHost('web01');
  return { env: { AWX_URL: simulator.url, AWX_TOKEN: token }, close: () => simulator.close() };
}

async function startNetbox(): Promise<Started> {
  const simulator = await startNetboxSimulator();
  return { env: { NETBOX_URL: simulator.url, NETBOX_TOKEN: simulator.token }, close: () => simulator.close() };
}

async function run(program: string, args: string[], env: Record<string, string> = {}, timeout = 60_000): Promise<Ran> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, {
      env: { ...process.env, ...env },
      timeout,
      maxBuffer: 16 * 1024 * 1024,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const failed = error as { code?: number | string; stdout?: string; stderr?: string; message: string };
    return {
      code: typeof failed.code === 'number' ? failed.code : -1,
      stdout: failed.stdout ?? '',
      stderr: failed.stderr || failed.message,
    };
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
