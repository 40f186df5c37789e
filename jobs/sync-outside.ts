import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { TicketSla } from '#src/ports/tickets.ts';
import { noteGone, recordOutside } from '#src/tickets/commands/record-outside.ts';
import type { Ticket } from '#src/tickets/reads.ts';
import type { JobCtx } from './job-ctx.ts';

/** Reads a ticket's counterpart and takes over what moved there. */
export async function syncOutside(ctx: JobCtx, ticket: Ticket): Promise<{ outcome: string }> {
  const { externalId } = ticket;
  if (externalId === null) return { outcome: 'it is not outside yet' };
  const tickets = ctx.adapters.use('tickets');
  const system = ctx.adapters.providerOf('tickets');
  const record = await tickets.read(externalId, ctx.signal);
  if (record === undefined) {
    await tx(ctx, (inside) => noteGone(inside, ticket.id));
    return { outcome: `${ticket.externalKey ?? externalId} is not there any more, or not shown to us` };
  }
  const sla = await slaOf(ctx, externalId);
  try {
    const read = { ticketId: ticket.id, system, record, sla };
    const { winner, state } = await tx(ctx, (inside) => recordOutside(inside, read), { isolation: 'read committed' });
    return { outcome: winner === 'theirs' ? `${state}, as it is there` : `read: ${winner} moved` };
  } catch (error) {
    // Opened again there, while another ticket is open for the same fault here: a person has to see to it there.
    if (error instanceof HubError && error.kind === 'conflict') return { outcome: error.message };
    throw error;
  }
}

/** Null where it cannot be told: the ticket itself was read. */
async function slaOf(ctx: JobCtx, externalId: string): Promise<TicketSla[] | null> {
  try {
    return await ctx.adapters.use('tickets').readSla(externalId, ctx.signal);
  } catch (error) {
    if (!(error instanceof AdapterError) || error.retry === 'later') throw error;
    ctx.log.warn({ err: error, externalId }, 'the service level was not read');
    return null;
  }
}
