import type { Knex } from 'knex';

/** Alerts of monitoring systems, each as it was last told. `heard_at` null: its row was made a moment ago, in the transaction that still fills it. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE monitoring_alerts (
    adapter varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    fingerprint varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    id uuid NOT NULL,
    name varchar(200) NOT NULL DEFAULT '',
    severity varchar(60) NULL,
    summary varchar(1000) NULL,
    labels longtext NOT NULL DEFAULT '{}' CHECK (json_valid(labels)),
    source_url text NULL,
    starts_at datetime(6) NULL,
    ends_at datetime(6) NULL,
    heard_at datetime(6) NULL,
    outcome enum('reported','ignored','unmapped','refused') NULL,
    why varchar(500) NULL,
    told longtext NULL CHECK (told IS NULL OR json_valid(told)),
    raised_for datetime(6) NULL,
    PRIMARY KEY (adapter, fingerprint),
    UNIQUE KEY monitoring_alerts_id (id),
    KEY monitoring_alerts_heard (heard_at, id),
    KEY monitoring_alerts_outcome (outcome, heard_at, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE monitoring_alerts');
}
