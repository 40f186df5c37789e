import type { Knex } from 'knex';

/** The restart of a server that was announced, and of which nobody knows yet whether it went out. Its row is the lock of all that a restart would cut off. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE server_restarts (
    asset_id uuid NOT NULL PRIMARY KEY,
    claim varchar(190) CHARACTER SET ascii COLLATE ascii_bin NULL,
    announced_at datetime(6) NULL
  ) ENGINE=InnoDB`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE server_restarts');
}
