import type { Knex } from 'knex';

/** One row: the last sequence given. Its lock makes the relays of several workers take turns. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE feed_position (
    id tinyint unsigned NOT NULL PRIMARY KEY,
    sequence bigint unsigned NOT NULL
  ) ENGINE=InnoDB`);
  await db.raw('INSERT INTO feed_position (id, sequence) VALUES (1, 0)');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE feed_position');
}
