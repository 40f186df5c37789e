import type { Knex } from 'knex';

/** What was sent back to its vendor, and what became of it. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE stock_returns (
    id uuid NOT NULL PRIMARY KEY,
    item_id uuid NOT NULL,
    quantity int NOT NULL,
    rma varchar(120) COLLATE utf8mb4_bin NOT NULL,
    supplier varchar(150) NULL,
    reason varchar(500) NOT NULL,
    state enum('sent','replaced','credited','refused') CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    sent_at datetime(6) NOT NULL,
    sent_by varchar(120) NOT NULL,
    closed_at datetime(6) NULL,
    closed_by varchar(120) NULL,
    replacement_id uuid NULL,
    KEY stock_returns_state (state, sent_at, id),
    KEY stock_returns_item (item_id),
    KEY stock_returns_rma (rma)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE stock_returns');
}
