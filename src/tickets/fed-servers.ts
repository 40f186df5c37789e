import type { Ctx } from '../core/ctx.ts';
import { type Fed, fedBy } from '../feeds/reads.ts';
import { scopeOf, standingOf } from './standing.ts';
import type { Ticket } from './store.ts';

/** What hangs on the PDU or switch that a ticket names, port by port; empty where it names none, or nobody knows. */
export async function fedServers(ctx: Ctx, ticket: Pick<Ticket, 'locationId' | 'component'>): Promise<Fed[]> {
  const { locationId, component } = ticket;
  if (locationId === null || component === '') return [];
  const placeId = scopeOf(await standingOf(ctx, { type: 'location', id: locationId }));
  if (placeId === null) return [];
  const pdus = await fedBy(ctx, { level: 'pdu', name: component, placeId });
  return pdus.length > 0 ? pdus : fedBy(ctx, { level: 'switch', name: component, placeId });
}
