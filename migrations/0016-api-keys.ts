import type { Knex } from 'knex';

/** Only an HMAC of the secret half is kept. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE api_keys (
    id uuid NOT NULL PRIMARY KEY,
    name varchar(100) NOT NULL,
    prefix char(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    digest binary(32) NOT NULL,
    scopes longtext NOT NULL CHECK (json_valid(scopes)),
    created_at datetime(6) NOT NULL,
    expires_at datetime(6) NULL,
    revoked_at datetime(6) NULL,
    UNIQUE KEY api_keys_prefix (prefix),
    UNIQUE KEY api_keys_name (name)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE api_keys');
}
