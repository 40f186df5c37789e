import type { Knex } from 'knex';

/** Whose servers they are. Archived, never deleted: history names them. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE customers (
    id uuid NOT NULL PRIMARY KEY,
    name varchar(100) COLLATE utf8mb4_bin NOT NULL,
    external_id varchar(100) COLLATE utf8mb4_bin NULL,
    notes varchar(2000) NULL,
    archived_at datetime(6) NULL,
    created_at datetime(6) NOT NULL,
    updated_at datetime(6) NOT NULL,
    version int unsigned NOT NULL DEFAULT 1,
    UNIQUE KEY customers_name (name),
    UNIQUE KEY customers_external_id (external_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE customers');
}
