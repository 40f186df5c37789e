import type { Knex } from 'knex';

/** The newest counters of a component (hours, wear, temperature): they change with every look and are no history. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE component_readings (
    component_id uuid NOT NULL PRIMARY KEY,
    collected_at datetime(6) NOT NULL,
    readings longtext NOT NULL CHECK (json_valid(readings))
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE component_readings');
}
