import type { Knex } from 'knex';

/** Drives that shall be erased, are, or were; with what proves it. At most one erasure of a drive is open. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE erasures (
    id uuid NOT NULL PRIMARY KEY,
    request_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    slot varchar(190) COLLATE utf8mb4_bin NOT NULL,
    serial varchar(100) COLLATE utf8mb4_bin NOT NULL,
    open_serial varchar(100) COLLATE utf8mb4_bin AS (if(ended_at IS NULL, serial, NULL)) PERSISTENT,
    method varchar(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
    state enum('requested','starting','following','done','failed','unknown') NOT NULL,
    announced_at datetime(6) NULL,
    handle longtext NULL CHECK (json_valid(handle)),
    quiet_since datetime(6) NULL,
    said varchar(500) NULL,
    percent smallint unsigned NULL,
    evidence longtext NULL CHECK (json_valid(evidence)),
    document char(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    why varchar(1000) NULL,
    reason varchar(500) NOT NULL,
    requested_by varchar(120) NOT NULL,
    requested_at datetime(6) NOT NULL,
    ended_at datetime(6) NULL,
    UNIQUE KEY erasures_open (asset_id, open_serial),
    KEY erasures_request (request_id, slot),
    KEY erasures_asset (asset_id, requested_at, id),
    KEY erasures_serial (serial)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE erasures');
}
