import type { Ctx } from '../core/ctx.ts';
import { toIso, toSql } from '../core/time.ts';
import { raisedEpisodes } from './episode-store.ts';

/** What nobody has polled for so long is polled no more: that kind of poll was turned off. */
const TURNED_OFF_MS = 86_400_000;

/** How long the oldest poll of a BMC has been due, in seconds. One that is under way is not due. */
export async function pollLagSeconds(ctx: Ctx): Promise<number> {
  const now = ctx.now().getTime();
  const rows: { due_at: string }[] = await ctx
    .db('bmc_polls')
    .where('due_at', '>', toSql(new Date(now - TURNED_OFF_MS)))
    .orderBy('due_at')
    .limit(1)
    .select('due_at');
  const [oldest] = rows;
  return oldest === undefined ? 0 : Math.max(0, (now - Date.parse(toIso(oldest.due_at))) / 1000);
}

/** The parts of a server or place of which this symptom has raised something that is not over. */
export async function raisedBy(
  ctx: Ctx,
  { subjectId, symptom }: { subjectId: string; symptom: string },
): Promise<Set<string>> {
  const episodes = await raisedEpisodes(ctx.db, subjectId);
  return new Set(episodes.filter(({ said }) => said?.type === symptom).map(({ component }) => component));
}
