import type { Knex } from 'knex';

/** The steps of an update, one image each. announced_at stands before the one request that starts it goes out. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE firmware_hops (
    update_id uuid NOT NULL,
    number smallint unsigned NOT NULL,
    component varchar(190) COLLATE utf8mb4_bin NOT NULL,
    name varchar(255) NOT NULL,
    from_version varchar(120) NULL,
    to_version varchar(120) NOT NULL,
    image longtext NOT NULL CHECK (json_valid(image)),
    state enum('planned','starting','following','going-back','done','failed') NOT NULL,
    known_tasks longtext NULL CHECK (json_valid(known_tasks)),
    announced_at datetime(6) NULL,
    handle longtext NULL CHECK (json_valid(handle)),
    reset_announced_at datetime(6) NULL,
    quiet_since datetime(6) NULL,
    back_announced_at datetime(6) NULL,
    said varchar(500) NULL,
    percent smallint unsigned NULL,
    why varchar(1000) NULL,
    ended_at datetime(6) NULL,
    PRIMARY KEY (update_id, number)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE firmware_hops');
}
