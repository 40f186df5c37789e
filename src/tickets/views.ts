import { z } from 'zod';
import { Nullable, Time } from '../core/schemas.ts';
import { TicketState } from './model.ts';
import type { Ticket } from './store.ts';

export const TicketView = z
  .object({
    id: z.string(),
    asset_id: z.string(),
    type: z.string(),
    component: z.string(),
    serial: Nullable.text,
    state: TicketState,
    priority: z.string(),
    summary: z.string(),
    reason: z.string(),
    occurrences: z.int(),
    first_event_at: Time,
    last_event_at: Time,
    external: z.object({ id: z.string(), key: Nullable.text, url: Nullable.text }).nullable(),
    opened_at: Time,
    closed_at: Nullable.time,
  })
  .meta({ id: 'Ticket' });

export function viewTicket(ticket: Ticket): z.infer<typeof TicketView> {
  return {
    id: ticket.id,
    asset_id: ticket.assetId,
    type: ticket.type,
    component: ticket.component,
    serial: ticket.serial,
    state: ticket.state,
    priority: ticket.priority,
    summary: ticket.summary,
    reason: ticket.reason,
    occurrences: ticket.occurrences,
    first_event_at: ticket.firstEventAt,
    last_event_at: ticket.lastEventAt,
    external:
      ticket.externalId === null ? null : { id: ticket.externalId, key: ticket.externalKey, url: ticket.externalUrl },
    opened_at: ticket.openedAt,
    closed_at: ticket.closedAt,
  };
}
