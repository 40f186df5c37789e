import type { Knex } from 'knex';

/** Which project a server serves and where it stands; how many units it fills. `site` and `rack` stay what the system of record says. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`ALTER TABLE assets
    ADD COLUMN project_id uuid NULL AFTER position,
    ADD COLUMN location_id uuid NULL AFTER project_id,
    ADD COLUMN height_u decimal(4,1) NOT NULL DEFAULT 1 AFTER location_id,
    ADD KEY assets_project (project_id),
    ADD KEY assets_location (location_id, position),
    ADD KEY assets_asset_tag (asset_tag)`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`ALTER TABLE assets
    DROP KEY assets_project, DROP KEY assets_location, DROP KEY assets_asset_tag,
    DROP COLUMN project_id, DROP COLUMN location_id, DROP COLUMN height_u`);
}
