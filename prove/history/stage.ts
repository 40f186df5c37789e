import type { Knex } from 'knex';
import { connectDatabase } from '#src/database.ts';
import { migrate } from '#src/migrate.ts';
import { startServices } from '#setup/services.ts';
import { type LossyProxy, startLossyProxy } from '#test/kit/lossy-proxy.ts';
import { silent } from '#test/kit/test-database.ts';

/** One database for all cases of a run of the proof. */
export interface Stage {
  url: string;
  db: Knex;
  /** In another database, so that it is not among the connections that it kills. */
  killer: Knex;
  workers: Knex[];
  proxy: LossyProxy;
  /** Through the proxy. */
  proxied: Knex[];
  close(): Promise<void>;
}

export const WORKERS = 4;

export async function setHistoryStage(): Promise<Stage> {
  // The server itself is never killed here, so nothing is proved by waiting for the disk.
  const services = await startServices({
    name: 'prove-history',
    mariaDbSettings: { innodb_flush_log_at_trx_commit: '0' },
  });
  const url = await services.createDatabase('history');
  const proxy = await startLossyProxy(url);
  const pools: Knex[] = [];
  const connect = (to: string, size: number): Knex => {
    const pool = connectDatabase(to, size, silent);
    pools.push(pool);
    return pool;
  };
  const db = connect(url, 2);
  await migrate(db);
  const several = (to: string) => Array.from({ length: WORKERS }, () => connect(to, 2));
  return {
    ...{ url, db, proxy },
    killer: connect(services.databaseUrl('information_schema'), 1),
    workers: several(url),
    proxied: several(proxy.url),
    async close() {
      await Promise.all(pools.map((pool) => pool.destroy()));
      await proxy.close();
      await services.stop();
    },
  };
}
