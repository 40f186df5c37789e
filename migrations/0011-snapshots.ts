import type { Knex } from 'knex';

/** What one source said of one asset, and when; consecutive equal ones are one row whose last sighting is widened. */
export async function up(db: Knex): Promise<void> {
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

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE snapshots');
}
