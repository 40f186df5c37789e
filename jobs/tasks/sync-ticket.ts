import { findByOutsideId } from '#src/tickets/reads.ts';
import { handle } from '../job-ctx.ts';
import { syncTicketJob } from '../catalogue-tickets.ts';
import { syncOutside } from '../sync-outside.ts';

/** The other side says that a ticket changed. */
export const syncTicketTask = handle(syncTicketJob, async (ctx, { system, externalId }) => {
  if (!ctx.adapters.has('tickets') || ctx.adapters.providerOf('tickets') !== system)
    return { outcome: `${system} has no tickets of ours` };
  const ticket = await findByOutsideId(ctx, externalId);
  return ticket === undefined ? { outcome: 'none of our tickets' } : syncOutside(ctx, ticket);
});
