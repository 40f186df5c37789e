import type { Knex } from 'knex';

/** One part that is kept for a ticket, until it is taken, let go, or its time is over. A ticket holds at most one. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE stock_reservations (
    id uuid NOT NULL PRIMARY KEY,
    item_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    component_id uuid NULL,
    state enum('held','consumed','released','expired') CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    fit varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    why varchar(1000) NOT NULL,
    held_by varchar(120) NOT NULL,
    created_at datetime(6) NOT NULL,
    expires_at datetime(6) NOT NULL,
    ended_at datetime(6) NULL,
    ended_by varchar(120) NULL,
    end_reason varchar(500) NULL,
    held_ticket uuid AS (if(state = 'held', ticket_id, NULL)) PERSISTENT,
    UNIQUE KEY stock_reservations_held (held_ticket),
    KEY stock_reservations_ticket (ticket_id, created_at),
    KEY stock_reservations_item (item_id, state),
    KEY stock_reservations_due (state, expires_at, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE stock_reservations');
}
