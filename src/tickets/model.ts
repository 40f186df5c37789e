import { z } from 'zod';
import { defineMachine } from '../core/moves.ts';

export const TICKET_STATES = ['OPEN', 'IN_PROGRESS', 'DONE', 'WONT_FIX'] as const;
export const TicketState = z.enum(TICKET_STATES).meta({ id: 'TicketState' });
export type TicketState = z.infer<typeof TicketState>;

export const ticketLife = defineMachine({
  name: 'ticket',
  states: TICKET_STATES,
  initial: ['OPEN'],
  timeLimitHours: { OPEN: 72, IN_PROGRESS: 168 },
  moves: {
    reopen: { from: ['DONE', 'WONT_FIX'], to: 'OPEN', by: 'operator', title: 'Open again' },
    put_back: { from: ['IN_PROGRESS'], to: 'OPEN', by: 'operator', title: 'Put back' },
    start: { from: ['OPEN'], to: 'IN_PROGRESS', by: 'operator', title: 'Start work' },
    finish: { from: ['OPEN', 'IN_PROGRESS'], to: 'DONE', by: 'operator', title: 'Finish' },
    refuse: { from: ['OPEN', 'IN_PROGRESS'], to: 'WONT_FIX', by: 'operator', title: 'Will not be fixed' },
  },
});
export const TicketMove = z.enum(['start', 'put_back', 'finish', 'refuse', 'reopen']);
export type TicketMove = z.infer<typeof TicketMove>;

export function isOpen(state: TicketState): boolean {
  return state === 'OPEN' || state === 'IN_PROGRESS';
}

const PRIORITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export const TicketPriority = z.enum(PRIORITIES);
export type TicketPriority = z.infer<typeof TicketPriority>;

/** The more urgent one. */
export function urgent(one: TicketPriority, other: TicketPriority): TicketPriority {
  return PRIORITIES.indexOf(one) >= PRIORITIES.indexOf(other) ? one : other;
}

/** `REPLACE_DISK Disk.Bay.2 of ams1-srv-07 (ABC1234)`, at most 255 characters. */
export function ticketSummary(what: {
  type: string;
  component: string;
  subject: { id: string; name: string | null; serial?: string | null };
}): string {
  const { subject } = what;
  const serial = subject.serial ?? null;
  const name = subject.name ?? serial ?? subject.id;
  const tail = serial !== null && serial !== name ? ` (${serial})` : '';
  return `${what.type}${what.component ? ` ${what.component}` : ''} of ${name}${tail}`.slice(0, 255);
}

/** What stands of an alert when it is looked at. */
export interface Complaint {
  alertId: string;
  subject: { type: 'asset' | 'location'; id: string };
  symptom: string;
  /** The kind of work that it asks for. */
  type: string;
  component: string;
  serial: string | null;
  priority: TicketPriority;
  reason: string;
  occurredAt: string;
  /** The same episode once more. */
  repeat: boolean;
  rule: string | null;
  template: string | null;
  assigneeGroup: string | null;
}
