import type { Knex } from 'knex';

/** What a count expects and what was found; `counted` NULL: nobody has looked yet. A line without an item is something that the hub did not know of. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE stock_count_lines (
    count_id uuid NOT NULL,
    id uuid NOT NULL,
    item_id uuid NULL,
    found_at uuid NOT NULL,
    lot_id uuid NULL,
    component_id uuid NULL,
    kind varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    serial varchar(128) COLLATE utf8mb4_bin NULL,
    barcode varchar(128) COLLATE utf8mb4_bin NULL,
    grade varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    expected int NOT NULL,
    counted int NULL,
    counted_at datetime(6) NULL,
    counted_by varchar(120) NULL,
    line_key varchar(350) COLLATE utf8mb4_bin AS (CASE
      WHEN item_id IS NOT NULL THEN concat('item ', item_id)
      WHEN serial IS NOT NULL THEN concat(kind, ' ', serial)
      WHEN barcode IS NOT NULL THEN concat('barcode ', barcode)
      ELSE concat('lot ', coalesce(concat('', lot_id), ''), ' ', found_at, ' ', grade) END) PERSISTENT,
    PRIMARY KEY (count_id, id),
    UNIQUE KEY stock_count_lines_item (count_id, line_key),
    CONSTRAINT stock_count_lines_counted CHECK (counted IS NULL OR counted >= 0)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE stock_count_lines');
}
