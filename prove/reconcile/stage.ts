import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import { type NetboxSimulator, startNetboxSimulator } from '#adapters/netbox/simulator.ts';
import { applyByItself } from '#demo/apply-by-itself.ts';
import { createApiKey } from '#src/access/commands/create-api-key.ts';
import { bootstrapRecords } from '#src/bootstrap-records.ts';
import { adapterDefinitions, composeHub, createLog, type Hub } from '#src/compose.ts';
import { readConfig } from '#src/config.ts';
import { connectDatabase } from '#src/database.ts';
import { migrate } from '#src/migrate.ts';
import { freePort, startServices } from '#setup/services.ts';
import { type LossyProxy, startLossyProxy } from '#test/kit/lossy-proxy.ts';
import { silent } from '#test/kit/test-database.ts';
import { withRedis } from '#test/kit/test-redis.ts';
import { createWorkers, type Workers } from './workers.ts';

const SECRET = 'prove-reconcile-'.repeat(3);

/** Short waits, so that a case is about order and not about patience. None is shorter than what it waits for. */
const IMPATIENT = {
  WORKER_LEASE_MS: '1200',
  SETTLE_MS: '1300',
  FOLLOW_MS: '200',
  RECONCILE_FOLLOW_MS: '1000',
  RECONCILE_AT: 'off',
  NETBOX_TIMEOUT_MS: '700',
  NETBOX_REQUESTS_PER_SECOND: '1000',
  NETBOX_CHANGE_OVERLAP_MS: '2000',
};

/** What all cases share. */
export interface Stage {
  open(options: CaseOptions): Promise<CaseStage>;
  close(): Promise<void>;
}

export interface CaseOptions {
  /** Of NetBox. */
  version: string;
  webhookDelayMs: number;
  changeLogDelayMs: number;
}

/** A hub on an empty database and a NetBox of its own, which has nothing but what the hub needs there. */
export interface CaseStage {
  netbox: NetboxSimulator;
  hub: Hub;
  db: Knex;
  url: string;
  apiKey: string;
  workers: Workers;
  /** Between the workers and the database. */
  proxy: LossyProxy;
  flushRedis(): Promise<void>;
  close(): Promise<void>;
}

export const WORKERS = 2;

export async function setReconcileStage(): Promise<Stage> {
  // The server itself is never killed here, so nothing is proved by waiting for the disk.
  const services = await startServices({
    name: 'prove-reconcile',
    mariaDbSettings: { innodb_flush_log_at_trx_commit: '0' },
  });
  const databaseUrl = await services.createDatabase('reconcile');
  const proxy = await startLossyProxy(databaseUrl);
  const db = connectDatabase(databaseUrl, 4, silent);
  await migrate(db);
  const empty = await emptier(db);
  const folder = path.join(services.folder, 'hub');
  mkdirSync(folder, { recursive: true });
  const workers = createWorkers(path.join(folder, 'workers.log'));
  const port = await freePort();
  const flushRedis = () => withRedis(services.redis.url, async (redis) => void (await redis.flushall()));

  return {
    async open({ version, ...delays }) {
      await empty();
      await flushRedis();
      const netbox = await startNetboxSimulator({ version, ...delays });
      const url = `http://127.0.0.1:${port}`;
      const env = {
        ...IMPATIENT,
        ...{ PUBLIC_URL: url, HTTP_PORT: String(port), SECRET_KEY: SECRET, LOG_LEVEL: 'warn' },
        ...{ REDIS_URL: services.redis.url, DATABASE_URL: databaseUrl },
        ...{ NETBOX_URL: netbox.url, NETBOX_TOKEN: netbox.token, NETBOX_WEBHOOK_SECRET: SECRET },
        ...{ DIRECTORY_PATH: path.join(folder, 'objects'), UPLOAD_PATH: path.join(folder, 'uploads') },
      };
      const hub = await composeHub(readConfig(env, adapterDefinitions), createLog('error'));
      const more = { name: 'prove', scopes: ['*'], expiresAt: null };
      const { text: apiKey } = await createApiKey(hub.ctx, SECRET, more);
      await bootstrapRecords(hub, false);
      await applyByItself(hub);
      const web = await hub.startWeb();
      await workers.begin({ ...env, DATABASE_URL: proxy.url }, WORKERS);
      return {
        ...{ netbox, hub, db, url, apiKey, workers, proxy, flushRedis },
        async close() {
          proxy.decide = () => 'pass';
          await workers.end();
          await web.stop();
          await hub.close();
          await netbox.close();
        },
      };
    },
    async close() {
      await workers.close();
      await db.destroy();
      await proxy.close();
      await services.stop();
    },
  };
}

/** Puts the database back to what the migrations left. */
async function emptier(db: Knex): Promise<() => Promise<void>> {
  const [names] = await db.raw('SHOW TABLES');
  const tables = (names as Record<string, string>[]).map((row) => String(Object.values(row)[0]));
  const kept = new Map<string, Record<string, unknown>[]>();
  for (const table of tables) kept.set(table, await db(table).select('*'));
  return () =>
    db.transaction(async (inside) => {
      await inside.raw('SET FOREIGN_KEY_CHECKS = 0');
      for (const [table, rows] of kept) {
        if (table.startsWith('knex_') || table.startsWith('migrations')) continue;
        await inside(table).delete();
        if (rows.length > 0) await inside(table).insert(rows);
      }
      await inside.raw('SET FOREIGN_KEY_CHECKS = 1');
    });
}
