import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export interface Validators {
  /** Of one of the three programs. */
  program(name: 'service' | 'protocol' | 'interop'): string;
  /** CSDL of all Redfish and Swordfish schemas. */
  schemas: string;
  /** For reports. */
  folder: string;
}

const run = promisify(execFile);
const REQUIREMENTS = path.join(import.meta.dirname, 'requirements-validators.txt');
/** The schemas as a crate carries them: the validators would fetch each one from DMTF's own server. */
const SCHEMAS = {
  crate: 'nv-redfish-schema',
  version: '0.22.1',
  folders: ['redfish-csdl/csdl', 'swordfish-csdl/csdl-schema'],
};

/** DMTF's validators and the schemas, fetched once and anew when the pins change; or why they cannot be had. */
export async function prepareValidators(
  root: string,
  log: (line: string) => void,
): Promise<Validators | { reason: string }> {
  const folder = path.join(root, 'var/real/redfish/validators');
  const schemas = path.join(folder, 'schemas');
  const found: Validators = {
    program: (name) => path.join(folder, `venv/bin/rf_${name}_validator`),
    schemas,
    folder,
  };
  const marker = path.join(folder, 'installed.txt');
  const wanted = `${await readFile(REQUIREMENTS, 'utf8')}${SCHEMAS.crate}==${SCHEMAS.version}\n`;
  if (existsSync(marker) && (await readFile(marker, 'utf8')) === wanted) return found;
  await rm(folder, { recursive: true, force: true });
  await mkdir(schemas, { recursive: true });
  try {
    log("installing DMTF's validators");
    await run('python3', ['-m', 'venv', path.join(folder, 'venv')], { timeout: 120_000 });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
    await run(path.join(folder, 'venv/bin/python'), pip, { timeout: 600_000 });
    await fetchSchemas(path.join(folder, 'crate'), schemas);
  } catch (error) {
    const said = error as { stderr?: string; message: string };
    return { reason: `cannot be installed: ${(said.stderr || said.message).trim().split('\n').at(-1) ?? ''}` };
  }
  await writeFile(marker, wanted);
  return found;
}

async function fetchSchemas(crate: string, to: string): Promise<void> {
  await mkdir(path.join(crate, 'src'), { recursive: true });
  const dependency = `[dependencies]\n${SCHEMAS.crate} = "=${SCHEMAS.version}"\n`;
  await writeFile(path.join(crate, 'Cargo.toml'), `[package]\nname = "schemas"\nversion = "0.0.0"\n${dependency}`);
  await writeFile(path.join(crate, 'src/lib.rs'), '');
  const home = path.join(crate, 'home');
  const fetching = ['fetch', '--quiet', '--manifest-path', path.join(crate, 'Cargo.toml')];
  await run('cargo', fetching, { timeout: 300_000, env: { ...process.env, CARGO_HOME: home } });
  const sources = path.join(home, 'registry/src');
  const [registry = ''] = await readdir(sources);
  for (const name of SCHEMAS.folders) {
    const from = path.join(sources, registry, `${SCHEMAS.crate}-${SCHEMAS.version}`, name);
    // Where both have a schema, Redfish's is the newer one.
    for (const file of await readdir(from))
      if (file.endsWith('.xml') && !existsSync(path.join(to, file)))
        await copyFile(path.join(from, file), path.join(to, file));
  }
}
