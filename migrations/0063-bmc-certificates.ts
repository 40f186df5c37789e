import type { Knex } from 'knex';

/** The signing request of each BMC, and a certificate that is being installed: until it is shown, the one before is expected. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE bmc_certificates (
    asset_id uuid NOT NULL PRIMARY KEY,
    signing_request text CHARACTER SET ascii COLLATE ascii_bin NULL,
    signing_request_at datetime(6) NULL,
    pending_pem mediumtext CHARACTER SET ascii COLLATE ascii_bin NULL,
    pending_fingerprint256 char(95) CHARACTER SET ascii COLLATE ascii_bin NULL,
    sent_at datetime(6) NULL,
    installed_at datetime(6) NULL,
    failure varchar(1000) NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE bmc_certificates');
}
