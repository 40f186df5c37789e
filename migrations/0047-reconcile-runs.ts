import type { Knex } from 'knex';

/** A look at everything (or at what was noticed), with what it found and what was done about it. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE reconcile_runs (
    id uuid NOT NULL PRIMARY KEY,
    system_id varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    applies tinyint(1) NOT NULL,
    reason varchar(255) NOT NULL,
    requested_by varchar(120) NOT NULL,
    requested_at datetime(6) NOT NULL,
    started_at datetime(6) NULL,
    planned_at datetime(6) NULL,
    finished_at datetime(6) NULL,
    mapping_hash binary(32) NULL,
    plan_hash binary(32) NULL,
    progress longtext NULL CHECK (json_valid(progress)),
    summary longtext NULL CHECK (json_valid(summary)),
    brakes longtext NULL CHECK (json_valid(brakes)),
    approved_by varchar(120) NULL,
    approved_at datetime(6) NULL,
    error varchar(2000) NULL,
    KEY reconcile_runs_system (system_id, kind, id),
    KEY reconcile_runs_state (system_id, state),
    KEY reconcile_runs_requested (system_id, kind, requested_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE reconcile_runs');
}
