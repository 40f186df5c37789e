import type { Knex } from 'knex';

/** Symptoms as reported. Taken once: the key is (server, time, hash), which also keeps a server's symptoms together. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE telemetry_events (
    asset_id uuid NOT NULL,
    occurred_at datetime(6) NOT NULL,
    event_hash binary(16) NOT NULL,
    type varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    component varchar(100) COLLATE utf8mb4_bin NULL,
    serial varchar(100) COLLATE utf8mb4_bin NULL,
    value double NULL,
    message varchar(1000) NULL,
    source varchar(100) NULL,
    received_at datetime(6) NOT NULL,
    PRIMARY KEY (asset_id, occurred_at, event_hash),
    KEY telemetry_events_type (asset_id, type, component, occurred_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE telemetry_events');
}
