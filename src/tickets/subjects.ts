import type { Ctx } from '../core/ctx.ts';
import type { Subject } from '../core/event.ts';
import { linksOf } from './link-store.ts';
import type { Ticket } from './store.ts';

/** On whose timelines what happens to a ticket stands: its server or place, and its parts. */
export async function subjectsOf(ctx: Ctx, ticket: Pick<Ticket, 'id' | 'assetId' | 'locationId'>): Promise<Subject[]> {
  const parts = (await linksOf(ctx.db, ticket.id)).filter(({ subject }) => subject.type === 'component');
  return [...ownSubject(ticket), ...parts.map(({ subject }) => subject)];
}

export function ownSubject({ assetId, locationId }: Pick<Ticket, 'assetId' | 'locationId'>): Subject[] {
  if (assetId !== null) return [{ type: 'asset', id: assetId }];
  return locationId === null ? [] : [{ type: 'location', id: locationId }];
}
