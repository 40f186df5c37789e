import type { Ctx } from '#src/core/ctx.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { recordFailure } from '#src/history/commands/record-failure.ts';
import { withdrawFailure } from '#src/history/commands/withdraw-failure.ts';
import { failuresFrom, modeFromTelemetry } from '#src/history/failure-reads.ts';
import { handle } from '../job-ctx.ts';
import { findTicket, type Ticket } from '#src/tickets/reads.ts';
import { recordTicketFailureJob } from '../catalogue-tickets.ts';
import { findPartOfServer } from './part-of-server.ts';

/**
 * A ticket to replace a part that is done, or whose part was seen replaced, says that the part failed. One that was opened again, or will not be fixed, says nothing: what
 * it said before is taken back.
 */
export const recordTicketFailureTask = handle(recordTicketFailureJob, async (ctx, { ticketId }) => {
  const ticket = await findTicket(ctx, ticketId);
  if (!ticket) throw new HubError('not-found', `there is no ticket ${ticketId}`);
  if (ticket.state !== 'DONE' && ticket.proof === null) return withdrawAll(ctx, ticket);
  if (!ticket.type.startsWith('REPLACE_')) return { outcome: 'nothing was to be replaced' };
  const { assetId } = ticket;
  if (assetId === null) return { outcome: 'it is about a place' };
  if (ticket.serial === null) return { outcome: 'the ticket names no part by its serial' };
  const part = await findPartOfServer(ctx, ticket.serial, assetId);
  if ('outcome' in part) return part;
  const span = { from: ticket.firstEventAt, to: ticket.lastEventAt };
  const mode = (await modeFromTelemetry(ctx, part.componentId, span)) ?? 'other';
  const report = {
    componentId: part.componentId,
    mode,
    occurredAt: ticket.firstEventAt,
    occurredAfter: null,
    source: 'ticket',
    sourceId: ticket.id,
    confidence: null,
    note: `${ticket.summary}: ${ticket.reason}`.slice(0, 500),
    assetId,
    renew: true,
  } as const;
  const { failure, isNew } = await tx(ctx, (inside) => recordFailure(inside, report), { isolation: 'read committed' });
  return { outcome: isNew ? 'recorded' : 'recorded already', failureId: failure.id };
});

async function withdrawAll(ctx: Ctx, ticket: Ticket): Promise<{ outcome: string; failureIds?: string[] }> {
  const failures = await failuresFrom(ctx, 'ticket', ticket.id, ticket.firstEventAt);
  for (const { id } of failures) {
    await tx(ctx, (inside) => withdrawFailure(inside, { id, reason: `its ticket is ${ticket.state}` }), {
      isolation: 'read committed',
    });
  }
  return failures.length === 0
    ? { outcome: `no failure: the ticket is ${ticket.state}` }
    : { outcome: 'withdrawn', failureIds: failures.map(({ id }) => id) };
}
