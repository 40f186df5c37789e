import type { Knex } from 'knex';

/** A component failed, in (occurred_after, occurred_at], as somebody or something says. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE failure_events (
    id uuid NOT NULL PRIMARY KEY,
    component_id uuid NOT NULL,
    asset_id uuid NULL,
    occurred_after datetime(6) NULL,
    occurred_at datetime(6) NOT NULL,
    mode varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    source varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    source_id varchar(120) COLLATE utf8mb4_bin NULL,
    confidence decimal(4,3) NOT NULL,
    note varchar(500) NULL,
    recorded_by varchar(120) NOT NULL,
    recorded_at datetime(6) NOT NULL,
    withdrawn_at datetime(6) NULL,
    withdrawn_by varchar(120) NULL,
    UNIQUE KEY failure_events_source (component_id, source, source_id),
    KEY failure_events_component (component_id, occurred_at),
    KEY failure_events_time (occurred_at, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE failure_events');
}
