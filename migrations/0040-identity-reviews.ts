import type { Knex } from 'knex';

/** What the evidence leaves open, for an operator to decide. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE identity_reviews (
    id uuid NOT NULL PRIMARY KEY,
    kind varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject varchar(220) COLLATE utf8mb4_bin NOT NULL,
    state varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    evidence longtext NOT NULL CHECK (json_valid(evidence)),
    opened_at datetime(6) NOT NULL,
    closed_at datetime(6) NULL,
    KEY identity_reviews_state (state, opened_at, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE identity_reviews');
}
