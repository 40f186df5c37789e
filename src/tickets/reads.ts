import { inOrder, type Order, type SortColumns } from '../core/sorted-list.ts';
import type { Ctx } from '../core/ctx.ts';
import { toIso, toSql } from '../core/time.ts';
import { withinLocation } from '../locations/reads.ts';
import { type Suppression, toSuppression } from './alert-store.ts';
import type { TicketPriority, TicketState } from './model.ts';
import { type Ticket, toTicket } from './store.ts';

export type { Suppression, Ticket };

export async function findTicket(ctx: Ctx, id: string): Promise<Ticket | undefined> {
  const [row] = await ctx.db('tickets').where({ id }).select('*');
  return row ? toTicket(row) : undefined;
}

/** By the other side's id. */
export async function findByOutsideId(ctx: Ctx, externalId: string): Promise<Ticket | undefined> {
  const [row] = await ctx.db('tickets').where({ external_id: externalId }).select('*');
  return row ? toTicket(row) : undefined;
}

export const TICKET_ORDER: SortColumns<Ticket> = {
  opened_at: { column: 'tickets.opened_at', kind: 'time', of: (ticket) => ticket.openedAt },
  last_event_at: { column: 'tickets.last_event_at', kind: 'time', of: (ticket) => ticket.lastEventAt },
  closed_at: { column: 'tickets.closed_at', kind: 'time', of: (ticket) => ticket.closedAt },
  type: { column: 'tickets.type', kind: 'text', of: (ticket) => ticket.type },
  site: { column: 'tickets.site', kind: 'text', of: (ticket) => ticket.site },
};

export interface TicketFilter {
  state?: TicketState | undefined;
  open?: boolean | undefined;
  type?: string | undefined;
  priority?: TicketPriority | undefined;
  site?: string | undefined;
  /** Of which it is the subject, or to which it is linked. */
  assetId?: string | undefined;
  /** There, or in anything that is in it. */
  locationId?: string | undefined;
  unproven?: boolean | undefined;
  flapping?: boolean | undefined;
  externalKey?: string | undefined;
  /** Opened at or after this; ISO 8601. */
  since?: string | undefined;
  until?: string | undefined;
  order: Order<Ticket>;
  limit: number;
}

export async function listTickets(ctx: Ctx, want: TicketFilter): Promise<Ticket[]> {
  const query = ctx.db('tickets').limit(want.limit);
  const equal: [string, string | undefined][] = [
    ['tickets.state', want.state],
    ['tickets.type', want.type],
    ['tickets.priority', want.priority],
    ['tickets.site', want.site],
    ['tickets.external_key', want.externalKey],
  ];
  for (const [column, value] of equal) if (value !== undefined) void query.where(column, value);
  if (want.open !== undefined)
    void query.whereIn('tickets.state', want.open ? ['OPEN', 'IN_PROGRESS'] : ['DONE', 'WONT_FIX']);
  if (want.assetId !== undefined) {
    const { assetId } = want;
    const linked = ctx.db('ticket_links').where({ subject_type: 'asset', subject_id: assetId }).select('ticket_id');
    void query.where((own) => own.where('tickets.asset_id', assetId).orWhereIn('tickets.id', linked));
  }
  if (want.locationId !== undefined) {
    const within = withinLocation(ctx, want.locationId);
    void query
      .leftJoin('assets', 'assets.id', 'tickets.asset_id')
      .whereRaw('coalesce(tickets.location_id, assets.location_id) IN ?', [within]);
  }
  if (want.unproven !== undefined) void query.where('tickets.unproven', want.unproven);
  if (want.flapping === true) void query.whereNotNull('tickets.flapping_since');
  if (want.flapping === false) void query.whereNull('tickets.flapping_since');
  if (want.since !== undefined) void query.where('tickets.opened_at', '>=', toSql(want.since));
  if (want.until !== undefined) void query.where('tickets.opened_at', '<', toSql(want.until));
  inOrder(query, 'tickets.id', want.order);
  return (await query.select('tickets.*')).map(toTicket);
}

/** Open ones at a site whose part is to be replaced and of which no new part was seen: the most urgent first, of those the oldest. */
export async function openRepairsAt(ctx: Ctx, site: string, limit: number): Promise<Ticket[]> {
  const rows: Record<string, unknown>[] = await ctx
    .db('tickets')
    .whereIn('state', ['OPEN', 'IN_PROGRESS'])
    .where((here) => here.where('site', site).orWhereNull('site'))
    .where('type', 'like', 'REPLACE\\_%')
    .whereNotNull('asset_id')
    .whereNull('proof')
    .orderByRaw('priority + 0 DESC, opened_at, id')
    .limit(limit)
    .select('*');
  return rows.map(toTicket);
}

/** Servers of a place that are in use. */
export async function serversIn(ctx: Ctx, placeId: string, quietStates: readonly string[]): Promise<number> {
  const [row] = await ctx
    .db('assets')
    .whereNull('merged_into')
    .whereNotIn('lifecycle_state', [...quietStates])
    .whereRaw('location_id IN ?', [withinLocation(ctx, placeId)])
    .count({ n: '*' });
  return Number(row?.['n'] ?? 0);
}

/** Open tickets of these kinds about a place and about all that is in it; in the order of their ids. */
export async function openWithin(ctx: Ctx, placeId: string, types: readonly string[]): Promise<Ticket[]> {
  if (types.length === 0) return [];
  const rows: Record<string, unknown>[] = await ctx
    .db('tickets')
    .whereRaw('location_id IN ?', [withinLocation(ctx, placeId)])
    .whereIn('type', [...types])
    .whereIn('state', ['OPEN', 'IN_PROGRESS'])
    .orderBy('id')
    .select('*');
  return rows.map(toTicket);
}

export interface Occurrence {
  alertId: string;
  subject: { type: 'asset' | 'location'; id: string };
  symptom: string;
  component: string;
  reason: string;
  outcome: string;
  occurredAt: string;
}

/** The alerts that came to a ticket, the latest first. */
export async function occurrencesOf(ctx: Ctx, ticketId: string, limit: number): Promise<Occurrence[]> {
  const rows: Record<string, unknown>[] = await ctx
    .db('ticket_alerts')
    .where({ ticket_id: ticketId })
    .orderBy([
      { column: 'occurred_at', order: 'desc' },
      { column: 'alert_id', order: 'desc' },
    ])
    .limit(limit)
    .select('*');
  return rows.map((row) => ({
    alertId: String(row['alert_id']),
    subject: { type: row['subject_type'] as 'asset' | 'location', id: String(row['subject_id']) },
    symptom: String(row['symptom']),
    component: String(row['component']),
    reason: String(row['reason']),
    outcome: String(row['outcome']),
    occurredAt: toIso(String(row['occurred_at'])),
  }));
}

export const SUPPRESSION_ORDER: SortColumns<Suppression> = {
  created_at: { column: 'suppressions.created_at', kind: 'time', of: (one) => one.createdAt },
  occurred_at: { column: 'suppressions.occurred_at', kind: 'time', of: (one) => one.occurredAt },
};

export interface SuppressionFilter {
  rule?: string | undefined;
  type?: string | undefined;
  symptom?: string | undefined;
  site?: string | undefined;
  subjectId?: string | undefined;
  ticketId?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  order: Order<Suppression>;
  limit: number;
}

/** Alerts that opened no ticket of their own. */
export async function listSuppressions(ctx: Ctx, want: SuppressionFilter): Promise<Suppression[]> {
  const query = ctx.db('suppressions').limit(want.limit);
  const equal: [string, string | undefined][] = [
    ['suppressions.rule', want.rule],
    ['suppressions.type', want.type],
    ['suppressions.symptom', want.symptom],
    ['suppressions.site', want.site],
    ['suppressions.subject_id', want.subjectId],
    ['suppressions.ticket_id', want.ticketId],
  ];
  for (const [column, value] of equal) if (value !== undefined) void query.where(column, value);
  if (want.since !== undefined) void query.where('suppressions.created_at', '>=', toSql(want.since));
  if (want.until !== undefined) void query.where('suppressions.created_at', '<', toSql(want.until));
  inOrder(query, 'suppressions.id', want.order);
  return (await query.select('suppressions.*')).map(toSuppression);
}

/** Earlier tickets of the same slot, or about the same part; the latest first. */
export async function ticketsBefore(
  ctx: Ctx,
  ticket: Pick<Ticket, 'id' | 'assetId' | 'component' | 'openedAt'>,
  componentId: string | null,
  limit: number,
): Promise<Ticket[]> {
  const about = ctx
    .db('ticket_links')
    .where({ subject_type: 'component', subject_id: componentId })
    .select('ticket_id');
  const rows = await ctx
    .db('tickets')
    .whereNot({ id: ticket.id })
    .where('opened_at', '<=', toSql(ticket.openedAt))
    .where((own) => {
      void own.where({ asset_id: ticket.assetId, component: ticket.component });
      if (componentId !== null) void own.orWhereIn('id', about);
    })
    .orderBy('opened_at', 'desc')
    .limit(limit)
    .select('*');
  return rows.map(toTicket);
}

/** What became of alerts: of those that somebody has looked at. */
export async function becameOf(
  ctx: Ctx,
  alertIds: readonly string[],
): Promise<
  { alertId: string; ticketId: string | null; ticketKey: string | null; outcome: string; why: string | null }[]
> {
  const rows: Record<string, string | null>[] = await ctx
    .db('ticket_alerts')
    .leftJoin('tickets', 'tickets.id', 'ticket_alerts.ticket_id')
    .leftJoin('suppressions', 'suppressions.alert_id', 'ticket_alerts.alert_id')
    .whereIn('ticket_alerts.alert_id', [...alertIds])
    .select('ticket_alerts.alert_id', 'ticket_alerts.outcome', 'ticket_alerts.ticket_id', 'tickets.external_key', {
      why: 'suppressions.why',
    });
  return rows.map((row) => ({
    ...{ alertId: String(row['alert_id']), outcome: String(row['outcome']), why: row['why'] ?? null },
    ...{ ticketId: row['ticket_id'] ?? null, ticketKey: row['external_key'] ?? null },
  }));
}

/** Of these alerts those that a ticket which is not closed shows: as its own, or as one that it explains. */
export async function shownByOpenTickets(ctx: Ctx, alertIds: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  if (alertIds.length === 0) return found;
  for (const table of ['ticket_alerts', 'suppressions']) {
    const rows: { alert_id: string }[] = await ctx
      .db(table)
      .join('tickets', 'tickets.id', `${table}.ticket_id`)
      .whereIn(`${table}.alert_id`, [...alertIds])
      .whereNull('tickets.closed_at')
      .select(`${table}.alert_id`);
    for (const { alert_id: id } of rows) found.add(id);
  }
  return found;
}
