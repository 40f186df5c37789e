import type { Knex } from 'knex';
import { insertRows } from '../core/insert-rows.ts';
import { toIso, toSql } from '../core/time.ts';

export const LINKED_TYPES = ['asset', 'component', 'location', 'project', 'customer'] as const;
export type LinkedType = (typeof LINKED_TYPES)[number];

/** What a ticket is about, and how sure that is. */
export interface TicketLink {
  ticketId: string;
  subject: { type: LinkedType; id: string };
  confidence: number;
  foundBy: string;
  createdAt: string;
}

/** What is linked already gets the new confidence, and keeps who found it first. */
export async function saveLinks(db: Knex.Transaction, links: readonly TicketLink[]): Promise<void> {
  await insertRows(
    db,
    'ticket_links',
    ['ticket_id', 'subject_type', 'subject_id', 'confidence', 'found_by', 'created_at'],
    links.map(({ ticketId, subject, confidence, foundBy, createdAt }) => [
      ticketId,
      subject.type,
      subject.id,
      confidence,
      foundBy,
      toSql(createdAt),
    ]),
    'confidence = VALUES(confidence)',
  );
}

/** @returns false where there was none */
export async function deleteLink(
  db: Knex.Transaction,
  ticketId: string,
  subject: TicketLink['subject'],
): Promise<boolean> {
  const deleted = await db('ticket_links')
    .where({ ticket_id: ticketId, subject_type: subject.type, subject_id: subject.id })
    .delete();
  return deleted > 0;
}

/** The server first, then by what they are. */
export async function linksOf(db: Knex, ticketId: string): Promise<TicketLink[]> {
  const rows: Record<string, unknown>[] = await db('ticket_links')
    .where({ ticket_id: ticketId })
    .orderBy(['subject_type', 'created_at', 'subject_id'])
    .select('*');
  return rows.map((row) => ({
    ticketId: String(row['ticket_id']),
    subject: { type: row['subject_type'] as LinkedType, id: String(row['subject_id']) },
    confidence: Number(row['confidence']),
    foundBy: String(row['found_by']),
    createdAt: toIso(String(row['created_at'])),
  }));
}
