import type { Knex } from 'knex';

/** One thing that a run would do, or did: per object and field. `agreed`, `theirs`, `ours`: JSON; NULL is unknown. `by_person`: no brake counts it. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE plan_rows (
    run_id uuid NOT NULL,
    seq int unsigned NOT NULL,
    system_id varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    object_type varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    root_type varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    root_hub_id varchar(190) COLLATE utf8mb4_bin NULL,
    root_their_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    hub_id varchar(190) COLLATE utf8mb4_bin NULL,
    their_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    label varchar(255) NOT NULL,
    field varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    action varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    decision varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reason varchar(500) NOT NULL,
    theirs longtext NULL,
    ours longtext NULL,
    agreed longtext NULL,
    by_person tinyint(1) NOT NULL DEFAULT 0,
    state varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state_reason varchar(1000) NULL,
    request_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    sent_at datetime(6) NULL,
    settled_at datetime(6) NULL,
    PRIMARY KEY (run_id, seq),
    KEY plan_rows_scope (run_id, root_type, root_hub_id),
    KEY plan_rows_object (system_id, object_type, hub_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE plan_rows');
}
