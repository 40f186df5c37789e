import type { Knex } from 'knex';

/**
 * What has to be looked at again: noticed one by one (a webhook, the change log, a change of ours), or by a run that looks at everything
 * (`run_id`). `generation` rises with each further notice, so that what is noticed while it is looked at is not lost.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE reconcile_notices (
    system_id varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    root_type varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    side varchar(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    ref varchar(190) COLLATE utf8mb4_bin NOT NULL,
    reason varchar(80) NOT NULL,
    first_at datetime(6) NOT NULL,
    due_at datetime(6) NOT NULL,
    generation int unsigned NOT NULL DEFAULT 1,
    tries int unsigned NOT NULL DEFAULT 0,
    PRIMARY KEY (system_id, root_type, side, ref),
    KEY reconcile_notices_due (system_id, due_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  await db.raw(`CREATE TABLE run_scopes (
    run_id uuid NOT NULL,
    root_type varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    side varchar(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    ref varchar(190) COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (run_id, root_type, side, ref)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  await db.raw(`CREATE TABLE run_digests (
    run_id uuid NOT NULL,
    object_type varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    hub_id varchar(190) COLLATE utf8mb4_bin NOT NULL,
    digest binary(16) NOT NULL,
    PRIMARY KEY (run_id, object_type, hub_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE run_digests');
  await db.raw('DROP TABLE run_scopes');
  await db.raw('DROP TABLE reconcile_notices');
}
