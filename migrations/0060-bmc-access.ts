import type { Knex } from 'knex';

/**
 * What the hub knows of how it logs in at each BMC beside the credentials themselves, which stand with the server: a new password that may
 * hold already, whether it was sent, how many logins were refused lately.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE bmc_access (
    asset_id uuid NOT NULL PRIMARY KEY,
    request_id varchar(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    pending_username varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    pending_sealed varchar(500) CHARACTER SET ascii COLLATE ascii_bin NULL,
    pending_at datetime(6) NULL,
    sends int unsigned NOT NULL DEFAULT 0,
    sent_at datetime(6) NULL,
    tries json NOT NULL,
    rounds int unsigned NOT NULL DEFAULT 0,
    lockout_threshold int unsigned NULL,
    lockout_seconds int unsigned NULL,
    retire_username varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    asked_at datetime(6) NULL,
    rotated_at datetime(6) NULL,
    failure varchar(1000) NULL,
    KEY rotated (rotated_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE bmc_access');
}
