import type { Knex } from 'knex';

/** What an operator decided about identities; taken back by `revoked_at`. Replayed with the observations. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE identity_decisions (
    id uuid NOT NULL PRIMARY KEY,
    kind varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    about varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    data longtext NOT NULL CHECK (json_valid(data)),
    reason varchar(500) NOT NULL,
    decided_by varchar(120) NOT NULL,
    decided_at datetime(6) NOT NULL,
    revoked_by varchar(120) NULL,
    revoked_at datetime(6) NULL,
    KEY identity_decisions_about (about, kind)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE identity_decisions');
}
