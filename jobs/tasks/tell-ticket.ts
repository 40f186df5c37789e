import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { TicketRecord } from '#src/ports/tickets.ts';
import { noteMoved } from '#src/tickets/commands/record-outside.ts';
import { CATEGORY_OF } from '#src/tickets/judge-outside.ts';
import { type KeptNote, openNotes, settleNote } from '#src/tickets/note-store.ts';
import { isOpen } from '#src/tickets/model.ts';
import { findTicket, type Ticket } from '#src/tickets/reads.ts';
import { handle, type JobCtx } from '../job-ctx.ts';
import { tellTicketJob } from '../catalogue-tickets.ts';

const AT_ONCE = 50;

/** Tells the counterpart of a ticket what there is to tell, in order and each once. */
export const tellTicketTask = handle(tellTicketJob, async (ctx, { ticketId }) => {
  const ticket = await findTicket(ctx, ticketId);
  if (!ticket) throw new HubError('not-found', `there is no ticket ${ticketId}`);
  if (!ctx.adapters.has('tickets')) return { outcome: 'kept here: no ticket system is configured' };
  if (ticket.externalId === null) return { outcome: 'it is not outside yet' };
  let told = 0;
  let refused = 0;
  for (;;) {
    const notes = await openNotes(ctx.db, ticketId, AT_ONCE);
    for (const note of notes) {
      const outcome = await tellOne(ctx, ticket, ticket.externalId, note);
      if (outcome.startsWith('refused')) refused += 1;
      else told += 1;
      await settleNote(ctx.db, note.n, outcome, ctx.now().toISOString());
    }
    if (notes.length < AT_ONCE) return { outcome: 'told', told, refused };
  }
});

/** @returns what came of it. @throws what is worth another try: what comes after it waits */
async function tellOne(ctx: JobCtx, ticket: Ticket, externalId: string, note: KeptNote): Promise<string> {
  try {
    return await send(ctx, ticket, externalId, note);
  } catch (error) {
    const isFinal = error instanceof AdapterError && ['rejected', 'not-found', 'unsupported'].includes(error.kind);
    if (!isFinal) throw error;
    ctx.log.warn({ err: error, ticket: ticket.id, note: note.n }, 'the other side refuses what it is told');
    const possible = error.detail?.['possible'];
    return `refused: ${error.message}${Array.isArray(possible) ? `; possible: ${possible.join(', ')}` : ''}`;
  }
}

async function send(ctx: JobCtx, ticket: Ticket, externalId: string, note: KeptNote): Promise<string> {
  const tickets = ctx.adapters.use('tickets');
  const adapter = ctx.adapters.providerOf('tickets');
  const key = `ticket-${ticket.id}-${note.n}`;
  const lagMs = ctx.settings.settleMs;
  if (note.kind === 'comment') {
    const { paragraphs, summary } = note.body;
    const { id } = await ctx.effect({
      ...{ key, adapter, operation: 'comment', class: 'probe-first', request: { paragraphs }, lagMs },
      probe: () => tickets.findComment(key, externalId, ctx.signal),
      act: () => tickets.comment(key, externalId, paragraphs, ctx.signal),
    });
    if (summary === undefined) return `comment ${id}`;
    await ctx.effect({
      ...{ key: `${key}-title`, adapter, operation: 'retitle', class: 'idempotent', request: { summary }, lagMs },
      act: async () => {
        await tickets.retitle(externalId, summary, ctx.signal);
        return { summary };
      },
    });
    await showPage(ctx, ticket, externalId, !isOpen(ticket.state));
    return `comment ${id}, and its title`;
  }
  if (note.kind === 'file') {
    const { name, type, text } = note.body;
    const file = { name, type, bytes: Buffer.from(text, 'utf8') };
    const { id } = await ctx.effect({
      ...{ key, adapter, operation: 'attach', class: 'keyed', request: { name }, lagMs },
      act: () => tickets.attach(key, externalId, file, ctx.signal),
    });
    return `file ${id}`;
  }
  const { to, resolution } = note.body;
  const record: TicketRecord = await ctx.effect({
    ...{ key, adapter, operation: 'move', class: 'idempotent', request: { to, resolution }, lagMs },
    act: () => tickets.transition(externalId, CATEGORY_OF[to], { resolution }, ctx.signal),
  });
  await tx(ctx, (inside) => noteMoved(inside, ticket.id, record));
  await showPage(ctx, ticket, externalId, CATEGORY_OF[to] === 'done');
  return `it is ${record.status}`;
}

/** The link from there to our page, struck out once it is done. */
export async function showPage(ctx: JobCtx, ticket: Ticket, externalId: string, resolved: boolean): Promise<void> {
  const url = `${ctx.settings.publicUrl}/ui/tickets/${ticket.id}`;
  const page = { globalId: `reanimator-ticket=${ticket.id}`, title: `Reanimator: ${ticket.summary}`, url, resolved };
  await ctx.adapters.use('tickets').linkPage(externalId, page, ctx.signal);
}
