import type { Knex } from 'knex';

/**
 * What lies on shelves: pieces with a serial or a barcode of their own, and counted bins (so many of one lot in one condition). `quantity` and
 * `reserved` are the sums of the item's movements. `is_free`: usable, and not all of it reserved.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE stock_items (
    id uuid NOT NULL PRIMARY KEY,
    tracking enum('piece','bulk') CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    lot_id uuid NULL,
    component_id uuid NULL,
    vendor varchar(64) COLLATE utf8mb4_bin NULL,
    serial varchar(128) COLLATE utf8mb4_bin NULL,
    barcode varchar(128) COLLATE utf8mb4_bin NULL,
    manufacturer varchar(150) NULL,
    model varchar(200) NULL,
    part_number varchar(150) COLLATE utf8mb4_bin NULL,
    facts longtext NOT NULL CHECK (json_valid(facts)),
    location_id uuid NULL,
    grade enum('NEW','TESTED','REFURBISHED','FAILED','RMA','SCRAP') CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    quantity int NOT NULL DEFAULT 0,
    reserved int NOT NULL DEFAULT 0,
    received_at datetime(6) NOT NULL,
    warranty_until datetime(6) NULL,
    supplier varchar(150) NULL,
    purchase_order varchar(120) NULL,
    created_at datetime(6) NOT NULL,
    updated_at datetime(6) NOT NULL,
    version int unsigned NOT NULL DEFAULT 1,
    is_free tinyint(1) AS (if(grade IN ('NEW','TESTED','REFURBISHED') AND quantity > reserved, 1, 0)) PERSISTENT,
    piece_key varchar(230) COLLATE utf8mb4_bin
      AS (if(tracking = 'piece' AND serial IS NOT NULL, concat(kind, '/', coalesce(vendor, ''), '/', serial), NULL)) PERSISTENT,
    bulk_key varchar(100) CHARACTER SET ascii COLLATE ascii_bin
      AS (if(tracking = 'bulk', concat(lot_id, '/', location_id, '/', grade), NULL)) PERSISTENT,
    CONSTRAINT stock_items_quantity CHECK (quantity >= 0 AND (tracking = 'bulk' OR quantity <= 1)),
    CONSTRAINT stock_items_reserved CHECK (reserved >= 0 AND reserved <= quantity),
    CONSTRAINT stock_items_named CHECK (
      if(tracking = 'bulk', lot_id IS NOT NULL AND location_id IS NOT NULL, serial IS NOT NULL OR barcode IS NOT NULL OR component_id IS NOT NULL)),
    UNIQUE KEY stock_items_piece (piece_key),
    UNIQUE KEY stock_items_bulk (bulk_key),
    UNIQUE KEY stock_items_barcode (barcode),
    UNIQUE KEY stock_items_component (component_id),
    KEY stock_items_serial (serial),
    KEY stock_items_lot (lot_id, is_free, received_at, id),
    KEY stock_items_kind (kind, is_free, received_at, id),
    KEY stock_items_location (location_id, kind),
    KEY stock_items_received (received_at, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE stock_items');
}
