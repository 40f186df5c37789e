import type { Knex } from 'knex';

/** The last reading of each server's health from its BMC, and whether it answered since. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE bmc_health (
    asset_id uuid NOT NULL PRIMARY KEY,
    asked_at datetime(6) NOT NULL,
    failures int unsigned NOT NULL DEFAULT 0,
    failure varchar(1000) NULL,
    answered_at datetime(6) NULL,
    report json NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE bmc_health');
}
