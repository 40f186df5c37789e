import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { findMariaDb } from '../find-program.mjs';
import { withConnection, type MySqlAccess } from './databases.ts';
import { freePort } from './free-port.ts';
import { copyTemplate } from './mariadb-template.ts';
import { runAsFor } from './run-as.ts';
import type { ServerProgram } from './server-process.ts';
import type { Watchdog } from './watchdog.ts';

const USER = 'reanimator';
/** sockaddr_un has 108 bytes with the closing zero. */
const LONGEST_SOCKET_PATH = 107;

type PrepareMariaDb = {
  varFolder: string;
  folder: string;
  password: string;
  keepData: boolean;
  settings: Record<string, string>;
  watchdog: Watchdog;
};

type PreparedMariaDb = {
  mysql: MySqlAccess;
  program: ServerProgram;
  removeData(): void;
  removeSocketFolder(): void;
};

/**
 * Runs at every start and changes nothing at the second. The template comes with `root` accounts without a password,
 * one of them for TCP, and may have anonymous ones.
 */
function accountsSql(password: string): string {
  const accounts = ['127.0.0.1', 'localhost'].flatMap((host) => [
    `CREATE OR REPLACE USER '${USER}'@'${host}' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO '${USER}'@'${host}' WITH GRANT OPTION;`,
  ]);
  return [
    "DELETE FROM mysql.global_priv WHERE (User = 'root' AND Host <> 'localhost') OR User = '';",
    'FLUSH PRIVILEGES;',
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    ...accounts,
    '',
  ].join('\n');
}

function configuration(settings: Record<string, string>): string {
  const lines = Object.entries(settings).map(([name, value]) => (value === '' ? name : `${name} = ${value}`));
  return ['[mariadbd]', ...lines, ''].join('\n');
}

function socketFile(folder: string, watchdog: Watchdog): { socket: string; temporary: string | undefined } {
  const socket = path.join(folder, 'run', 'mariadb.sock');
  if (Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH) return { socket, temporary: undefined };
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'reanimator-'));
  watchdog.guardFolder(temporary);
  return { socket: path.join(temporary, 'mariadb.sock'), temporary };
}

export async function prepareMariaDb(options: PrepareMariaDb): Promise<PreparedMariaDb> {
  const { folder, password } = options;
  const found = findMariaDb();
  if (found === undefined) throw new Error('mariadbd is missing; start through setup/prepare.mjs services');

  const data = path.join(folder, 'mariadb');
  const log = path.join(folder, 'mariadb.log');
  const runFolder = path.join(folder, 'run');
  if (!options.keepData) rmSync(data, { recursive: true, force: true });
  rmSync(log, { force: true });
  const temporaryTables = path.join(runFolder, 'tmp');
  mkdirSync(temporaryTables, { recursive: true });
  const runAs = runAsFor('mysql', runFolder);
  const { socket, temporary } = socketFile(folder, options.watchdog);
  const port = await freePort();
  const configFile = path.join(runFolder, 'mariadb.cnf');
  const accountsFile = path.join(runFolder, 'accounts.sql');
  // The uca1400 collations came with 10.10, before the oldest version that we take; Unicode 14 order.
  const collation = 'utf8mb4_uca1400_ai_ci';

  rmSync(configFile, { force: true });
  rmSync(accountsFile, { force: true });
  writeFileSync(accountsFile, accountsSql(password), { mode: 0o600 });
  const user = process.getuid?.() === 0 && runAs === undefined ? { user: 'root' } : {};
  const settings = {
    ...user,
    datadir: data,
    // Never a shared one: a server that starts removes every `#sql…` file of its tmpdir, other servers' included.
    tmpdir: temporaryTables,
    socket,
    port: String(port),
    bind_address: '127.0.0.1',
    pid_file: path.join(runFolder, 'mariadbd.pid'),
    init_file: accountsFile,
    skip_name_resolve: 'ON',
    skip_log_bin: '',
    character_set_server: 'utf8mb4',
    collation_server: collation,
    default_time_zone: "'+00:00'",
    max_connections: '300',
    max_allowed_packet: '64M',
    performance_schema: 'OFF',
    innodb_flush_log_at_trx_commit: '1',
    // The default from 11.6.2 on; `loose` because not every 10.11 has it.
    loose_innodb_snapshot_isolation: 'ON',
    innodb_buffer_pool_size: '128M',
    innodb_log_file_size: '64M',
    aria_pagecache_buffer_size: '8M',
    key_buffer_size: '1M',
    ...options.settings,
  };
  writeFileSync(configFile, configuration(settings), { mode: 0o600 });
  if (runAs !== undefined) {
    for (const file of [
      runFolder,
      temporaryTables,
      configFile,
      accountsFile,
      ...(temporary === undefined ? [] : [temporary]),
    ]) {
      chownSync(file, runAs.uid, runAs.gid);
    }
  }

  const url = `mysql://${USER}:${password}@127.0.0.1:${port}/`;
  const mysql: MySqlAccess = { host: '127.0.0.1', port, socket, user: USER, password, collation, url };
  const removeData = (): void => rmSync(data, { recursive: true, force: true });
  return {
    mysql,
    program: {
      name: 'mariadb',
      command: found.server,
      args: [`--defaults-file=${configFile}`],
      log,
      ...(runAs === undefined ? {} : { runAs }),
      before: () => copyTemplate({ found, varFolder: options.varFolder, data, runAs }),
      ping: () => withConnection(mysql, async (connection) => void (await connection.query('SELECT 1'))),
    },
    removeData,
    removeSocketFolder: () => {
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    },
  };
}
