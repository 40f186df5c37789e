import type { Knex } from 'knex';

/** What the counterpart of a ticket is to be told, in order: comments, moves, files. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE ticket_notes (
    n bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    ticket_id uuid NOT NULL,
    kind enum('comment','move','file') NOT NULL,
    body longtext NOT NULL,
    source varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    created_at datetime(6) NOT NULL,
    settled_at datetime(6) NULL,
    outcome varchar(500) NULL,
    UNIQUE KEY ticket_notes_source (ticket_id, source),
    KEY ticket_notes_open (ticket_id, settled_at, n)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE ticket_notes');
}
