import type { Knex } from 'knex';

/** One source looked at one place at one moment, and saw this. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE snapshots (
    place_id uuid NOT NULL,
    source tinyint unsigned NOT NULL,
    collected_at datetime(6) NOT NULL,
    inventory_id int unsigned NOT NULL,
    bundle_id int unsigned NOT NULL,
    PRIMARY KEY (place_id, source, collected_at, inventory_id, bundle_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE snapshots');
}
