import type { Knex } from 'knex';

/**
 * What a snapshot says, content-addressed: an unchanged server is one row, whatever its size and however often it is read.
 * `observations`: the ids of what it shows, 16 bytes each, sorted. `absent`: parts that a person said are gone.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE inventories (
    id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    hash binary(16) NOT NULL,
    card_id uuid NOT NULL,
    source tinyint unsigned NOT NULL,
    scope varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    facts longtext NOT NULL CHECK (json_valid(facts)),
    observations mediumblob NOT NULL,
    absent longtext NULL CHECK (json_valid(absent)),
    created_at datetime(6) NOT NULL,
    UNIQUE KEY inventories_hash (hash),
    KEY inventories_card (card_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE inventories');
}
