import type { Knex } from 'knex';

/**
 * Symptoms of places beside those of servers, what a sender calls them, and whether one is over. `event_hash` is of all that was said, the
 * subject and the time included: it finds a symptom by itself. Windows are remembered with their episodes, no longer summed here.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`ALTER TABLE telemetry_events
    CHANGE COLUMN asset_id subject_id uuid NOT NULL,
    ADD COLUMN subject_type enum('asset', 'location') NOT NULL DEFAULT 'asset' AFTER subject_id,
    ADD COLUMN component_kind varchar(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER component,
    ADD COLUMN state enum('raised', 'cleared') NOT NULL DEFAULT 'raised' AFTER value,
    ADD COLUMN severity varchar(20) NULL AFTER state,
    ADD COLUMN sender_id varchar(200) COLLATE utf8mb4_bin NULL,
    ADD COLUMN late tinyint(1) NOT NULL DEFAULT 0,
    DROP KEY telemetry_events_type,
    ADD KEY telemetry_events_time (occurred_at, event_hash),
    ADD KEY telemetry_events_hash (event_hash)`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`DELETE FROM telemetry_events WHERE subject_type <> 'asset'`);
  await db.raw(`ALTER TABLE telemetry_events
    DROP KEY telemetry_events_time, DROP KEY telemetry_events_hash,
    DROP COLUMN subject_type, DROP COLUMN component_kind, DROP COLUMN state, DROP COLUMN severity, DROP COLUMN sender_id, DROP COLUMN late,
    CHANGE COLUMN subject_id asset_id uuid NOT NULL,
    ADD KEY telemetry_events_type (asset_id, type, component, occurred_at)`);
}
