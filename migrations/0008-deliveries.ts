import type { Knex } from 'knex';

/** Webhook deliveries, raw, as they came in. The same bytes at the same door are one delivery. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE deliveries (
    id uuid NOT NULL PRIMARY KEY,
    adapter varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    hash binary(32) NOT NULL,
    received_at datetime(6) NOT NULL,
    headers longtext NOT NULL CHECK (json_valid(headers)),
    body longblob NOT NULL,
    state enum('pending','observed','ignored','unsupported','failed') NOT NULL DEFAULT 'pending',
    reason varchar(500) NULL,
    attempts smallint unsigned NOT NULL DEFAULT 0,
    due_at datetime(6) NOT NULL,
    handled_at datetime(6) NULL,
    UNIQUE KEY deliveries_hash (adapter, hash),
    KEY deliveries_state (state, due_at),
    KEY deliveries_received (received_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE deliveries');
}
