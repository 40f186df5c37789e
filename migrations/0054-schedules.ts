import type { Knex } from 'knex';

/** When each recurring job was last handed on. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE schedules (
    name varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    last_at datetime(6) NOT NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE schedules');
}
