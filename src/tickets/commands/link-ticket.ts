import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { ticketLinked } from '../events.ts';
import { lockTicket, updateTicket } from '../store.ts';
import { ownSubject } from '../subjects.ts';

/** The ticket has its counterpart outside now. */
export async function linkTicket(
  tx: TxCtx,
  link: { ticketId: string; system: string; externalId: string; key: string; url: string; status: string },
): Promise<void> {
  const ticket = await lockTicket(tx.db, link.ticketId);
  if (!ticket) throw new HubError('not-found', `There is no ticket ${link.ticketId}`);
  if (ticket.externalId === link.externalId) return;
  const { externalId, key: externalKey, url: externalUrl, status: outsideStatus } = link;
  await updateTicket(tx.db, ticket.id, { externalId, externalKey, externalUrl, outsideStatus });
  await append(tx, ticketLinked, {
    subject: { type: 'ticket', id: ticket.id },
    related: ownSubject(ticket),
    data: { key: link.key, url: link.url, system: link.system },
  });
}
