import type { Ctx } from '../core/ctx.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import { linksOf, type LinkedType, type TicketLink } from './link-store.ts';
import { type Ticket, toTicket } from './store.ts';

/** A link with what people call the other end. */
export interface NamedLink extends TicketLink {
  name: string | null;
}

export async function listLinks(ctx: Ctx, ticketId: string): Promise<NamedLink[]> {
  const links = await linksOf(ctx.db, ticketId);
  const names = new Map<string, string | null>();
  for (const [type, own] of Map.groupBy(links, ({ subject }) => subject.type)) {
    const { table, columns } = NAMES[type];
    const rows: Record<string, unknown>[] = await ctx
      .db(table)
      .whereIn(
        'id',
        own.map(({ subject }) => subject.id),
      )
      .select('id', ...columns);
    for (const row of rows) names.set(String(row['id']), nameOf(columns.map((column) => row[column])));
  }
  return links.map((link) => ({ ...link, name: names.get(link.subject.id) ?? null }));
}

const NAMES: Record<LinkedType, { table: string; columns: string[] }> = {
  asset: { table: 'assets', columns: ['name', 'vendor_serial'] },
  component: { table: 'components', columns: ['vendor_serial', 'model'] },
  location: { table: 'locations', columns: ['name'] },
  project: { table: 'projects', columns: ['name'] },
  customer: { table: 'customers', columns: ['name'] },
};

function nameOf(values: readonly unknown[]): string | null {
  const first = values.find((value) => value !== null && value !== undefined);
  return first === undefined ? null : String(first);
}

/** @returns whether there is such a thing */
export async function isThere(ctx: Ctx, subject: TicketLink['subject']): Promise<boolean> {
  const rows = await ctx.db(NAMES[subject.type].table).where({ id: subject.id }).limit(1).select('id');
  return rows.length > 0;
}

/** Tickets about this, latest opened first, with how sure that is. */
export async function ticketsAbout(
  ctx: Ctx,
  want: { subject: TicketLink['subject']; before: Before | undefined; limit: number },
): Promise<(Ticket & { confidence: number })[]> {
  const query = ctx
    .db('ticket_links')
    .join('tickets', 'tickets.id', 'ticket_links.ticket_id')
    .where({ 'ticket_links.subject_type': want.subject.type, 'ticket_links.subject_id': want.subject.id })
    .limit(want.limit)
    .select('tickets.*', { link_confidence: 'ticket_links.confidence' });
  newestFirst(query, { time: 'tickets.opened_at', id: 'tickets.id' }, want.before);
  const rows: Record<string, unknown>[] = await query;
  return rows.map((row) => ({ ...toTicket(row), confidence: Number(row['link_confidence']) }));
}
