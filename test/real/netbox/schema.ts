import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { NETBOX_VERSION, seconds, type Installed } from './install.ts';
import { MIGRATE } from './configuration.ts';
import { runCommand } from './run-command.ts';
import { corpusPath } from '#test/kit/corpus.ts';

interface Schema {
  folder: string;
  installed: Installed;
  port: number;
  /** For NetBox's own programs. */
  env: Record<string, string>;
  log(line: string): void;
}

/** SQL as the superuser; answers with what it printed. @throws Error */
export async function sql(
  { installed, port }: Pick<Schema, 'installed' | 'port'>,
  ...statements: string[]
): Promise<string> {
  const command = [
    path.join(installed.postgresBin, 'psql'),
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-U',
    'postgres',
    '-d',
    'postgres',
    '-qAtX',
    '-v',
    'ON_ERROR_STOP=1',
  ];
  const ran = await runCommand([...command, ...statements.flatMap((statement) => ['-c', statement])], {
    env: { PGOPTIONS: '-c client_min_messages=warning' },
  });
  if (ran.code !== 0) throw new Error(`psql failed:\n${ran.tail}`);
  return ran.output.trim();
}

/**
 * The finished, empty schema as the database `netbox_tpl`: from a dump where there is one, else by NetBox's migrations (four to six
 * minutes, once; the dump of it is kept for the next time).
 */
export async function ensureTemplate(schema: Schema): Promise<void> {
  const { log } = schema;
  if ((await sql(schema, "select 1 from pg_database where datname = 'netbox_tpl'")) === '1') return;
  await sql(
    schema,
    'drop database if exists netbox with (force)',
    'drop role if exists netbox',
    "create role netbox login password 'netbox'",
    'create database netbox owner netbox',
  );
  const started = Date.now();
  const dump = dumps(schema).find((file) => existsSync(file));
  if (dump === undefined) await migrate(schema);
  else await restore(schema, dump);
  log(`${dump === undefined ? 'migrated the database' : 'restored the schema from a dump'} in ${seconds(started)}`);
  await sql(schema, 'create database netbox_tpl template netbox owner netbox');
}

function dumps({ folder }: Schema): string[] {
  return [ownDump(folder), corpusPath('netbox', `schema-${NETBOX_VERSION}.sql.gz`)];
}

function ownDump(folder: string): string {
  return path.join(folder, `schema-${NETBOX_VERSION}.sql.gz`);
}

function asNetbox({ installed, port }: Schema, program: 'psql' | 'pg_dump'): string[] {
  return [
    path.join(installed.postgresBin, program),
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-U',
    'netbox',
    '-d',
    'netbox',
  ];
}

async function restore(schema: Schema, dump: string): Promise<void> {
  const input = gunzipSync(readFileSync(dump));
  const ran = await runCommand([...asNetbox(schema, 'psql'), '-qX', '-v', 'ON_ERROR_STOP=1'], { input });
  if (ran.code !== 0) throw new Error(`restoring ${dump} failed:\n${ran.tail}`);
}

async function migrate(schema: Schema): Promise<void> {
  const { installed, env, folder, log } = schema;
  log('no schema dump here: NetBox migrates an empty database now, which takes four to six minutes (once)');
  const ran = await runCommand([path.join(installed.bin, 'python'), '-'], {
    env,
    input: Buffer.from(MIGRATE),
    timeoutMs: 900_000,
  });
  if (ran.code !== 0) throw new Error(`migrating failed:\n${ran.tail}`);
  const dumped = await runCommand([...asNetbox(schema, 'pg_dump'), '--no-owner']);
  if (dumped.code !== 0) throw new Error(`dumping failed:\n${dumped.tail}`);
  // Newer dumps are wrapped in \restrict, which an older psql does not know.
  const text = dumped.output
    .split('\n')
    .filter((line) => !/^\\(un)?restrict/.test(line))
    .join('\n');
  const file = ownDump(folder);
  writeFileSync(`${file}.new`, gzipSync(text));
  renameSync(`${file}.new`, file);
}
