import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** A Python environment with the pinned clients, made once and made anew when the pins change. */
export async function prepareVenv(
  root: string,
  log: (line: string) => void,
): Promise<{ python: string } | { reason: string }> {
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
async function makeVenv(folder: string, log: (line: string) => void): Promise<string | undefined> {
  const first = await run('python3', ['-m', 'venv', folder], {}, 120_000);
  if (first.code === 0) return undefined;
  if (process.getuid?.() !== 0 || (await run('apt-get', ['--version'])).code !== 0)
    return `python3 -m venv does not work: ${lastLine(first.stdout + first.stderr)}`;
  log('clients: installing python3-venv');
  const apt = await run(
    'apt-get',
    ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', 'python3-venv'],
    { DEBIAN_FRONTEND: 'noninteractive' },
    300_000,
  );
  if (apt.code !== 0) return `apt-get install python3-venv failed: ${lastLine(apt.stderr)}`;
  const second = await run('python3', ['-m', 'venv', folder], {}, 120_000);
  return second.code === 0 ? undefined : `python3 -m venv does not work: ${lastLine(second.stdout + second.stderr)}`;
}

export async function run(
  program: string,
  args: string[],
  env: Record<string, string> = {},
  timeout = 60_000,
): Promise<Ran> {
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
