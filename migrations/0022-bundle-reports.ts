import type { Knex } from 'knex';

/** What was found in a bundle: its files, their formats, warnings, and what the uploader said about it. Content-addressed. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE bundle_reports (
    id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    hash binary(16) NOT NULL,
    body longtext NOT NULL CHECK (json_valid(body)),
    UNIQUE KEY bundle_reports_hash (hash)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE bundle_reports');
}
