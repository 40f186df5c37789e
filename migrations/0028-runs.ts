import type { Knex } from 'knex';

/**
 * Consecutive snapshots of one source at one place that say the same. `settled`: none of its parts was seen anywhere else, so that one
 * more such snapshot changes nothing but `last_at`.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE runs (
    place_id uuid NOT NULL,
    source tinyint unsigned NOT NULL,
    first_at datetime(6) NOT NULL,
    inventory_id int unsigned NOT NULL,
    last_at datetime(6) NOT NULL,
    settled tinyint unsigned NOT NULL,
    PRIMARY KEY (place_id, source, first_at, inventory_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE runs');
}
