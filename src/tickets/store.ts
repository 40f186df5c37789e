import type { Knex } from 'knex';
import { toRow } from '../core/row.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import { isDuplicate } from '../core/tx.ts';
import type { TicketState } from './model.ts';

export interface Ticket {
  id: string;
  assetId: string;
  type: string;
  /** Slot of the part; empty where the whole server is meant. */
  component: string;
  serial: string | null;
  state: TicketState;
  priority: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  summary: string;
  reason: string;
  occurrences: number;
  firstEventAt: string;
  lastEventAt: string;
  externalId: string | null;
  externalKey: string | null;
  externalUrl: string | null;
  openedAt: string;
  closedAt: string | null;
}

/** The newest ticket of this (server, type, component), locked; open or not. */
export async function lockLatest(
  db: Knex.Transaction,
  slot: { assetId: string; type: string; component: string },
): Promise<Ticket | undefined> {
  const [row] = await db('tickets')
    .where({ asset_id: slot.assetId, type: slot.type, component: slot.component })
    .orderBy('opened_at', 'desc')
    .limit(1)
    .forUpdate()
    .select('*');
  return row ? toTicket(row) : undefined;
}

export async function lockTicket(db: Knex.Transaction, id: string): Promise<Ticket | undefined> {
  const [row] = await db('tickets').where({ id }).forUpdate().select('*');
  return row ? toTicket(row) : undefined;
}

/** @returns false where an equal one is open already (or was inserted this moment by somebody else) */
export async function insertTicket(db: Knex.Transaction, ticket: Ticket): Promise<boolean> {
  try {
    await db('tickets').insert(toRow({ ...ticket }, TIMES));
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

export async function updateTicket(
  db: Knex.Transaction,
  id: string,
  changes: Partial<Omit<Ticket, 'id'>>,
): Promise<void> {
  await db('tickets').where({ id }).update(toRow(changes, TIMES));
}

const TIMES = new Set(['firstEventAt', 'lastEventAt', 'openedAt', 'closedAt']);

export function toTicket(row: Record<string, unknown>): Ticket {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    id: String(row['id']),
    assetId: String(row['asset_id']),
    type: String(row['type']),
    component: String(row['component']),
    serial: text('serial'),
    state: String(row['state']) as TicketState,
    priority: String(row['priority']) as Ticket['priority'],
    summary: String(row['summary']),
    reason: String(row['reason']),
    occurrences: Number(row['occurrences']),
    firstEventAt: toIso(String(row['first_event_at'])),
    lastEventAt: toIso(String(row['last_event_at'])),
    externalId: text('external_id'),
    externalKey: text('external_key'),
    externalUrl: text('external_url'),
    openedAt: toIso(String(row['opened_at'])),
    closedAt: toIsoOrNull(text('closed_at')),
  };
}
