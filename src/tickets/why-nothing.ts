import { type CorrelationRules, matchesKind } from './correlation-rules.ts';
import type { Complaint } from './model.ts';
import type { Ticket } from './store.ts';
import type { MaintenanceWindow } from './window-store.ts';

/** Why an alert opens no ticket of its own. */
export interface Reason {
  rule: 'cause' | 'maintenance' | 'state' | 'flapping' | 'being_repaired' | 'wont_fix' | 'late' | 'cleared';
  why: string;
  until: string | null;
  ticketId: string | null;
}

export interface Around {
  /** Lifecycle state; null: it is a place. */
  state: string | null;
  /** Of the place that explains it. */
  explaining: Ticket | undefined;
  window: MaintenanceWindow | undefined;
  /** Open ones of the same server. */
  open: readonly Ticket[];
}

/** The first that holds, the one that says most first; undefined: a ticket is due. */
export function whyNothing(rules: CorrelationRules, complaint: Complaint, around: Around): Reason | undefined {
  const { state, explaining, window, open } = around;
  if (explaining !== undefined)
    return { rule: 'cause', why: `explained by ${nameOf(explaining)}`, until: null, ticketId: explaining.id };
  if (window !== undefined)
    return {
      rule: 'maintenance',
      why: `maintenance until ${window.endsAt}: ${window.reason}`,
      until: window.endsAt,
      ticketId: null,
    };
  if (state !== null && rules.maintenance_states.includes(state))
    return { rule: 'maintenance', why: `the server is in ${state}`, until: null, ticketId: null };
  if (state !== null && rules.quiet_states.includes(state))
    return { rule: 'state', why: `the server is ${state}: nobody uses it`, until: null, ticketId: null };
  if (state !== null && rules.repair_states.includes(state)) {
    const [repair] = open;
    const by = repair === undefined ? '' : `, see ${nameOf(repair)}`;
    return { rule: 'being_repaired', why: `the server is ${state}${by}`, until: null, ticketId: repair?.id ?? null };
  }
  const repair = open.find((ticket) => isRepairOf(rules, ticket, complaint));
  if (repair === undefined) return undefined;
  return { rule: 'being_repaired', why: `${nameOf(repair)} is about the same part`, until: null, ticketId: repair.id };
}

function isRepairOf(rules: CorrelationRules, ticket: Ticket, { type, component }: Complaint): boolean {
  if (component === '' || ticket.component !== component || ticket.type === type) return false;
  return rules.repairs.some(
    (repair) =>
      matchesKind(repair.ticket, ticket.type) && repair.explains.some((pattern) => matchesKind(pattern, type)),
  );
}

/** As people know it. */
export function nameOf(ticket: Pick<Ticket, 'externalKey' | 'summary'>): string {
  return ticket.externalKey === null ? ticket.summary : `${ticket.externalKey} (${ticket.summary})`;
}
