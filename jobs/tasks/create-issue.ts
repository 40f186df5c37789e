import { findAsset } from '#src/assets/reads.ts';
import { latestInventory } from '#src/history/reads.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { handle } from '../job-ctx.ts';
import { linkTicket } from '#src/tickets/commands/link-ticket.ts';
import { ticketDraft } from '#src/tickets/model.ts';
import { findTicket } from '#src/tickets/reads.ts';
import { createIssueJob } from '../catalogue.ts';

/** Gives a ticket its counterpart where operators live: one, whatever crashes. */
export const createIssueTask = handle(createIssueJob, async (ctx, { ticketId }) => {
  const ticket = await findTicket(ctx, ticketId);
  if (!ticket) throw new HubError('not-found', `there is no ticket ${ticketId}`);
  if (ticket.externalId !== null) return { outcome: 'linked already', key: ticket.externalKey };
  if (!ctx.adapters.has('tickets')) return { outcome: 'kept here: no ticket system is configured' };
  const asset = await findAsset(ctx, ticket.assetId);
  if (!asset) throw new HubError('not-found', `there is no asset ${ticket.assetId}`);
  const inventory = await latestInventory(ctx, asset.id);
  const part = inventory?.components.find((component) => component.slot === ticket.component) ?? null;
  const draft = ticketDraft({ ...ticket, asset, part }, ctx.settings.publicUrl);
  const tickets = ctx.adapters.use('tickets');
  const key = `ticket-${ticket.id}`;
  const system = ctx.adapters.providerOf('tickets');
  const issue = await ctx.effect({
    key,
    adapter: system,
    operation: 'create issue',
    class: 'probe-first',
    request: { summary: draft.summary },
    lagMs: tickets.searchLagMs + ctx.settings.settleMs,
    probe: () => tickets.findByKey(key, ctx.signal),
    act: () => tickets.create(key, draft, ctx.signal),
  });
  await tx(ctx, (inside) =>
    linkTicket(inside, { ticketId, system, externalId: issue.id, key: issue.key, url: issue.url }),
  );
  return { outcome: 'created', key: issue.key, url: issue.url };
});
