import type { Knex } from 'knex';

/**
 * Tickets that others made, as they were last imported: one row per (source, external id). `case_links`: what each is about; `verdict` is
 * `found` until a person says `right` or `wrong`, which later imports leave alone. `case_syncs`: an import that goes page by page.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE cases (
    id uuid NOT NULL PRIMARY KEY,
    source varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    external_id varchar(100) COLLATE utf8mb4_bin NOT NULL,
    external_key varchar(100) COLLATE utf8mb4_bin NOT NULL,
    url varchar(500) NULL,
    summary varchar(500) NOT NULL,
    text mediumtext NOT NULL,
    status varchar(100) NOT NULL,
    status_category varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    priority varchar(100) NULL,
    assignee varchar(200) NULL,
    labels longtext NOT NULL CHECK (json_valid(labels)),
    fields longtext NOT NULL CHECK (json_valid(fields)),
    opened_at datetime(6) NOT NULL,
    changed_at datetime(6) NOT NULL,
    resolved_at datetime(6) NULL,
    hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    imported_at datetime(6) NOT NULL,
    UNIQUE KEY cases_external (source, external_id),
    KEY cases_changed (changed_at, id),
    KEY cases_category (status_category, changed_at, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  await db.raw(`CREATE TABLE case_links (
    case_id uuid NOT NULL,
    subject_type varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject_id varchar(64) COLLATE utf8mb4_bin NOT NULL,
    confidence decimal(4,3) NOT NULL,
    why varchar(300) NOT NULL,
    verdict enum('found','right','wrong') NOT NULL,
    found_by varchar(120) NOT NULL,
    created_at datetime(6) NOT NULL,
    PRIMARY KEY (case_id, subject_type, subject_id),
    KEY case_links_subject (subject_type, subject_id, verdict)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  await db.raw(`CREATE TABLE case_syncs (
    id uuid NOT NULL PRIMARY KEY,
    source varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    query varchar(4000) NOT NULL,
    page varchar(4000) CHARACTER SET ascii COLLATE ascii_bin NULL,
    pages int unsigned NOT NULL DEFAULT 0,
    created int unsigned NOT NULL DEFAULT 0,
    updated int unsigned NOT NULL DEFAULT 0,
    unchanged int unsigned NOT NULL DEFAULT 0,
    asked_by varchar(120) NOT NULL,
    asked_at datetime(6) NOT NULL,
    finished_at datetime(6) NULL,
    KEY case_syncs_asked (asked_at, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  await db.raw('ALTER TABLE tickets ADD KEY tickets_external_key (external_key)');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('ALTER TABLE tickets DROP KEY tickets_external_key');
  await db.raw('DROP TABLE case_syncs');
  await db.raw('DROP TABLE case_links');
  await db.raw('DROP TABLE cases');
}
