import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import { noteAlerts } from '../alert-store.ts';
import { ticketFlappingFound, ticketPriorityRaised, ticketSymptomRepeated } from '../events.ts';
import type { Complaint } from '../model.ts';
import { urgent } from '../model.ts';
import { addNote } from '../note-store.ts';
import { subjectsOf } from '../subjects.ts';
import { type Ticket, updateTicket } from '../store.ts';

/** A symptom that comes every second is told of once in so long. */
const TELL_MS = 3_600_000;

/** The fault of an open ticket again. The ticket's row must be locked. */
export async function countAlert(tx: TxCtx, ticket: Ticket, complaint: Complaint): Promise<void> {
  const now = tx.now();
  const { occurredAt, reason } = complaint;
  await noteAlerts(tx.db, [complaint], { outcome: 'counted', ticketId: ticket.id, at: now.toISOString() });
  const isNewer = occurredAt > ticket.lastEventAt;
  const occurrences = ticket.occurrences + 1;
  const priority = urgent(complaint.priority, ticket.priority);
  const last = ticket.repeatToldAt ?? ticket.reopenedAt ?? ticket.openedAt;
  const tells = isNewer && ticket.flappingSince === null && now.getTime() - Date.parse(last) >= TELL_MS;
  await updateTicket(tx.db, ticket.id, {
    ...{ occurrences, priority },
    ...(isNewer ? { lastEventAt: occurredAt } : {}),
    ...(occurredAt < ticket.firstEventAt ? { firstEventAt: occurredAt } : {}),
    ...(ticket.clearedAt !== null && occurredAt > ticket.clearedAt ? { clearedAt: null } : {}),
    ...(tells ? { repeatToldAt: now.toISOString() } : {}),
    ...(ticket.serial === null && complaint.serial !== null ? { serial: complaint.serial } : {}),
  });
  const about = { subject: { type: 'ticket', id: ticket.id } as const, related: await subjectsOf(tx, ticket) };
  if (priority !== ticket.priority) {
    const data = { summary: ticket.summary, from: ticket.priority, to: priority, reason };
    await append(tx, ticketPriorityRaised, { ...about, data });
    await tell(tx, ticket, `Priority ${ticket.priority} → ${priority}: ${reason}`);
  }
  if (!tells) return;
  const data = { summary: ticket.summary, reason, occurrences, at: occurredAt };
  await append(tx, ticketSymptomRepeated, { ...about, data });
  await tell(tx, ticket, `Again at ${occurredAt}, ${occurrences} times by now: ${reason}`);
}

/** It comes and goes: says so once while it does. The ticket's row must be locked. */
export async function markFlapping(
  tx: TxCtx,
  ticket: Ticket,
  found: { times: number; minutes: number },
): Promise<void> {
  if (ticket.flappingSince !== null) return;
  await updateTicket(tx.db, ticket.id, { flappingSince: tx.now().toISOString() });
  await append(tx, ticketFlappingFound, {
    subject: { type: 'ticket', id: ticket.id },
    related: await subjectsOf(tx, ticket),
    data: { summary: ticket.summary, ...found },
  });
  await tell(tx, ticket, `Comes and goes: ${found.times} times in ${found.minutes} minutes. No more is said of it.`);
}

/** A comment for the counterpart outside. */
export async function tell(tx: TxCtx, ticket: Pick<Ticket, 'id'>, ...paragraphs: string[]): Promise<void> {
  await addNote(tx.db, ticket.id, { kind: 'comment', body: { paragraphs } }, tx.now().toISOString());
}
