import type { Knex } from 'knex';

/** Content-addressed: an unchanged inventory is stored once, whatever it is read from and however often. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE inventories (
    hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    body longtext NOT NULL CHECK (json_valid(body)),
    created_at datetime(6) NOT NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE inventories');
}
