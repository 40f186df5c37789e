import type { Knex } from 'knex';

/** Events that the relay has not taken yet; written in the event's own transaction, deleted in the relay's. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE outbox (
    event_id uuid NOT NULL PRIMARY KEY,
    created_at datetime(6) NOT NULL
  ) ENGINE=InnoDB`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE outbox');
}
