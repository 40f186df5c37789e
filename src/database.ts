import knex, { type Knex } from 'knex';
import { HubError } from './core/error.ts';
import type { Log } from './kit/kit.ts';

/**
 * A lock is waited for shorter than a job's lease; a transaction that its process forgot (a hung driver, a lost answer) is ended by the
 * server, so that nobody waits for it for ever.
 */
const SESSION = 'SET SESSION innodb_lock_wait_timeout = 10, idle_transaction_timeout = 30';

/** One pool per process. Times come as text with microseconds, big numbers as text where they do not fit. */
export function connectDatabase(url: string, pool: number, log?: Log): Knex {
  const parsed = new URL(url);
  const socketPath = parsed.searchParams.get('socketPath');
  return knex({
    client: 'mysql2',
    connection: {
      ...(socketPath ? { socketPath } : { host: parsed.hostname, port: Number(parsed.port || 3306) }),
      user: decodeURIComponent(parsed.username),
      password: decodeURIComponent(parsed.password),
      database: decodeURIComponent(parsed.pathname.slice(1)),
      timezone: 'Z',
      dateStrings: true,
      supportBigNumbers: true,
      // JSON columns come as text: parsed by the driver, a string in one could not be told from text that is still to be parsed.
      jsonStrings: true,
      charset: 'utf8mb4',
      connectTimeout: 5_000,
      // The driver makes room for 16,000 in each connection, half a megabyte; knex prepares none.
      maxPreparedStatements: 1,
    } as Knex.MySql2ConnectionConfig & { jsonStrings: boolean; maxPreparedStatements: number },
    pool: {
      min: 0,
      max: pool,
      afterCreate(
        connection: { query(sql: string, done: (error: unknown) => void): void },
        done: (error: unknown, connection: unknown) => void,
      ) {
        connection.query(SESSION, (error) => done(error, connection));
      },
    },
    acquireConnectionTimeout: 10_000,
    ...(log
      ? {
          log: {
            warn: (told: unknown) => log.warn({ told }, 'knex'),
            error: (told: unknown) => log.warn({ told }, 'knex'),
            debug: () => {},
            deprecate: () => {},
          },
        }
      : {}),
  });
}

const OLDEST = [10, 11] as const;

/** @throws HubError unavailable saying what is wrong with the server and how to mend it */
export async function checkDatabase(db: Knex): Promise<string> {
  const [rows] = await db.raw('SELECT version() AS version, @@innodb_flush_log_at_trx_commit AS flush');
  const { version, flush } = rows[0] as { version: string; flush: number };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (!/mariadb/i.test(version) || major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new HubError('unavailable', `The database is ${version}; MariaDB ≥ ${OLDEST.join('.')} is needed`);
  }
  if (Number(flush) !== 1) {
    throw new HubError(
      'unavailable',
      `MariaDB runs with innodb_flush_log_at_trx_commit = ${flush}: a crash would lose what was said to be kept. Set it to 1`,
    );
  }
  return version;
}
