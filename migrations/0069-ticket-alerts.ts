import type { Knex } from 'knex';

/** Every alert that was looked at, once, with what became of it. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE ticket_alerts (
    alert_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    subject_type enum('asset','location') NOT NULL,
    subject_id uuid NOT NULL,
    symptom varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    component varchar(100) COLLATE utf8mb4_bin NOT NULL,
    rule varchar(100) NULL,
    reason varchar(1000) NOT NULL,
    is_repeat boolean NOT NULL,
    outcome enum('opened','reopened','counted','held','suppressed') NOT NULL,
    ticket_id uuid NULL,
    occurred_at datetime(6) NOT NULL,
    created_at datetime(6) NOT NULL,
    KEY ticket_alerts_fault (subject_id, type, component, occurred_at),
    KEY ticket_alerts_ticket (ticket_id, occurred_at),
    KEY ticket_alerts_age (created_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE ticket_alerts');
}
