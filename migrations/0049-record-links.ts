import type { Knex } from 'knex';

/**
 * Which object there stands for which of ours, and the values that both last agreed upon. `their_key` sorts as the other side pages. Without
 * `hub_id`: it was looked at, and is nobody's. `fingerprint`: of their values when nothing differed; NULL: look again.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE record_links (
    system_id varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    object_type varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    their_key varchar(68) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    their_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    hub_id varchar(190) COLLATE utf8mb4_bin NULL,
    root_hub_id varchar(190) COLLATE utf8mb4_bin NULL,
    root_their_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    agreed longtext NOT NULL CHECK (json_valid(agreed)),
    fingerprint binary(8) NULL,
    is_ours tinyint(1) NOT NULL,
    linked_at datetime(6) NOT NULL,
    PRIMARY KEY (system_id, object_type, their_key),
    UNIQUE KEY record_links_hub (system_id, object_type, hub_id),
    KEY record_links_root (system_id, object_type, root_hub_id),
    KEY record_links_their_root (system_id, object_type, root_their_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE record_links');
}
