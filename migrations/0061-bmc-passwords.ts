import type { Knex } from 'knex';

/**
 * Passwords of BMCs that are no longer used. The secret goes after some days; the digest of its sealed form stays, so that nobody brings it back
 * from where it was once entered.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE bmc_passwords (
    id uuid NOT NULL PRIMARY KEY,
    asset_id uuid NOT NULL,
    username varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    sealed varchar(500) CHARACTER SET ascii COLLATE ascii_bin NULL,
    sealed_sha256 binary(32) NOT NULL,
    held boolean NOT NULL,
    retired_at datetime(6) NOT NULL,
    KEY by_asset (asset_id, retired_at),
    KEY by_age (retired_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE bmc_passwords');
}
