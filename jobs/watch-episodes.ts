import type { Ctx } from '#src/core/ctx.ts';
import { tx } from '#src/core/tx.ts';
import { settleDue } from '#src/health/commands/settle-due.ts';
import type { TelemetryJudge } from '#src/health/commands/report-telemetry.ts';
import { hasDueEpisodes } from '#src/health/episode-store.ts';
import { type Loop, startLoop } from './loop.ts';

const LOOK_MS = 1000;

/** What becomes of symptoms by the clock alone: something lasted long enough, or nothing more was said of it. All workers share it. */
export function startEpisodes(base: Ctx, judge: TelemetryJudge): Loop {
  return startLoop('episodes', LOOK_MS, base.log, async () => {
    if (!(await hasDueEpisodes(base.db, base.now()))) return false;
    const { more } = await tx(base, (inside) => settleDue(inside, judge), { isolation: 'read committed' });
    return more;
  });
}
