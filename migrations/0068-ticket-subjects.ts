import type { Knex } from 'knex';

/** A ticket is about a server or a place; it knows what raised it, how it stands outside, and what proves the repair. */
export async function up(db: Knex): Promise<void> {
  await db.raw('ALTER TABLE tickets DROP INDEX tickets_open_slot, DROP COLUMN open_slot');
  await db.raw(`ALTER TABLE tickets
    MODIFY asset_id uuid NULL,
    ADD COLUMN subject_type enum('asset','location') NOT NULL DEFAULT 'asset',
    ADD COLUMN location_id uuid NULL,
    ADD COLUMN site varchar(100) NULL,
    ADD COLUMN symptom varchar(60) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN rule varchar(100) NULL,
    ADD COLUMN template varchar(100) NULL,
    ADD COLUMN assignee_group varchar(100) NULL,
    ADD COLUMN part_id uuid NULL,
    ADD COLUMN reopened int unsigned NOT NULL DEFAULT 0,
    ADD COLUMN reopened_at datetime(6) NULL,
    ADD COLUMN explained_by uuid NULL,
    ADD COLUMN flapping_since datetime(6) NULL,
    ADD COLUMN cleared_at datetime(6) NULL,
    ADD COLUMN repeat_told_at datetime(6) NULL,
    ADD COLUMN state_at datetime(6) NULL,
    ADD COLUMN state_by varchar(120) NULL,
    ADD COLUMN assignee varchar(200) NULL,
    ADD COLUMN resolution varchar(200) NULL,
    ADD COLUMN outside_status varchar(100) NULL,
    ADD COLUMN outside_category varchar(30) NULL,
    ADD COLUMN outside_updated_at datetime(6) NULL,
    ADD COLUMN synced_at datetime(6) NULL,
    ADD COLUMN sla longtext NULL,
    ADD COLUMN proof longtext NULL,
    ADD COLUMN proven_at datetime(6) NULL,
    ADD COLUMN unproven boolean NOT NULL DEFAULT FALSE,
    ADD COLUMN open_slot varchar(220) COLLATE utf8mb4_bin AS
      (if(state in ('OPEN','IN_PROGRESS'), concat(coalesce(asset_id, location_id), '/', type, '/', component), NULL)) PERSISTENT,
    ADD UNIQUE KEY tickets_open_slot (open_slot),
    ADD KEY tickets_opened (opened_at, id),
    ADD KEY tickets_location (location_id, opened_at),
    ADD KEY tickets_synced (state, synced_at)`);
}

export async function down(db: Knex): Promise<void> {
  await db('tickets').whereNull('asset_id').delete();
  await db.raw('ALTER TABLE tickets DROP INDEX tickets_open_slot, DROP COLUMN open_slot');
  await db.raw(`ALTER TABLE tickets
    MODIFY asset_id uuid NOT NULL,
    DROP KEY tickets_opened, DROP KEY tickets_location, DROP KEY tickets_synced,
    DROP COLUMN subject_type, DROP COLUMN location_id, DROP COLUMN site, DROP COLUMN symptom, DROP COLUMN rule,
    DROP COLUMN template, DROP COLUMN assignee_group, DROP COLUMN part_id, DROP COLUMN reopened, DROP COLUMN reopened_at,
    DROP COLUMN explained_by, DROP COLUMN flapping_since, DROP COLUMN cleared_at, DROP COLUMN repeat_told_at,
    DROP COLUMN state_at, DROP COLUMN state_by, DROP COLUMN assignee, DROP COLUMN resolution, DROP COLUMN outside_status,
    DROP COLUMN outside_category, DROP COLUMN outside_updated_at, DROP COLUMN synced_at, DROP COLUMN sla,
    DROP COLUMN proof, DROP COLUMN proven_at, DROP COLUMN unproven,
    ADD COLUMN open_slot varchar(220) COLLATE utf8mb4_bin AS
      (if(state in ('OPEN','IN_PROGRESS'), concat(asset_id, '/', type, '/', component), NULL)) PERSISTENT,
    ADD UNIQUE KEY tickets_open_slot (open_slot)`);
}
