import type { Knex } from 'knex';

/** Rows of the other side's change log: who changed what there, and when. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE record_changes (
    system_id varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    change_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    object_type varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    their_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    change_kind varchar(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_name varchar(150) NULL,
    request_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    changed_at datetime(6) NOT NULL,
    PRIMARY KEY (system_id, change_id),
    KEY record_changes_object (system_id, object_type, their_id, changed_at),
    KEY record_changes_time (changed_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE record_changes');
}
