import type { Knex } from 'knex';

/** What a customer has servers for. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE projects (
    id uuid NOT NULL PRIMARY KEY,
    customer_id uuid NOT NULL,
    name varchar(100) COLLATE utf8mb4_bin NOT NULL,
    code varchar(64) COLLATE utf8mb4_bin NULL,
    notes varchar(2000) NULL,
    archived_at datetime(6) NULL,
    created_at datetime(6) NOT NULL,
    updated_at datetime(6) NOT NULL,
    version int unsigned NOT NULL DEFAULT 1,
    UNIQUE KEY projects_name (customer_id, name),
    UNIQUE KEY projects_code (code)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE projects');
}
