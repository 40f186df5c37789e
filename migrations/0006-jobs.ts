import type { Knex } from 'knex';

/** The journal of all work. BullMQ carries the wake-ups; this table is the truth, and an empty Redis loses nothing. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE jobs (
    id uuid NOT NULL PRIMARY KEY,
    name varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    input longtext NOT NULL CHECK (json_valid(input)),
    subject_type varchar(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    subject_id varchar(64) COLLATE utf8mb4_bin NULL,
    state enum('waiting','active','done','dead','cancelled') NOT NULL,
    dedupe_key varchar(190) COLLATE utf8mb4_bin NULL,
    waiting_slot varchar(190) COLLATE utf8mb4_bin AS (if(state = 'waiting', dedupe_key, NULL)) PERSISTENT,
    active_slot varchar(190) COLLATE utf8mb4_bin AS (if(state = 'active', dedupe_key, NULL)) PERSISTENT,
    attempts int unsigned NOT NULL DEFAULT 0,
    failures int unsigned NOT NULL DEFAULT 0,
    fence int unsigned NOT NULL DEFAULT 0,
    worker varchar(120) NULL,
    lease_until datetime(6) NULL,
    due_at datetime(6) NOT NULL,
    cause varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    reaction varchar(80) CHARACTER SET ascii COLLATE ascii_bin NULL,
    progress longtext NULL CHECK (json_valid(progress)),
    result longtext NULL CHECK (json_valid(result)),
    error longtext NULL CHECK (json_valid(error)),
    created_at datetime(6) NOT NULL,
    started_at datetime(6) NULL,
    finished_at datetime(6) NULL,
    UNIQUE KEY jobs_waiting_slot (name, waiting_slot),
    UNIQUE KEY jobs_active_slot (name, active_slot),
    KEY jobs_due (state, due_at),
    KEY jobs_lease (state, lease_until),
    KEY jobs_cause (cause),
    KEY jobs_created (created_at, id),
    KEY jobs_subject (subject_type, subject_id, created_at, id),
    KEY jobs_finished (state, finished_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE jobs');
}
