import type { Knex } from 'knex';

/** When each BMC is asked next, for what, and what is remembered from one time to the next: small rows that change often. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE bmc_polls (
    asset_id uuid NOT NULL,
    kind varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    due_at datetime(6) NOT NULL,
    memory mediumtext NULL,
    PRIMARY KEY (asset_id, kind),
    KEY bmc_polls_due (due_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE bmc_polls');
}
