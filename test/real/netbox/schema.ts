import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { NETBOX_VERSION, seconds, type Installed } from './install.ts';
import { MIGRATE } from './configuration.ts';
import { runCommand } from './run-command.ts';
import { corpusPath } from '#test/kit/corpus.ts';

interface Server {
  installed: Installed;
  port: number;
}

interface Schema extends Server {
  folder: string;
  /** For NetBox's own programs. */
  env: Record<string, string>;
  log(line: string): void;
}

/** SQL as the superuser; answers with what it printed. @throws Error */
export async function sql({ installed, port }: Server, ...statements: string[]): Promise<string> {
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
  const kept = dumps(schema).find((file) => existsSync(file));
  if (kept === undefined) await migrate(schema);
  else await load(schema, gunzipSync(readFileSync(kept)));
  log(`${kept === undefined ? 'migrated the database' : 'restored the schema from a dump'} in ${seconds(started)}`);
  await sql(schema, 'create database netbox_tpl template netbox owner netbox');
}

function dumps({ folder }: Schema): string[] {
  return [ownDump(folder), corpusPath('netbox', `schema-${NETBOX_VERSION}.sql.gz`)];
}

function ownDump(folder: string): string {
  return path.join(folder, `schema-${NETBOX_VERSION}.sql.gz`);
}

/** One of PostgreSQL's programs in NetBox's own database. */
export function asNetbox({ installed, port }: Server, program: 'psql' | 'pg_dump', database = 'netbox'): string[] {
  return [
    path.join(installed.postgresBin, program),
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-U',
    'netbox',
    '-d',
    database,
  ];
}

/** Into an empty database. */
async function load(server: Server, input: Buffer, database = 'netbox'): Promise<void> {
  const ran = await runCommand([...asNetbox(server, 'psql', database), '-qX', '-v', 'ON_ERROR_STOP=1'], { input });
  if (ran.code !== 0) throw new Error(`restoring failed:\n${ran.tail}`);
}

/** Everything as it is now, as SQL. */
async function dump(server: Server): Promise<Buffer> {
  const dumped = await runCommand([...asNetbox(server, 'pg_dump'), '--no-owner']);
  if (dumped.code !== 0) throw new Error(`dumping failed:\n${dumped.tail}`);
  // Newer dumps are wrapped in \restrict, which an older psql does not know.
  const lines = dumped.output.split('\n').filter((line) => !/^\\(un)?restrict/.test(line));
  return Buffer.from(lines.join('\n'));
}

/**
 * A second database as NetBox's is now, sequences too; the function puts it in its place, once. By way of a dump, because NetBox goes on
 * meanwhile, and loaded beforehand, because it would write into one that is half loaded.
 */
export async function backUp(server: Server): Promise<() => Promise<void>> {
  const drop = (database: string): string => `drop database if exists ${database} with (force)`;
  await sql(server, drop('netbox_backup'), 'create database netbox_backup owner netbox');
  await load(server, await dump(server), 'netbox_backup');
  return async () => void (await sql(server, drop('netbox'), 'alter database netbox_backup rename to netbox'));
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
  const file = ownDump(folder);
  writeFileSync(`${file}.new`, gzipSync(await dump(schema)));
  renameSync(`${file}.new`, file);
}
