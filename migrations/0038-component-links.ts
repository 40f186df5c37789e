import type { Knex } from 'knex';

/**
 * By an operator's word: what shows itself as `base_id` (at `place_id`; the nil UUID: anywhere) is the component `component_id`.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE component_links (
    base_id uuid NOT NULL,
    place_id uuid NOT NULL,
    component_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    PRIMARY KEY (base_id, place_id),
    KEY component_links_component (component_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE component_links');
}
