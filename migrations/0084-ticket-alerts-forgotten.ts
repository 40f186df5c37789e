import type { Knex } from 'knex';

/**
 * Up to when the books of alerts may have gaps: one row. What is from before then and not in the books may have been there. Until now those
 * without a ticket went after 30 days.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE ticket_alerts_forgotten (
    only tinyint unsigned NOT NULL PRIMARY KEY DEFAULT 1 CHECK (only = 1),
    before_at datetime(6) NOT NULL
  ) ENGINE=InnoDB`);
  await db.raw(`INSERT INTO ticket_alerts_forgotten (before_at)
    SELECT utc_timestamp(6) - INTERVAL 30 DAY FROM DUAL WHERE EXISTS (SELECT 1 FROM ticket_alerts)`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE ticket_alerts_forgotten');
}
