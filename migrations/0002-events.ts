import type { Knex } from 'knex';

/** The log: append-only. `sequence` is given by the relay after the commit and is the feed's order. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE events (
    id uuid NOT NULL PRIMARY KEY,
    type varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version smallint unsigned NOT NULL,
    subject_type varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject_id varchar(64) COLLATE utf8mb4_bin NOT NULL,
    related longtext NOT NULL CHECK (json_valid(related)),
    occurred_at datetime(6) NOT NULL,
    recorded_at datetime(6) NOT NULL,
    actor varchar(120) NOT NULL,
    cause varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    data longtext NOT NULL CHECK (json_valid(data)),
    sequence bigint unsigned NULL,
    UNIQUE KEY events_sequence (sequence),
    KEY events_cause (cause)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE events');
}
