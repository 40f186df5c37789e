import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { handle } from '../job-ctx.ts';
import { noteOnce } from '#src/tickets/commands/comment-ticket.ts';
import { linkTicket } from '#src/tickets/commands/link-ticket.ts';
import { ticketDraft } from '#src/tickets/draft.ts';
import { findTicket } from '#src/tickets/reads.ts';
import { createIssueJob } from '../catalogue-tickets.ts';
import { spareFor } from '../spare-for-ticket.ts';
import { ticketFacts } from '../ticket-facts.ts';
import { ticketReport } from '../ticket-report.ts';
import { showPage } from './tell-ticket.ts';

/** Reserves a spare, and gives the ticket its counterpart where operators live: one, whatever crashes. */
export const createIssueTask = handle(createIssueJob, async (ctx, { ticketId }) => {
  const ticket = await findTicket(ctx, ticketId);
  if (!ticket) throw new HubError('not-found', `there is no ticket ${ticketId}`);
  if (ticket.externalId !== null) return { outcome: 'linked already', key: ticket.externalKey };
  const spare = await spareFor(ctx, ticket);
  if (!ctx.adapters.has('tickets')) return { outcome: 'kept here: no ticket system is configured' };
  const draft = ticketDraft(await ticketFacts(ctx, ticket, spare), ctx.settings.publicUrl, ctx.now());
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
  const report = await ticketReport(ctx, ticket, draft);
  await tx(ctx, async (inside) => {
    await noteOnce(inside, { ticketId, source: 'report', note: report });
    const { id: externalId, key: issueKey, url, status } = issue;
    await linkTicket(inside, { ticketId, system, externalId, key: issueKey, url, status });
  });
  await showPage(ctx, ticket, issue.id, false);
  return { outcome: 'created', key: issue.key, url: issue.url };
});
