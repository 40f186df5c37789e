import type { Knex } from 'knex';

/** When somebody works on a server, a rack, a site: what shows then is no fault. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE maintenance_windows (
    id uuid NOT NULL PRIMARY KEY,
    subject_type enum('asset','location') NOT NULL,
    subject_id uuid NOT NULL,
    starts_at datetime(6) NOT NULL,
    ends_at datetime(6) NOT NULL,
    reason varchar(500) NOT NULL,
    created_by varchar(120) NOT NULL,
    created_at datetime(6) NOT NULL,
    ended_by varchar(120) NULL,
    KEY maintenance_windows_subject (subject_id, ends_at),
    KEY maintenance_windows_time (starts_at, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE maintenance_windows');
}
