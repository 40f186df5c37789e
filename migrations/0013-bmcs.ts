import type { Knex } from 'knex';

/** Every BMC that ever asked for an address, known or not, with its latest evidence. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE bmcs (
    id uuid NOT NULL PRIMARY KEY,
    mac char(17) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    ip varchar(45) CHARACTER SET ascii COLLATE ascii_bin NULL,
    state enum('sighted','recognised','unexpected','ignored') NOT NULL,
    state_reason varchar(500) NULL,
    hostname varchar(255) NULL,
    vendor_class varchar(255) NULL,
    subnet_id varchar(64) NULL,
    relay varchar(45) NULL,
    source varchar(40) NOT NULL,
    first_seen_at datetime(6) NOT NULL,
    last_seen_at datetime(6) NOT NULL,
    sightings int unsigned NOT NULL DEFAULT 1,
    adoption longtext NULL CHECK (json_valid(adoption)),
    asset_id uuid NULL,
    UNIQUE KEY bmcs_mac (mac),
    KEY bmcs_state (state, last_seen_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE bmcs');
}
