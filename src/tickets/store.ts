import type { Knex } from 'knex';
import { fromJsonOrNull } from '../core/json.ts';
import { toRow } from '../core/row.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import { isDuplicate } from '../core/tx.ts';
import type { TicketPriority, TicketState } from './model.ts';

/** A goal of the other side's service desk, as it was read last. */
export interface SlaGoal {
  name: string;
  goalMs: number;
  remainingMs: number | null;
  breached: boolean;
  paused: boolean;
}

/** What shows that the part was replaced. */
export interface Proof {
  slot: string;
  oldSerial: string;
  newSerial: string;
  newComponentId: string;
  /** When the new part was first seen there. */
  seenAt: string;
  /** Which looks showed it. */
  sources: string[];
}

export interface Ticket {
  id: string;
  subjectType: 'asset' | 'location';
  /** Null: it is about a place. */
  assetId: string | null;
  locationId: string | null;
  site: string | null;
  type: string;
  /** Slot of the part; empty where the whole server or place is meant. */
  component: string;
  serial: string | null;
  /** The part that it was about when it opened, where that is known. */
  partId: string | null;
  state: TicketState;
  stateAt: string | null;
  stateBy: string | null;
  priority: TicketPriority;
  summary: string;
  reason: string;
  symptom: string | null;
  rule: string | null;
  template: string | null;
  assigneeGroup: string | null;
  occurrences: number;
  firstEventAt: string;
  lastEventAt: string;
  /** When it was told last that the symptom came again. */
  repeatToldAt: string | null;
  /** When the symptom was said to be over. */
  clearedAt: string | null;
  flappingSince: string | null;
  reopened: number;
  reopenedAt: string | null;
  /** The ticket that it was gathered into. */
  explainedBy: string | null;
  externalId: string | null;
  externalKey: string | null;
  externalUrl: string | null;
  outsideStatus: string | null;
  outsideCategory: string | null;
  outsideUpdatedAt: string | null;
  assignee: string | null;
  resolution: string | null;
  syncedAt: string | null;
  sla: SlaGoal[] | null;
  proof: Proof | null;
  provenAt: string | null;
  /** Done, and no new part was seen in time. */
  unproven: boolean;
  openedAt: string;
  closedAt: string | null;
}

export interface Slot {
  subject: { type: 'asset' | 'location'; id: string };
  type: string;
  component: string;
}

const columnOf = (subject: Slot['subject']): string => (subject.type === 'asset' ? 'asset_id' : 'location_id');

/** The open ticket of this fault, else the newest; locked. */
export async function lockLatest(db: Knex.Transaction, slot: Slot): Promise<Ticket | undefined> {
  const [row] = await db('tickets')
    .where({ [columnOf(slot.subject)]: slot.subject.id, type: slot.type, component: slot.component })
    .orderByRaw("state IN ('OPEN', 'IN_PROGRESS') DESC, opened_at DESC")
    .limit(1)
    .forUpdate()
    .select('*');
  return row ? toTicket(row) : undefined;
}

export async function lockTicket(db: Knex.Transaction, id: string): Promise<Ticket | undefined> {
  const [row] = await db('tickets').where({ id }).forUpdate().select('*');
  return row ? toTicket(row) : undefined;
}

/** In the order of their ids. */
export async function lockTickets(db: Knex.Transaction, ids: readonly string[]): Promise<Ticket[]> {
  if (ids.length === 0) return [];
  const [rows] = await db.raw(
    `SELECT * FROM tickets FORCE INDEX (PRIMARY) WHERE id IN (${ids.map(() => '?').join(', ')}) ORDER BY id FOR UPDATE`,
    [...ids],
  );
  return (rows as Record<string, unknown>[]).map(toTicket);
}

/** @returns false where an equal one is open already (or was inserted this moment by somebody else) */
export async function insertTicket(db: Knex.Transaction, ticket: Ticket): Promise<boolean> {
  try {
    await db('tickets').insert(toColumns(ticket));
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
  await db('tickets').where({ id }).update(toColumns(changes));
}

/** Open tickets of these kinds about any of these places. */
export async function openOfPlaces(db: Knex, placeIds: readonly string[], types: readonly string[]): Promise<Ticket[]> {
  if (placeIds.length === 0 || types.length === 0) return [];
  const rows: Record<string, unknown>[] = await db('tickets')
    .whereIn('location_id', [...placeIds])
    .whereIn('type', [...types])
    .whereIn('state', ['OPEN', 'IN_PROGRESS'])
    .orderBy('id')
    .select('*');
  return rows.map(toTicket);
}

export async function openOfAsset(db: Knex, assetId: string): Promise<Ticket[]> {
  const rows: Record<string, unknown>[] = await db('tickets')
    .where({ asset_id: assetId })
    .whereIn('state', ['OPEN', 'IN_PROGRESS'])
    .orderBy('id')
    .select('*');
  return rows.map(toTicket);
}

interface OpenedTicket {
  id: string;
  placeId: string | null;
  /** Null: it is about a place. */
  assetId: string | null;
  symptom: string;
  type: string;
}

/** Open ones of these symptoms or kinds that opened, or were opened again, since then, with where the server stands (or which place it is). */
export async function openedSince(db: Knex, since: string, words: readonly string[]): Promise<OpenedTicket[]> {
  const rows: Record<string, string | null>[] = await db('tickets')
    .leftJoin('assets', 'assets.id', 'tickets.asset_id')
    .whereIn('tickets.state', ['OPEN', 'IN_PROGRESS'])
    .where((lately) =>
      lately.where('tickets.opened_at', '>=', toSql(since)).orWhere('tickets.reopened_at', '>=', toSql(since)),
    )
    .where((either) => either.whereIn('tickets.symptom', [...words]).orWhereIn('tickets.type', [...words]))
    .orderBy('tickets.id')
    .select('tickets.id', 'tickets.asset_id', 'tickets.symptom', 'tickets.type')
    .select({ place: db.raw('coalesce(tickets.location_id, assets.location_id)') });
  return rows.map((row) => ({
    ...{ id: String(row['id']), placeId: row['place'] ?? null, assetId: row['asset_id'] ?? null },
    ...{ symptom: row['symptom'] ?? '', type: String(row['type']) },
  }));
}

const TIMES = new Set([
  ...['stateAt', 'firstEventAt', 'lastEventAt', 'repeatToldAt', 'clearedAt', 'flappingSince', 'reopenedAt'],
  ...['outsideUpdatedAt', 'syncedAt', 'provenAt', 'openedAt', 'closedAt'],
]);

function toColumns(fields: Partial<Ticket>): Record<string, unknown> {
  const { sla, proof, ...rest } = fields;
  const json = (value: unknown) => (value === undefined || value === null ? value : JSON.stringify(value));
  return toRow({ ...rest, sla: json(sla), proof: json(proof) }, TIMES);
}

export function toTicket(row: Record<string, unknown>): Ticket {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  const time = (column: string): string | null => toIsoOrNull(text(column));
  return {
    id: String(row['id']),
    subjectType: row['subject_type'] as Ticket['subjectType'],
    assetId: text('asset_id'),
    locationId: text('location_id'),
    site: text('site'),
    type: String(row['type']),
    component: String(row['component']),
    serial: text('serial'),
    partId: text('part_id'),
    state: String(row['state']) as TicketState,
    stateAt: time('state_at'),
    stateBy: text('state_by'),
    priority: String(row['priority']) as Ticket['priority'],
    summary: String(row['summary']),
    reason: String(row['reason']),
    symptom: text('symptom'),
    rule: text('rule'),
    template: text('template'),
    assigneeGroup: text('assignee_group'),
    occurrences: Number(row['occurrences']),
    firstEventAt: toIso(String(row['first_event_at'])),
    lastEventAt: toIso(String(row['last_event_at'])),
    repeatToldAt: time('repeat_told_at'),
    clearedAt: time('cleared_at'),
    flappingSince: time('flapping_since'),
    reopened: Number(row['reopened']),
    reopenedAt: time('reopened_at'),
    explainedBy: text('explained_by'),
    externalId: text('external_id'),
    externalKey: text('external_key'),
    externalUrl: text('external_url'),
    outsideStatus: text('outside_status'),
    outsideCategory: text('outside_category'),
    outsideUpdatedAt: time('outside_updated_at'),
    assignee: text('assignee'),
    resolution: text('resolution'),
    syncedAt: time('synced_at'),
    sla: fromJsonOrNull(text('sla')),
    proof: fromJsonOrNull(text('proof')),
    provenAt: time('proven_at'),
    unproven: Number(row['unproven']) === 1,
    openedAt: toIso(String(row['opened_at'])),
    closedAt: time('closed_at'),
  };
}
