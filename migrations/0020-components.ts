import type { Knex } from 'knex';

/**
 * A part for its whole life. Its id follows from (normalised vendor, serial), or, where the serial identifies nothing, from its server,
 * kind and slot. What stands here beside that is the newest that is known; the history is in observations and installations.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE components (
    id uuid NOT NULL PRIMARY KEY,
    kind varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    identity varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    vendor varchar(64) COLLATE utf8mb4_bin NULL,
    vendor_serial varchar(128) COLLATE utf8mb4_bin NULL,
    asset_id uuid NULL,
    manufacturer varchar(150) NULL,
    model varchar(200) NULL,
    part_number varchar(150) COLLATE utf8mb4_bin NULL,
    firmware varchar(150) NULL,
    attributes longtext NOT NULL CHECK (json_valid(attributes)),
    described_at datetime(6) NULL,
    lot_id uuid NULL,
    lot_rule varchar(80) CHARACTER SET ascii COLLATE ascii_bin NULL,
    lot_missing varchar(500) NULL,
    created_at datetime(6) NOT NULL,
    KEY components_vendor_serial (vendor_serial),
    KEY components_kind (kind, id),
    KEY components_lot (lot_id, id),
    KEY components_asset (asset_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE components');
}
