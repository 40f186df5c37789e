import { z } from 'zod';
import type { Ctx, TxCtx } from '../core/ctx.ts';
import { idFrom } from '../core/id.ts';
import { isDataFault, tx } from '../core/tx.ts';
import type { Reaction } from '../journal/job.ts';
import { buryJob, insertJob } from '../journal/store.ts';
import { type EventRow, hasUnplaced, place, takeUnplaced } from './store.ts';

/**
 * Takes committed events from the outbox, gives each its place in the feed and writes one job per reaction that wants it, all
 * in one transaction. A job's id follows from (event, reaction), so taking an event twice adds nothing.
 *
 * @returns how many events were taken, and the jobs that should be woken
 */
export async function relayOnce(
  ctx: Ctx,
  reactions: readonly Reaction[],
  limit = 200,
): Promise<{ events: number; jobs: string[] }> {
  if (!(await hasUnplaced(ctx.db))) return { events: 0, jobs: [] };
  return tx(ctx, async (inside) => {
    const { sequence, taken } = await takeUnplaced(inside.db, limit);
    if (taken.length === 0) return { events: 0, jobs: [] };
    const jobs: string[] = [];
    for (const { event } of taken) {
      for (const reaction of reactions) {
        if (!reaction.on.includes(event.type)) continue;
        const id = idFrom(event.id, reaction.name);
        const added = await addJob(inside, reaction, event, id);
        if (added) jobs.push(id);
      }
    }
    await place(inside.db, sequence, taken);
    return { events: taken.length, jobs };
  });
}

/** A reaction that cannot map its event must not stop the feed: its job is born dead, with the reason, and can be revived. */
async function addJob(inside: TxCtx, reaction: Reaction, event: EventRow, id: string): Promise<boolean> {
  const { job } = reaction;
  const common = { id, name: job.name, cause: event.id, reaction: reaction.name, now: inside.now() };
  try {
    const mapped = reaction.input(event);
    if (mapped === undefined) return false;
    const input = job.Input.parse(mapped);
    return await insertJob(inside.db, { ...common, input, subject: job.subject(input), dedupeKey: job.dedupe(input) });
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof TypeError || isDataFault(error))) throw error;
    const message = error instanceof Error ? error.message : String(error);
    await insertJob(inside.db, { ...common, input: { event: event.id }, subject: event.subject, dedupeKey: id });
    await buryJob(inside.db, id, { message: `${reaction.name} could not map ${event.type}: ${message}` }, inside.now());
    return false;
  }
}
