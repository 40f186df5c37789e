import type { Knex } from 'knex';

/** `history`: nobody registered it, bundles speak of it. `merged_into`: it proved to be this other one. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`ALTER TABLE assets
    ADD COLUMN origin varchar(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN merged_into uuid NULL,
    ADD COLUMN first_seen_at datetime(6) NULL,
    ADD KEY assets_system_uuid (system_uuid)`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(
    'ALTER TABLE assets DROP KEY assets_system_uuid, DROP COLUMN origin, DROP COLUMN merged_into, DROP COLUMN first_seen_at',
  );
}
