import type { Knex } from 'knex';

/** One row per transaction, so that a COMMIT whose answer was lost can be read back. Swept after an hour. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE commits (
    id uuid NOT NULL PRIMARY KEY,
    committed_at datetime(6) NOT NULL DEFAULT current_timestamp(6),
    KEY commits_committed_at (committed_at)
  ) ENGINE=InnoDB`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE commits');
}
