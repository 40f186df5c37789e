import type { Knex } from 'knex';

/** What was believed of installations from `recorded_at` until `retracted_at`, and is not any more. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE retracted_installations (
    id uuid NOT NULL,
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
    retracted_at datetime(6) NOT NULL,
    PRIMARY KEY (id, recorded_at),
    KEY retracted_installations_component (component_id),
    KEY retracted_installations_asset (asset_id, installed_at),
    KEY retracted_installations_location (location_id, installed_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE retracted_installations');
}
