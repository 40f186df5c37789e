import type { Knex } from 'knex';

/** Somebody counts what lies at a place. At most one count of a place is open; nothing changes before it is approved. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE stock_counts (
    id uuid NOT NULL PRIMARY KEY,
    location_id uuid NOT NULL,
    state enum('open','approved','cancelled') CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    opened_at datetime(6) NOT NULL,
    opened_by varchar(120) NOT NULL,
    closed_at datetime(6) NULL,
    closed_by varchar(120) NULL,
    reason varchar(500) NULL,
    open_location uuid AS (if(state = 'open', location_id, NULL)) PERSISTENT,
    UNIQUE KEY stock_counts_open (open_location),
    KEY stock_counts_opened (opened_at, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE stock_counts');
}
