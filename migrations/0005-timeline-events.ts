import type { Knex } from 'knex';

/** What happened to a subject, in its order. A row per event and subject; `retracted_at` when newer evidence took it back. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE timeline_events (
    subject_type varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject_id varchar(64) COLLATE utf8mb4_bin NOT NULL,
    timestamp datetime(6) NOT NULL,
    id uuid NOT NULL,
    type varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    sentence varchar(500) NOT NULL,
    actor varchar(120) NOT NULL,
    cause varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    data longtext NOT NULL CHECK (json_valid(data)),
    recorded_at datetime(6) NOT NULL,
    retracted_at datetime(6) NULL,
    PRIMARY KEY (subject_type, subject_id, timestamp, id),
    KEY timeline_events_id (id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE timeline_events');
}
