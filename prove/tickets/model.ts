/** What is broken, as reporters name it. */
export interface Fault {
  assetId: string;
  symptom: string;
  /** Kind of work that it needs, by the rules. */
  type: string;
  component: string;
}

/** One ticket per fault, whatever happens: how it has to be in the end, here and there. */
export interface ModelTicket {
  fault: Fault;
  state: 'OPEN' | 'IN_PROGRESS' | 'DONE';
  /** Status category there. */
  category: 'new' | 'indeterminate' | 'done';
  /** What people said, in their order. */
  comments: string[];
  /** How often each of these has to be told of it. */
  events: Record<string, number>;
}

const CATEGORY = { OPEN: 'new', IN_PROGRESS: 'indeterminate', DONE: 'done' } as const;

export function opened(fault: Fault): ModelTicket {
  return { fault, state: 'OPEN', category: 'new', comments: [], events: { 'ticket.opened': 1, 'ticket.linked': 1 } };
}

/** The fault shows again: on an open ticket nothing but a count; a ticket that is done opens again. */
export function shownAgain(ticket: ModelTicket): void {
  if (ticket.state !== 'DONE') return;
  ticket.events['ticket.reopened'] = (ticket.events['ticket.reopened'] ?? 0) + 1;
  to(ticket, 'OPEN');
}

export function said(ticket: ModelTicket, text: string): void {
  ticket.comments.push(text);
  ticket.events['ticket.commented'] = (ticket.events['ticket.commented'] ?? 0) + 1;
}

export function moved(ticket: ModelTicket, move: 'start' | 'finish'): void {
  ticket.events['ticket.moved'] = (ticket.events['ticket.moved'] ?? 0) + 1;
  to(ticket, move === 'start' ? 'IN_PROGRESS' : 'DONE');
}

function to(ticket: ModelTicket, state: ModelTicket['state']): void {
  ticket.state = state;
  ticket.category = CATEGORY[state];
}
