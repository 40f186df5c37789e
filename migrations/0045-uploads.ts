import type { Knex } from 'knex';

/** Uploads that come in parts, until they are in whole. How far one is, its file says. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE uploads (
    id uuid NOT NULL PRIMARY KEY,
    sha256 binary(32) NOT NULL,
    bytes int unsigned NOT NULL,
    file_name varchar(255) NULL,
    actor varchar(120) NOT NULL,
    created_at datetime(6) NOT NULL,
    busy_until datetime(6) NULL,
    UNIQUE KEY uploads_sha256 (sha256, actor)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE uploads');
}
