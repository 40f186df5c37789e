import type { Knex } from 'knex';

/** Updates that were asked for; at most one per server is open. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE firmware_updates (
    id uuid NOT NULL PRIMARY KEY,
    asset_id uuid NOT NULL,
    open_asset uuid AS (if(finished_at IS NULL, asset_id, NULL)) PERSISTENT,
    state enum('requested','running','done','failed') NOT NULL,
    wanted longtext NOT NULL CHECK (json_valid(wanted)),
    may_reset tinyint(1) NOT NULL,
    reason varchar(500) NOT NULL,
    requested_by varchar(120) NOT NULL,
    requested_at datetime(6) NOT NULL,
    started_at datetime(6) NULL,
    finished_at datetime(6) NULL,
    error varchar(2000) NULL,
    UNIQUE KEY firmware_updates_open (open_asset),
    KEY firmware_updates_asset (asset_id, requested_at, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE firmware_updates');
}
