import type { Knex } from 'knex';

/** The inbox shows open drifts by kind of case: by this order they are counted without being sorted. */
export async function up(db: Knex): Promise<void> {
  await db.raw(
    'ALTER TABLE drifts ADD KEY drifts_groups (state, system_id, object_type, field, kind, action, decision, first_seen_at)',
  );
}

export async function down(db: Knex): Promise<void> {
  await db.raw('ALTER TABLE drifts DROP KEY drifts_groups');
}
