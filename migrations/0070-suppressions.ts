import type { Knex } from 'knex';

/** Alerts that opened no ticket, each with why, until when, and the ticket that explains it. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE suppressions (
    id uuid NOT NULL PRIMARY KEY,
    alert_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject_type enum('asset','location') NOT NULL,
    subject_id uuid NOT NULL,
    site varchar(100) NULL,
    symptom varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    component varchar(100) COLLATE utf8mb4_bin NOT NULL,
    rule varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    why varchar(1000) NOT NULL,
    until_at datetime(6) NULL,
    ticket_id uuid NULL,
    complaint longtext NOT NULL,
    cleared_at datetime(6) NULL,
    looked_again_at datetime(6) NULL,
    occurred_at datetime(6) NOT NULL,
    created_at datetime(6) NOT NULL,
    UNIQUE KEY suppressions_alert (alert_id),
    KEY suppressions_time (created_at, id),
    KEY suppressions_subject (subject_id, created_at),
    KEY suppressions_ticket (ticket_id, created_at),
    KEY suppressions_rule (rule, created_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE suppressions');
}
