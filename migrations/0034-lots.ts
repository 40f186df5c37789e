import type { Knex } from 'knex';

/** A class of parts that stand in for each other. Its id follows from its code, so that two that meet a new class at once make one row. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE lots (
    id uuid NOT NULL PRIMARY KEY,
    code varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    title varchar(200) NOT NULL,
    facts longtext NOT NULL CHECK (json_valid(facts)),
    notes varchar(2000) NULL,
    origin enum('rule','person') NOT NULL,
    created_at datetime(6) NOT NULL,
    UNIQUE KEY lots_code (code),
    KEY lots_kind (kind, code)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE lots');
}
