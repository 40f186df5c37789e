import type { Knex } from 'knex';

/**
 * A component in a slot of a server (or in a bin) over an interval, as it is believed now; `removed_at IS NULL`: it is there. It began in
 * (installed_after, installed_at] and ended in (removed_after, removed_at].
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE installations (
    id uuid NOT NULL PRIMARY KEY,
    component_id uuid NOT NULL,
    asset_id uuid NULL,
    location_id uuid NULL,
    slot varchar(255) COLLATE utf8mb4_bin NULL,
    installed_after datetime(6) NULL,
    installed_at datetime(6) NOT NULL,
    removed_after datetime(6) NULL,
    removed_at datetime(6) NULL,
    removal_reason varchar(10) CHARACTER SET ascii COLLATE ascii_bin NULL,
    recorded_at datetime(6) NOT NULL,
    KEY installations_component (component_id, removed_at),
    KEY installations_asset (asset_id, installed_at),
    KEY installations_location (location_id, installed_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE installations');
}
