import { readdirSync } from 'node:fs';
import type { Knex } from 'knex';

const FOLDER = new URL('../migrations/', import.meta.url);

const source: Knex.MigrationSource<string> = {
  getMigrations: async () =>
    readdirSync(FOLDER)
      .filter((name) => /^\d{4}-.*\.ts$/.test(name))
      .toSorted(),
  getMigrationName: (name) => name,
  getMigration: async (name) => (await import(new URL(name, FOLDER).href)) as Knex.Migration,
};

const options: Knex.MigratorConfig = { migrationSource: source, tableName: 'migrations' };

/** Brings the schema up to date; one at a time, also when several processes start at once. @returns what was applied now */
export async function migrate(db: Knex): Promise<string[]> {
  return db.transaction(async (holder) => {
    // A lock of the session: knex' own lock table would stay locked after a kill.
    const [locked] = await holder.raw(`SELECT get_lock('reanimator migrate', 120) AS locked`);
    if (locked[0]?.locked !== 1)
      throw new Error('another process has been migrating for two minutes; see what it does');
    try {
      await db.migrate.forceFreeMigrationsLock(options);
      const [, applied] = (await db.migrate.latest(options)) as [number, string[]];
      return applied;
    } finally {
      await holder.raw(`SELECT release_lock('reanimator migrate')`);
    }
  });
}

/** @returns the migrations that are still to be applied */
export async function pendingMigrations(db: Knex): Promise<string[]> {
  const [, pending] = (await db.migrate.list(options)) as [unknown[], (string | { file: string })[]];
  return pending.map((one) => (typeof one === 'string' ? one : one.file));
}
