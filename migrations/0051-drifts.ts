import type { Knex } from 'knex';

/** What disagrees, as one item from when it is first seen until it agrees: the inbox. `field` '': the object as a whole. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE drifts (
    id uuid NOT NULL PRIMARY KEY,
    system_id varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    object_type varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    root_type varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    root_hub_id varchar(190) COLLATE utf8mb4_bin NULL,
    root_their_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    hub_id varchar(190) COLLATE utf8mb4_bin NULL,
    their_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    label varchar(255) NOT NULL,
    field varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject varchar(200) COLLATE utf8mb4_bin NOT NULL,
    kind varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    action varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    decision varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reason varchar(500) NOT NULL,
    theirs longtext NULL,
    ours longtext NULL,
    agreed longtext NULL,
    values_hash binary(8) NOT NULL,
    state varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    run_id uuid NULL,
    first_seen_at datetime(6) NOT NULL,
    last_seen_at datetime(6) NOT NULL,
    resolved_at datetime(6) NULL,
    resolution varchar(255) NULL,
    verdict varchar(14) CHARACTER SET ascii COLLATE ascii_bin NULL,
    verdict_by varchar(120) NULL,
    verdict_at datetime(6) NULL,
    verdict_reason varchar(500) NULL,
    verdict_hash binary(8) NULL,
    ignored_until datetime(6) NULL,
    version int unsigned NOT NULL DEFAULT 1,
    open_slot varchar(400) COLLATE utf8mb4_bin GENERATED ALWAYS AS (IF(state = 'resolved', NULL, CONCAT(system_id, '|', object_type, '|', subject, '|', field))) STORED,
    UNIQUE KEY drifts_open (open_slot),
    KEY drifts_state (state, system_id, first_seen_at),
    KEY drifts_root (system_id, root_type, root_hub_id),
    KEY drifts_their_root (system_id, root_type, root_their_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE drifts');
}
