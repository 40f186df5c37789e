import type { Knex } from 'knex';

/** One component as it was seen; equal ones are one row. Its id is the hash of what it says. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE observations (
    id uuid NOT NULL PRIMARY KEY,
    component_id uuid NOT NULL,
    card_id uuid NOT NULL,
    source tinyint unsigned NOT NULL,
    kind varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    slot varchar(255) COLLATE utf8mb4_bin NULL,
    manufacturer varchar(255) NULL,
    model varchar(255) NULL,
    part_number varchar(255) NULL,
    serial varchar(255) COLLATE utf8mb4_bin NULL,
    firmware varchar(255) COLLATE utf8mb4_bin NULL,
    health varchar(20) NULL,
    attributes longtext NOT NULL CHECK (json_valid(attributes)),
    KEY observations_component (component_id),
    KEY observations_card (card_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE observations');
}
