import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '#setup/services/free-port.ts';

export interface Sushy {
  url: string;
  username: string;
  password: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const REQUIREMENTS = path.join(import.meta.dirname, 'requirements.txt');

/** The folder of the Python environment, made once and made anew when the pins change; or why it cannot be had. */
export async function prepareSushy(
  root: string,
  log: (line: string) => void,
): Promise<{ folder: string } | { reason: string }> {
  const folder = path.join(root, 'var/real/redfish/venv');
  const marker = path.join(folder, 'installed.txt');
  const wanted = await readFile(REQUIREMENTS, 'utf8');
  if (existsSync(marker) && (await readFile(marker, 'utf8')) === wanted) return { folder };
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.dirname(folder), { recursive: true });
  try {
    await run('python3', ['-m', 'venv', folder], { timeout: 120_000 });
    log('installing sushy-tools');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
    await run(path.join(folder, 'bin/python'), pip, { timeout: 600_000 });
  } catch (error) {
    const said = error as { stderr?: string; message: string };
    return {
      reason: `sushy-tools cannot be installed: ${(said.stderr || said.message).trim().split('\n').at(-1) ?? ''}`,
    };
  }
  await writeFile(marker, wanted);
  return { folder };
}

/** An emulator with so many systems, switched off, on a free port of this machine. */
export async function startSushy(venv: string, { systems }: { systems: number }): Promise<Sushy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sushy-'));
  const [username, password] = ['admin', 'password'];
  const hash =
    "import bcrypt,sys;print(sys.argv[1]+':'+bcrypt.hashpw(sys.argv[2].encode(),bcrypt.gensalt(4)).decode())";
  const { stdout } = await run(path.join(venv, 'bin/python'), ['-c', hash, username, password]);
  await writeFile(path.join(folder, 'htpasswd'), stdout);
  await mkdir(path.join(folder, 'state'));
  const fakes = Array.from({ length: systems }, (_, index) => ({
    uuid: `11111111-1111-4111-8111-00000000000${index + 1}`,
    name: `node${index + 1}`,
    power_state: 'Off',
    nics: [{ mac: `52:54:00:00:00:0${index + 1}`, ip: '127.0.0.1' }],
  }));
  const settings = [
    `SUSHY_EMULATOR_AUTH_FILE=${JSON.stringify(path.join(folder, 'htpasswd'))}`,
    `SUSHY_EMULATOR_STATE_DIR=${JSON.stringify(path.join(folder, 'state'))}`,
    'SUSHY_EMULATOR_FAKE_DRIVER=True',
    `SUSHY_EMULATOR_FAKE_SYSTEMS=${JSON.stringify(fakes)}`,
  ];
  await writeFile(path.join(folder, 'conf.py'), `${settings.join('\n')}\n`);
  const port = await freePort();
  const args = ['--config', path.join(folder, 'conf.py'), '-i', '127.0.0.1', '-p', String(port)];
  const child = spawn(path.join(venv, 'bin/sushy-emulator'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said = `${said}${String(chunk)}`.slice(-4000)));
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilUp(url, child, () => said);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, username, password, stop };
}

async function untilUp(url: string, child: ChildProcess, said: () => string): Promise<void> {
  const end_ = Date.now() + 60_000;
  while (Date.now() < end_ && child.exitCode === null) {
    const answer = await fetch(`${url}/redfish/v1/`).catch(() => null);
    if (answer !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`sushy-emulator did not come up: ${said().trim()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(late);
}
