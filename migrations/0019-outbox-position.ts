import type { Knex } from 'knex';

/** The order in which events were said. Whoever changes a thing holds its row, so for one thing this is the order of the changes. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`ALTER TABLE outbox
    DROP PRIMARY KEY,
    ADD COLUMN position bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST,
    ADD UNIQUE KEY outbox_event (event_id)`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('ALTER TABLE outbox DROP COLUMN position, DROP KEY outbox_event, ADD PRIMARY KEY (event_id)');
}
