import type { Knex } from 'knex';

/**
 * A derived event that was retracted may be supported again by later evidence: it is then a second row of the same id, with a
 * `recorded_at` of its own.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`ALTER TABLE timeline_events
    DROP PRIMARY KEY, ADD PRIMARY KEY (subject_type, subject_id, timestamp, id, recorded_at)`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`ALTER TABLE timeline_events
    DROP PRIMARY KEY, ADD PRIMARY KEY (subject_type, subject_id, timestamp, id)`);
}
