import type { Knex } from 'knex';

/** Credentials that the other side refused: nobody tries the same ones again until a person acts. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE credential_lockouts (
    adapter varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    target varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    credential_digest binary(32) NOT NULL,
    reason varchar(500) NOT NULL,
    locked_at datetime(6) NOT NULL,
    PRIMARY KEY (adapter, target, credential_digest)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE credential_lockouts');
}
