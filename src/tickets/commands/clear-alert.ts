import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import { clearSuppressed, rulesOn } from '../alert-store.ts';
import { ticketAlertCleared } from '../events.ts';
import { forgetShown, lockHeldOf, settleHeld } from '../held-store.ts';
import { type Complaint, isOpen } from '../model.ts';
import { openedWithoutName, openOfFeeder } from '../same-told.ts';
import { standingOf } from '../standing.ts';
import { lockLatest, lockTicket, openOfPlaces, type Ticket, updateTicket } from '../store.ts';
import { subjectsOf } from '../subjects.ts';
import { tell } from './count-alert.ts';
import { suppressAlerts } from './suppress-alerts.ts';

/**
 * A symptom is over. What was held of it opens nothing any more; its ticket hears of it, and stays open: nobody closes one because of that
 * alone.
 */
export async function clearAlert(
  tx: TxCtx,
  cleared: Pick<Complaint, 'subject' | 'symptom' | 'rule' | 'type' | 'component' | 'reason' | 'occurredAt'>,
): Promise<{ dropped: number; ticketId: string | null }> {
  const { subject, type, component, symptom, occurredAt, reason } = cleared;
  const held = await lockHeldOf(tx.db, { subjectId: subject.id, type, component });
  const isIt = (one: Complaint): boolean =>
    one.rule === null || cleared.rule === null ? one.symptom === symptom : one.rule === cleared.rule;
  const over = held.filter((one) => isIt(one) && one.occurredAt <= occurredAt);
  if (over.length > 0) {
    await settleHeld(
      tx.db,
      over.map(({ alertId }) => alertId),
    );
    const { site } = await standingOf(tx, subject);
    const why = `it was over before it was due: ${reason}`;
    await suppressAlerts(tx, over, { rule: 'cleared', why, until: null, ticketId: null, site });
  }
  await forgetShown(tx.db, { subjectId: subject.id, type, component, until: occurredAt });
  await clearSuppressed(tx.db, cleared);
  const ticket = await openTicketOf(tx, cleared);
  if (ticket === undefined) return { dropped: over.length, ticketId: null };
  if (occurredAt < ticket.lastEventAt) return { dropped: over.length, ticketId: ticket.id };
  // What another rule told of is not over because of this.
  const rules = await rulesOn(tx.db, ticket.id, ticket.reopenedAt ?? ticket.openedAt);
  if (rules.every((rule) => rule === cleared.rule)) await updateTicket(tx.db, ticket.id, { clearedAt: occurredAt });
  if (ticket.flappingSince === null) {
    const data = { summary: ticket.summary, symptom, reason, at: occurredAt };
    const about = { subject: { type: 'ticket', id: ticket.id } as const, related: await subjectsOf(tx, ticket) };
    await append(tx, ticketAlertCleared, { ...about, data });
    await tell(tx, ticket, `${symptom} is over since ${occurredAt}: ${reason}`);
  }
  return { dropped: over.length, ticketId: ticket.id };
}

async function openTicketOf(
  tx: TxCtx,
  { subject, type, component }: Pick<Complaint, 'subject' | 'type' | 'component'>,
): Promise<Ticket | undefined> {
  const ticket = await lockLatest(tx.db, { subject, type, component });
  if (ticket !== undefined && isOpen(ticket.state)) return ticket;
  // Opened for what servers told of, before anybody named the PDU or the switch.
  if (subject.type === 'asset') return undefined;
  if (component === '') {
    const here = await openOfPlaces(tx.db, [subject.id], [type]);
    const named = await openedWithoutName(tx, here);
    return named && lockTicket(tx.db, named.id);
  }
  const named = await openOfFeeder(tx, { placeId: subject.id, type, component });
  if (named !== undefined) return lockTicket(tx.db, named.id);
  const whole = await lockLatest(tx.db, { subject, type, component: '' });
  return whole !== undefined && isOpen(whole.state) ? whole : undefined;
}
