import type { Knex } from 'knex';

/** What a BMC last said of its server's power, next boot, virtual media and light, each with when it was read. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE control_states (
    asset_id uuid NOT NULL PRIMARY KEY,
    power json NULL,
    boot json NULL,
    media json NULL,
    light json NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE control_states');
}
