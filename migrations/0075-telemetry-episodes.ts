import type { Knex } from 'knex';

/** What each rule remembers of a server's or place's part: its window, whether it has raised, and when to look at it again. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE telemetry_episodes (
    subject_id uuid NOT NULL,
    component varchar(100) COLLATE utf8mb4_bin NOT NULL,
    rule varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject_type enum('asset', 'location') NOT NULL,
    raised_at datetime(6) NULL,
    due_at datetime(6) NULL,
    memory longtext NOT NULL CHECK (json_valid(memory)),
    PRIMARY KEY (subject_id, component, rule),
    KEY telemetry_episodes_due (due_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE telemetry_episodes');
}
