import type { Knex } from 'knex';

/** Which alert came of which symptom, and of which episode: what an explanation shows. The alerts themselves are in the log. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE telemetry_alerts (
    alert_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    component varchar(100) COLLATE utf8mb4_bin NOT NULL,
    rule varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    occurred_at datetime(6) NOT NULL,
    did enum('raised', 'repeated', 'cleared') NOT NULL,
    event_hash binary(16) NULL,
    PRIMARY KEY (alert_id),
    KEY telemetry_alerts_hash (event_hash),
    KEY telemetry_alerts_episode (subject_id, component, rule, occurred_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE telemetry_alerts');
}
