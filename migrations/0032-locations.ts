import type { Knex } from 'knex';

/**
 * Where things are: a tree from regions down to racks and shelves. A name and a code are unique beside each other; because NULL equals
 * nothing, those at the top have a key of their own.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE locations (
    id uuid NOT NULL PRIMARY KEY,
    parent_id uuid NULL,
    type enum('region','site','building','room','rack','warehouse','bin','repair-centre')
      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name varchar(100) COLLATE utf8mb4_bin NOT NULL,
    code varchar(64) COLLATE utf8mb4_bin NULL,
    top_name varchar(100) COLLATE utf8mb4_bin AS (if(parent_id IS NULL, name, NULL)) PERSISTENT,
    top_code varchar(64) COLLATE utf8mb4_bin AS (if(parent_id IS NULL, code, NULL)) PERSISTENT,
    height_u smallint unsigned NULL,
    units_from enum('bottom','top') CHARACTER SET ascii COLLATE ascii_bin NULL,
    width_inches smallint unsigned NULL,
    aisle varchar(40) NULL,
    shelf varchar(40) NULL,
    address varchar(300) NULL,
    time_zone varchar(64) NULL,
    notes varchar(2000) NULL,
    archived_at datetime(6) NULL,
    created_at datetime(6) NOT NULL,
    updated_at datetime(6) NOT NULL,
    version int unsigned NOT NULL DEFAULT 1,
    UNIQUE KEY locations_name (parent_id, name),
    UNIQUE KEY locations_code (parent_id, code),
    UNIQUE KEY locations_top_name (top_name),
    UNIQUE KEY locations_top_code (top_code),
    KEY locations_type (type, name)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE locations');
}
