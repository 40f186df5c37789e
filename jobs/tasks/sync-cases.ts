import { restartSync, takePage } from '#src/cases/commands/take-page.ts';
import { type CaseSync, findSync } from '#src/cases/sync-store.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { Tickets } from '#src/ports/tickets.ts';
import { syncCasesJob } from '../catalogue-tickets.ts';
import { handle, type JobCtx, type JobResult } from '../job-ctx.ts';

/** Imports cases page by page. Where it stands is kept with each page, so that another run goes on there. */
export const syncCasesTask = handle(syncCasesJob, async (ctx, { syncId }) => {
  const found = await findSync(ctx.db, syncId);
  if (!found) throw new HubError('not-found', `there is no import ${syncId}`);
  let sync: CaseSync = found;
  const tickets = ctx.adapters.use('tickets');
  while (sync.finishedAt === null) {
    const { source, query, page, pages } = sync;
    if (ctx.adapters.providerOf('tickets') !== source)
      throw new AdapterError('unsupported', `${source} is not the connected ticket system any more`, {
        system: source,
      });
    const read = await readPage(ctx, tickets, sync);
    if (read === undefined) {
      await tx(ctx, (inside) => restartSync(inside, syncId));
      sync = { ...sync, page: null };
      continue;
    }
    const { cases, next } = read;
    if (next !== null && next === page)
      throw new AdapterError('malformed', `${source}: after a page of "${query}" comes the same page`, {
        system: source,
      });
    sync = await tx(ctx, (inside) => takePage(inside, { syncId, of: page, number: pages, cases, next }), {
      isolation: 'read committed',
    });
    await ctx.progress({ step: 'importing', ...countsOf(sync) });
  }
  return countsOf(sync);
});

/** Undefined where the other side does not know the page any more: its name is good for days only. */
async function readPage(
  ctx: JobCtx,
  tickets: Tickets,
  { id, query, page }: CaseSync,
): Promise<Awaited<ReturnType<Tickets['search']>> | undefined> {
  try {
    return await tickets.search(query, page, ctx.signal);
  } catch (error) {
    // The query itself was good, or there would be no second page.
    if (page === null || !(error instanceof AdapterError) || error.kind !== 'rejected') throw error;
    ctx.log.info({ sync: id, err: error }, 'the page is known no more: the import begins again');
    return undefined;
  }
}

function countsOf({ pages, created, updated, unchanged }: CaseSync): JobResult {
  return { pages, created, updated, unchanged };
}
