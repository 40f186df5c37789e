import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { idFrom } from '../../core/id.ts';
import { findAsset } from '../../assets/reads.ts';
import { append } from '../../events/append.ts';
import { ticketOpened } from '../events.ts';
import { ticketSummary } from '../model.ts';
import { linkOpened } from './link-subject.ts';
import { insertTicket, lockLatest, type Ticket, updateTicket } from '../store.ts';

export interface Complaint {
  assetId: string;
  type: string;
  component: string | null;
  serial: string | null;
  priority: Ticket['priority'];
  reason: string;
  occurredAt: string;
  /** Id of the alert that says so: the same alert opens one ticket, whatever happens to it later. */
  alertId: string;
}

/** One open ticket per (server, type, component): the same fault again is counted on it. */
export async function openTicket(tx: TxCtx, complaint: Complaint): Promise<{ ticketId: string; opened: boolean }> {
  const asset = await findAsset(tx, complaint.assetId);
  if (!asset) throw new HubError('not-found', `There is no asset ${complaint.assetId}`);
  const { assetId, type, serial, priority, reason, occurredAt, alertId } = complaint;
  const component = complaint.component ?? '';
  const latest = await lockLatest(tx.db, { assetId, type, component });
  const isOpen = latest?.state === 'OPEN' || latest?.state === 'IN_PROGRESS';
  if (latest && (isOpen || occurredAt <= latest.lastEventAt)) {
    if (isOpen && occurredAt > latest.lastEventAt)
      await updateTicket(tx.db, latest.id, { occurrences: latest.occurrences + 1, lastEventAt: occurredAt });
    return { ticketId: latest.id, opened: false };
  }
  const ticket: Ticket = {
    id: idFrom('ticket', alertId),
    assetId,
    type,
    component,
    serial,
    state: 'OPEN',
    priority,
    summary: ticketSummary({ type, component, asset }),
    reason,
    occurrences: 1,
    firstEventAt: occurredAt,
    lastEventAt: occurredAt,
    externalId: null,
    externalKey: null,
    externalUrl: null,
    openedAt: tx.now().toISOString(),
    closedAt: null,
  };
  if (!(await insertTicket(tx.db, ticket))) return { ticketId: ticket.id, opened: false };
  await append(tx, ticketOpened, {
    subject: { type: 'ticket', id: ticket.id },
    related: await linkOpened(tx, ticket),
    data: { ticketType: type, component, priority, summary: ticket.summary, reason },
  });
  return { ticketId: ticket.id, opened: true };
}
