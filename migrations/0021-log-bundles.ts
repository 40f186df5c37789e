import type { Knex } from 'knex';

/**
 * An upload that was taken: its identity is the SHA-256 of its bytes. Kept small, because most say nothing new: what was found in it
 * stands in `bundle_reports`, which equal ones share; the bytes are in the object store. Half a SHA-256 tells them apart as well as all of it.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE log_bundles (
    id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sha256 binary(32) NOT NULL,
    received_at datetime(6) NOT NULL,
    bytes int unsigned NOT NULL,
    report_id int unsigned NOT NULL,
    UNIQUE KEY log_bundles_sha256 (sha256(16))
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE log_bundles');
}
