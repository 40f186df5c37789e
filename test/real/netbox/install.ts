import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { findProgram, findRedis } from '#setup/find-program.mjs';
import { NotHere } from './not-here.ts';
import { runCommand } from './run-command.ts';

export const NETBOX_VERSION = '4.7.3';
const POSTGRES_MINIMUM = 15;

export interface Installed {
  /** `bin` folder of the Python environment that NetBox is in. */
  bin: string;
  /** Folder of `initdb`, `postgres`, `psql`. */
  postgresBin: string;
  redisServer: string;
}

interface Install {
  /** Of the checkout. */
  root: string;
  /** Everything but Debian's packages goes here. */
  folder: string;
  log(line: string): void;
}

/** Programs only; nothing is started. What is there already is used. @throws NotHere */
export async function installNetbox(install: Install): Promise<Installed> {
  const { folder, log } = install;
  const bin = path.join(folder, 'venv', 'bin');
  const marker = path.join(folder, 'venv', 'complete');
  if (!existsSync(marker) || readFileSync(marker, 'utf8').trim() !== NETBOX_VERSION) {
    await makeEnvironment(install, await findPython(), bin);
    writeFileSync(marker, `${NETBOX_VERSION}\n`);
  } else log(`netbox ${NETBOX_VERSION} is installed`);
  return { bin, ...(await findServers(install)) };
}

async function findServers(install: Install): Promise<Omit<Installed, 'bin'>> {
  const missing = [
    ...(findPostgres() === undefined ? ['postgresql'] : []),
    ...(findRedis() === undefined ? ['redis-server'] : []),
  ];
  if (missing.length > 0) await installDebian(install, missing);
  const postgresBin = findPostgres();
  const redis = findRedis();
  if (postgresBin === undefined)
    throw new NotHere(`PostgreSQL ${POSTGRES_MINIMUM} or newer (with contrib) is not installed, and could not be`);
  if (redis === undefined) throw new NotHere('redis-server is not installed, and could not be');
  return { postgresBin, redisServer: redis.server };
}

/** The newest of Debian's versions, else the one that `pg_config` names. */
function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian)
    ? readdirSync(debian)
        .map(Number)
        .filter((version) => version >= POSTGRES_MINIMUM)
    : [];
  const newest = versions.toSorted((a, b) => b - a).map((version) => path.join(debian, String(version), 'bin'));
  const inPath = findProgram('initdb');
  return [...newest, ...(inPath === undefined ? [] : [path.dirname(inPath)])].find((bin) =>
    existsSync(path.join(bin, 'postgres')),
  );
}

async function installDebian({ root, log }: Install, packages: string[]): Promise<void> {
  const started = Date.now();
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined)
    throw new NotHere(`missing and not installable without root and apt-get: ${packages.join(', ')}`);
  log(`installing Debian packages: ${packages.join(' ')} (no service is started)`);
  const ran = await runCommand(['sh', path.join(root, 'setup', 'prepare', 'install-debian.sh'), ...packages], {
    timeoutMs: 600_000,
  });
  if (ran.code !== 0) throw new NotHere(`installing ${packages.join(', ')} failed:\n${ran.tail}`);
  // The script keeps services from starting now; this keeps the one that Debian sets up from starting with the next boot.
  if (existsSync('/run/systemd/system') && packages.includes('postgresql'))
    await runCommand(['systemctl', 'disable', '--now', 'postgresql']);
  log(`installed ${packages.join(', ')} in ${seconds(started)}`);
}

/** NetBox 4.7 wants 3.12 to 3.14. A shim of pyenv may stand in PATH and still refuse to run, so each one is asked. */
async function findPython(): Promise<string> {
  const pyenv = path.join(process.env.PYENV_ROOT ?? path.join(homedir(), '.pyenv'), 'versions');
  const own = existsSync(pyenv)
    ? readdirSync(pyenv)
        .filter((name) => /^3\.1[234]\b/.test(name))
        .map((name) => path.join(pyenv, name, 'bin', 'python3'))
    : [];
  const named = ['python3.13', 'python3.12', 'python3.14', 'python3']
    .map((name) => findProgram(name))
    .filter((program) => program !== undefined);
  for (const candidate of [...named, ...own]) {
    const test = 'import sys; sys.exit(not (3, 12) <= sys.version_info[:2] < (3, 15))';
    if ((await runCommand([candidate, '-c', test], { timeoutMs: 20_000 })).code === 0) return candidate;
  }
  throw new NotHere('NetBox 4.7 needs Python 3.12, 3.13 or 3.14, and there is none');
}

async function makeEnvironment(install: Install, python: string, bin: string): Promise<void> {
  const { folder, log } = install;
  const started = Date.now();
  log(`installing netbox ${NETBOX_VERSION} from the Python registry with ${python}`);
  rmSync(path.join(folder, 'venv'), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const made = await runCommand([python, '-m', 'venv', path.join(folder, 'venv')]);
  if (made.code !== 0)
    throw new NotHere(`${python} cannot make a virtual environment (on Debian: python3-venv):\n${made.tail}`);
  const uv = await runCommand(
    [path.join(bin, 'python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'uv'],
    { timeoutMs: 300_000 },
  );
  if (uv.code !== 0) throw new NotHere(`the Python registry cannot be reached:\n${uv.tail}`);
  // NetBox asks for psycopg[c], which compiles against PostgreSQL's headers for a minute; the ready-made one does the same.
  const overrides = path.join(folder, 'overrides.txt');
  writeFileSync(overrides, 'psycopg[binary,pool]>=3.3,<3.4\n');
  const command = [
    path.join(bin, 'uv'),
    'pip',
    'install',
    '--quiet',
    '--python',
    path.join(bin, 'python'),
    '--compile-bytecode',
    '--overrides',
    overrides,
  ];
  const env = { ...(process.env.UV_CACHE_DIR ? {} : { UV_NO_CACHE: '1' }), ...(await sameIndexAsPip(bin)) };
  const installed = await runCommand([...command, `netbox==${NETBOX_VERSION}`], { env, timeoutMs: 600_000 });
  if (installed.code !== 0) throw new NotHere(`installing netbox ${NETBOX_VERSION} failed:\n${installed.tail}`);
  log(`installed netbox ${NETBOX_VERSION} in ${seconds(started)}`);
}

/** uv does not read pip's settings: a machine that reaches the registry through a mirror must not be sent past it. */
async function sameIndexAsPip(bin: string): Promise<Record<string, string>> {
  if (process.env.UV_DEFAULT_INDEX ?? process.env.UV_INDEX_URL) return {};
  const found: Record<string, string> = {};
  for (const [setting, variable] of [
    ['index-url', 'UV_DEFAULT_INDEX'],
    ['cert', 'SSL_CERT_FILE'],
    ['find-links', 'UV_FIND_LINKS'],
  ] as const) {
    for (const section of ['global', ':env:']) {
      const asked = await runCommand([path.join(bin, 'python'), '-m', 'pip', 'config', 'get', `${section}.${setting}`]);
      if (asked.code === 0 && process.env[variable] === undefined) found[variable] = asked.output.trim();
    }
  }
  return found;
}

export function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
