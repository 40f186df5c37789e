import type { Knex } from 'knex';

/** Machines that somebody told us will appear, by the MAC of their BMC. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE expected_machines (
    id uuid NOT NULL PRIMARY KEY,
    bmc_mac char(17) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name varchar(64) COLLATE utf8mb4_bin NULL,
    serial varchar(100) COLLATE utf8mb4_bin NULL,
    asset_tag varchar(64) COLLATE utf8mb4_bin NULL,
    manufacturer varchar(100) NULL,
    model varchar(150) NULL,
    site varchar(100) COLLATE utf8mb4_bin NULL,
    rack varchar(100) COLLATE utf8mb4_bin NULL,
    position decimal(4,1) NULL,
    bmc_username varchar(100) NULL,
    bmc_password_sealed varchar(500) CHARACTER SET ascii COLLATE ascii_bin NULL,
    asset_id uuid NULL,
    arrived_at datetime(6) NULL,
    created_at datetime(6) NOT NULL,
    updated_at datetime(6) NOT NULL,
    UNIQUE KEY expected_machines_bmc_mac (bmc_mac)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE expected_machines');
}
