import type { Knex } from 'knex';

/** What our side of an object (of a server: all its parts of one type) looked like when nothing differed from the other side. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE settled_digests (
    system_id varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    object_type varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    hub_id varchar(190) COLLATE utf8mb4_bin NOT NULL,
    digest binary(16) NOT NULL,
    PRIMARY KEY (system_id, object_type, hub_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE settled_digests');
}
