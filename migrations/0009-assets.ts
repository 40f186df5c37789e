import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE assets (
    id uuid NOT NULL PRIMARY KEY,
    name varchar(64) COLLATE utf8mb4_bin NULL,
    vendor_serial varchar(100) COLLATE utf8mb4_bin NULL,
    asset_tag varchar(64) COLLATE utf8mb4_bin NULL,
    manufacturer varchar(100) NULL,
    model varchar(150) NULL,
    system_uuid varchar(64) COLLATE utf8mb4_bin NULL,
    site varchar(100) COLLATE utf8mb4_bin NULL,
    rack varchar(100) COLLATE utf8mb4_bin NULL,
    position decimal(4,1) NULL,
    lifecycle_state varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state_reason varchar(500) NULL,
    state_since datetime(6) NOT NULL,
    bmc_mac char(17) CHARACTER SET ascii COLLATE ascii_bin NULL,
    bmc_address varchar(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
    bmc_fingerprint256 char(95) CHARACTER SET ascii COLLATE ascii_bin NULL,
    bmc_username varchar(100) NULL,
    bmc_password_sealed varchar(500) CHARACTER SET ascii COLLATE ascii_bin NULL,
    inventory_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    inspected_at datetime(6) NULL,
    record_id varchar(64) COLLATE utf8mb4_bin NULL,
    record_url varchar(500) NULL,
    recorded_at datetime(6) NULL,
    created_at datetime(6) NOT NULL,
    updated_at datetime(6) NOT NULL,
    version int unsigned NOT NULL DEFAULT 1,
    UNIQUE KEY assets_bmc_mac (bmc_mac),
    UNIQUE KEY assets_record_id (record_id),
    KEY assets_vendor_serial (vendor_serial),
    KEY assets_state (lifecycle_state, state_since),
    KEY assets_site (site, rack, position),
    KEY assets_bmc_address (bmc_address),
    KEY assets_name (name)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE assets');
}
