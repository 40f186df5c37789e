import type { Knex } from 'knex';

/** How many usable parts of a lot a site shall have at least, and up to how many it is filled. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE stock_levels (
    lot_id uuid NOT NULL,
    site_id uuid NOT NULL,
    min_quantity int unsigned NOT NULL,
    target_quantity int unsigned NOT NULL,
    updated_at datetime(6) NOT NULL,
    updated_by varchar(120) NOT NULL,
    PRIMARY KEY (lot_id, site_id),
    KEY stock_levels_site (site_id),
    CONSTRAINT stock_levels_order CHECK (target_quantity >= min_quantity)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE stock_levels');
}
