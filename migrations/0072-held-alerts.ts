import type { Knex } from 'knex';

/**
 * Alerts that something bigger may explain, held for a moment. `held_alert_places` finds those of a rack or site; whoever opens a ticket
 * for one of these, or for the place itself, holds its row in `correlation_places` meanwhile.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE held_alerts (
    alert_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    subject_id uuid NOT NULL,
    symptom varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    component varchar(100) COLLATE utf8mb4_bin NOT NULL,
    complaint longtext NOT NULL,
    state enum('held','settled') NOT NULL,
    occurred_at datetime(6) NOT NULL,
    due_at datetime(6) NOT NULL,
    KEY held_alerts_due (state, due_at),
    KEY held_alerts_fault (subject_id, type, component)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  await db.raw(`CREATE TABLE held_alert_places (
    place_id uuid NOT NULL,
    occurred_at datetime(6) NOT NULL,
    alert_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (place_id, occurred_at, alert_id),
    KEY held_alert_places_alert (alert_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  await db.raw('CREATE TABLE correlation_places (place_id uuid NOT NULL PRIMARY KEY) ENGINE=InnoDB');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE correlation_places');
  await db.raw('DROP TABLE held_alert_places');
  await db.raw('DROP TABLE held_alerts');
}
