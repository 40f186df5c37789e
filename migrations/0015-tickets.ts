import type { Knex } from 'knex';

/** One open ticket per (server, type, component): `open_slot` is unique while the ticket is open. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE tickets (
    id uuid NOT NULL PRIMARY KEY,
    asset_id uuid NOT NULL,
    type varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    component varchar(100) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
    serial varchar(100) COLLATE utf8mb4_bin NULL,
    state enum('OPEN','IN_PROGRESS','DONE','WONT_FIX') NOT NULL,
    priority enum('LOW','MEDIUM','HIGH','CRITICAL') NOT NULL,
    summary varchar(255) NOT NULL,
    reason varchar(1000) NOT NULL,
    occurrences int unsigned NOT NULL DEFAULT 1,
    first_event_at datetime(6) NOT NULL,
    last_event_at datetime(6) NOT NULL,
    external_id varchar(64) COLLATE utf8mb4_bin NULL,
    external_key varchar(64) COLLATE utf8mb4_bin NULL,
    external_url varchar(500) NULL,
    opened_at datetime(6) NOT NULL,
    closed_at datetime(6) NULL,
    open_slot varchar(220) COLLATE utf8mb4_bin AS (if(state in ('OPEN','IN_PROGRESS'), concat(asset_id, '/', type, '/', component), NULL)) PERSISTENT,
    UNIQUE KEY tickets_open_slot (open_slot),
    KEY tickets_asset (asset_id, opened_at),
    KEY tickets_state (state, opened_at),
    KEY tickets_external (external_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE tickets');
}
