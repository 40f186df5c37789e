import type { Knex } from 'knex';
import type { Moment } from './derive/look.ts';

/**
 * The database's clock. What is believed since when is told by one clock for all hosts, and read when the locks are held: so beliefs
 * about one thing follow each other in the order in which they were written.
 */
export async function databaseNow(db: Knex): Promise<Moment> {
  const [[row]] = await db.raw('SELECT utc_timestamp(6) AS now');
  return String(row.now);
}
