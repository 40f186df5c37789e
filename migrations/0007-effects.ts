import type { Knex } from 'knex';

/** The effect ledger: what the hub meant to do outside, under which key, and what came back. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE effects (
    effect_key varchar(190) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    adapter varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    operation varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    class enum('idempotent','keyed','probe-first','manual') NOT NULL,
    state enum('intended','sent','done','refused','parked') NOT NULL,
    request longtext NOT NULL CHECK (json_valid(request)),
    result longtext NULL CHECK (json_valid(result)),
    error longtext NULL CHECK (json_valid(error)),
    job_id uuid NOT NULL,
    fence int unsigned NOT NULL,
    sends int unsigned NOT NULL DEFAULT 0,
    intended_at datetime(6) NOT NULL,
    sent_at datetime(6) NULL,
    finished_at datetime(6) NULL,
    KEY effects_job (job_id),
    KEY effects_state (state, intended_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE effects');
}
