import type { Knex } from 'knex';

/** Answers to POSTs that came with an Idempotency-Key, written in the command's own transaction. Swept after 7 days. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE idempotency_keys (
    actor varchar(120) NOT NULL,
    idempotency_key varchar(190) COLLATE utf8mb4_bin NOT NULL,
    request_hash binary(32) NOT NULL,
    status smallint unsigned NULL,
    headers longtext NULL CHECK (json_valid(headers)),
    body longtext NULL CHECK (json_valid(body)),
    created_at datetime(6) NOT NULL,
    PRIMARY KEY (actor, idempotency_key),
    KEY idempotency_keys_created (created_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE idempotency_keys');
}
