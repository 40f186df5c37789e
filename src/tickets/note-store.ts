import type { Knex } from 'knex';
import { fromJson } from '../core/json.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import type { TicketState } from './model.ts';

/** What the counterpart of a ticket is to be told. */
export type Note =
  /** summary: its title from now on, said together with why. */
  | { kind: 'comment'; body: { paragraphs: string[]; summary?: string } }
  | { kind: 'move'; body: { to: TicketState; resolution: string | null } }
  | { kind: 'file'; body: { name: string; type: string; text: string } };

export type KeptNote = Note & { n: number; createdAt: string; settledAt: string | null; outcome: string | null };

/** The ticket's row must be locked: so the notes of a ticket are in order. `source`: what says it, once. */
export async function addNote(
  db: Knex.Transaction,
  ticketId: string,
  note: Note,
  at: string,
  source: string | null = null,
): Promise<void> {
  await db('ticket_notes').insert({
    source,
    ticket_id: ticketId,
    kind: note.kind,
    body: JSON.stringify(note.body),
    created_at: toSql(at),
  });
}

/** Oldest first. */
export async function openNotes(db: Knex, ticketId: string, limit: number): Promise<KeptNote[]> {
  const rows: Record<string, unknown>[] = await db('ticket_notes')
    .where({ ticket_id: ticketId })
    .whereNull('settled_at')
    .orderBy('n')
    .limit(limit)
    .select('*');
  return rows.map(toNote);
}

export async function notesOf(db: Knex, ticketId: string): Promise<KeptNote[]> {
  const rows: Record<string, unknown>[] = await db('ticket_notes')
    .where({ ticket_id: ticketId })
    .orderBy('n')
    .select('*');
  return rows.map(toNote);
}

export async function settleNote(db: Knex, n: number, outcome: string, at: string): Promise<void> {
  await db('ticket_notes')
    .where({ n })
    .update({ settled_at: toSql(at), outcome: outcome.slice(0, 500) });
}

/** The other side has gone further since: these moves are not to be made any more. */
export async function dropMoves(db: Knex.Transaction, ticketId: string, why: string, at: string): Promise<void> {
  await db('ticket_notes')
    .where({ ticket_id: ticketId, kind: 'move' })
    .whereNull('settled_at')
    .update({ settled_at: toSql(at), outcome: why });
}

function toNote(row: Record<string, unknown>): KeptNote {
  return {
    n: Number(row['n']),
    kind: row['kind'],
    body: fromJson(row['body']),
    createdAt: toIso(String(row['created_at'])),
    settledAt: toIsoOrNull(row['settled_at'] as string | null),
    outcome: row['outcome'] === null ? null : String(row['outcome']),
  } as KeptNote;
}

/** The newest move that the other side was or is to be told. */
export async function lastMove(db: Knex, ticketId: string): Promise<KeptNote | undefined> {
  const [row] = await db('ticket_notes')
    .where({ ticket_id: ticketId, kind: 'move' })
    .orderBy('n', 'desc')
    .limit(1)
    .select('*');
  return row ? toNote(row) : undefined;
}

/** Whether this has been said on it. */
export async function isNoted(db: Knex, ticketId: string, source: string): Promise<boolean> {
  const rows = await db('ticket_notes').where({ ticket_id: ticketId, source }).limit(1).select('n');
  return rows.length > 0;
}
