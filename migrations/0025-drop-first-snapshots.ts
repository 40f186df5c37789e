import type { Knex } from 'knex';

/** Whole inventories as one text each: no release has written them; every server is read again at its next inspection. */
export async function up(db: Knex): Promise<void> {
  await db.raw('DROP TABLE snapshots, inventories');
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE inventories (
    hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    body longtext NOT NULL CHECK (json_valid(body)),
    created_at datetime(6) NOT NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  await db.raw(`CREATE TABLE snapshots (
    id uuid NOT NULL,
    asset_id uuid NOT NULL,
    source varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    first_collected_at datetime(6) NOT NULL,
    last_collected_at datetime(6) NOT NULL,
    sightings int unsigned NOT NULL DEFAULT 1,
    inventory_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    scope longtext NOT NULL CHECK (json_valid(scope)),
    warnings longtext NOT NULL CHECK (json_valid(warnings)),
    PRIMARY KEY (asset_id, first_collected_at, id),
    KEY snapshots_hash (inventory_hash)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}
