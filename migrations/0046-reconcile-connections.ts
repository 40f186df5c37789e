import type { Knex } from 'knex';

/** How the hub stands to each system that it compares itself with. Without a row: dry-run, never compared. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE reconcile_connections (
    system_id varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    mode varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    mapping_hash binary(32) NULL,
    held_reason varchar(1000) NULL,
    released_at datetime(6) NULL,
    change_cursor mediumtext NULL,
    changes_read_at datetime(6) NULL,
    compared_at datetime(6) NULL,
    updated_at datetime(6) NOT NULL,
    updated_by varchar(120) NOT NULL,
    version int unsigned NOT NULL DEFAULT 1
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE reconcile_connections');
}
