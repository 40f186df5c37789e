import type { Knex } from 'knex';

/** A set of evidence (serials, UUID, MACs, asset tag) that snapshots show together, and the place that it belongs to. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE identity_cards (
    id uuid NOT NULL PRIMARY KEY,
    place_type varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    place_id uuid NOT NULL,
    evidence longtext NOT NULL CHECK (json_valid(evidence)),
    created_at datetime(6) NOT NULL,
    KEY identity_cards_place (place_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE identity_cards');
}
