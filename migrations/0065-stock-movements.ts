import type { Knex } from 'knex';

/** The ledger of the stock, only ever added to: by how much each movement changed what lies there (`quantity`) and what is promised (`reserved`). */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE stock_movements (
    item_id uuid NOT NULL,
    id uuid NOT NULL,
    did enum('receive','move','reserve','release','consume','pull','adjust','scrap','return')
      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    quantity int NOT NULL,
    reserved int NOT NULL,
    from_location uuid NULL,
    to_location uuid NULL,
    from_grade varchar(12) CHARACTER SET ascii COLLATE ascii_bin NULL,
    to_grade varchar(12) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ticket_id uuid NULL,
    reservation_id uuid NULL,
    count_id uuid NULL,
    transfer_id uuid NULL,
    reason varchar(500) NULL,
    reference varchar(120) NULL,
    actor varchar(120) NOT NULL,
    at datetime(6) NOT NULL,
    PRIMARY KEY (item_id, id),
    KEY stock_movements_at (at, id),
    KEY stock_movements_ticket (ticket_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE stock_movements');
}
