import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { findBySerial } from '../../history/reads.ts';
import { ticketSubjectLinked, ticketSubjectUnlinked } from '../events.ts';
import { isThere } from '../link-reads.ts';
import { deleteLink, linksOf, saveLinks, type TicketLink } from '../link-store.ts';
import { lockTicket, type Ticket } from '../store.ts';

type Linked = TicketLink['subject'];

/**
 * What a ticket that is opened is about: its server or place, and the part that its serial names. Where several parts have that serial, those in
 * the server are meant, and if there are several still, each is as sure as one of so many.
 */
export async function linkOpened(tx: TxCtx, ticket: Ticket): Promise<Linked[]> {
  const found =
    ticket.serial === null || ticket.assetId === null ? [] : await findBySerial(tx, asKept(ticket.serial), null);
  const here = found.filter(({ where }) => where?.type === 'asset' && where.id === ticket.assetId);
  const parts = here.length > 0 ? here : found;
  const common = { ticketId: ticket.id, foundBy: tx.actor, createdAt: tx.now().toISOString() };
  const own: Linked =
    ticket.assetId === null ? { type: 'location', id: ticket.locationId ?? '' } : { type: 'asset', id: ticket.assetId };
  const subjects: Linked[] = [own, ...parts.map(({ id }) => ({ type: 'component' as const, id }))];
  await saveLinks(
    tx.db,
    subjects.map((subject) => ({
      ...common,
      subject,
      confidence: subject === own ? 1 : Math.round(1000 / parts.length) / 1000,
    })),
  );
  return subjects;
}

/** As the history keeps serials. */
function asKept(serial: string): string {
  return serial.trim().replaceAll(/\s+/g, ' ').toUpperCase();
}

/** @throws HubError not-found | invalid where there is no such subject */
export async function linkSubject(
  tx: TxCtx,
  want: { ticketId: string; subject: Linked; confidence: number },
): Promise<void> {
  const { ticketId, subject, confidence } = want;
  await mustExist(tx, ticketId);
  if (!(await isThere(tx, subject))) {
    const message = `there is no ${subject.type} ${subject.id}`;
    throw new HubError('invalid', `/subject_id: ${message}`, { fields: [{ field: '/subject_id', message }] });
  }
  const before = await linkTo(tx, ticketId, subject);
  if (before?.confidence === confidence) return;
  await saveLinks(tx.db, [{ ticketId, subject, confidence, foundBy: tx.actor, createdAt: tx.now().toISOString() }]);
  if (before !== undefined) return;
  await append(tx, ticketSubjectLinked, {
    subject: { type: 'ticket', id: ticketId },
    related: [subject],
    data: { subjectType: subject.type, subjectId: subject.id, confidence },
  });
}

/** @throws HubError not-found */
export async function unlinkSubject(tx: TxCtx, want: { ticketId: string; subject: Linked }): Promise<void> {
  const { ticketId, subject } = want;
  await mustExist(tx, ticketId);
  if (!(await deleteLink(tx.db, ticketId, subject))) return;
  await append(tx, ticketSubjectUnlinked, {
    subject: { type: 'ticket', id: ticketId },
    related: [subject],
    data: { subjectType: subject.type, subjectId: subject.id },
  });
}

async function mustExist(tx: TxCtx, ticketId: string): Promise<void> {
  if (!(await lockTicket(tx.db, ticketId))) throw new HubError('not-found', `There is no ticket ${ticketId}`);
}

async function linkTo(tx: TxCtx, ticketId: string, subject: Linked): Promise<TicketLink | undefined> {
  const links = await linksOf(tx.db, ticketId);
  return links.find((link) => link.subject.type === subject.type && link.subject.id === subject.id);
}
