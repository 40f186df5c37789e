import type { Knex } from 'knex';

/** Which PDUs and switches feed a server, by each of its ports and by each source, as that said last. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE feeds (
    asset_id uuid NOT NULL,
    source varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    level enum('pdu','switch') NOT NULL,
    port varchar(100) COLLATE utf8mb4_bin NOT NULL,
    name varchar(200) COLLATE utf8mb4_bin NOT NULL,
    said varchar(200) COLLATE utf8mb4_bin NOT NULL,
    outlet varchar(200) COLLATE utf8mb4_bin NULL,
    management boolean NOT NULL,
    seen_at datetime(6) NOT NULL,
    PRIMARY KEY (asset_id, source, level, port, name),
    KEY feeds_name (level, name)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE feeds');
}
