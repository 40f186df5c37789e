import type { Knex } from 'knex';

/** Which cards show a piece of evidence (`uuid:4c4c…`). One row each, which is locked by whoever brings a new card that shows it. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE identity_keys (
    name varchar(200) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
    cards longtext NOT NULL CHECK (json_valid(cards))
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE identity_keys');
}
