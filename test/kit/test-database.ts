import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Ctx, WakeTopic } from '#src/core/ctx.ts';
import { connectDatabase } from '#src/database.ts';
import type { Log } from '#src/kit/kit.ts';
import { migrate } from '#src/migrate.ts';
import { attachServices } from '#setup/attach-services.ts';

export interface TestDatabase {
  db: Knex;
  url: string;
  name: string;
  /** Another pool on the same database, e.g. another process. Ends with `close`. */
  connect(url?: string): Knex;
  close(): Promise<void>;
}

/** A database of this test file's own, with the hub's schema; removed by `close`. */
export async function testDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const services = attachServices();
  const name = `t_${randomBytes(6).toString('hex')}`;
  const url = await services.createDatabase(name);
  const pools: Knex[] = [];
  const connect = (to = url): Knex => {
    const pool = connectDatabase(to, 10);
    pools.push(pool);
    return pool;
  };
  const db = connect();
  if (options.migrated ?? true) await migrate(db);
  return {
    ...{ db, url, name, connect },
    async close() {
      await Promise.all(pools.map((pool) => pool.destroy()));
      await services.dropDatabase(name);
    },
  };
}

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => silent };

/** A ctx on a database, without a hub around it. `woken` collects what was nudged. */
export function testCtx(db: Knex, more: Partial<Ctx> = {}): Ctx & { woken: WakeTopic[] } {
  const woken: WakeTopic[] = [];
  const signal = new AbortController().signal;
  return {
    db,
    actor: 'test',
    cause: null,
    log: silent,
    signal,
    now: () => new Date(),
    wake: (topic) => void woken.push(topic),
    ...more,
    woken,
  };
}
