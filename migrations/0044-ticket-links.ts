import type { Knex } from 'knex';

/** What a ticket is about, with how sure that is: a component, a server, a project, a place. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE ticket_links (
    ticket_id uuid NOT NULL,
    subject_type varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject_id varchar(64) COLLATE utf8mb4_bin NOT NULL,
    confidence decimal(4,3) NOT NULL,
    found_by varchar(120) NOT NULL,
    created_at datetime(6) NOT NULL,
    PRIMARY KEY (ticket_id, subject_type, subject_id),
    KEY ticket_links_subject (subject_type, subject_id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE ticket_links');
}
