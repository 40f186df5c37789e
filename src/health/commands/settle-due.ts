import type { TxCtx } from '../../core/ctx.ts';
import { lockDueEpisodes, removeEpisodes, saveEpisodes } from '../episode-store.ts';
import { judgeAllDue } from '../judge-batch.ts';
import { tellAlerts } from '../tell-alerts.ts';
import type { TelemetryJudge } from './report-telemetry.ts';

const AT_ONCE = 500;

/**
 * What the clock alone makes of episodes: it lasted long enough, nothing more was said of it, its window has passed. Several workers share
 * the work.
 * @returns whether there may be more
 */
export async function settleDue(tx: TxCtx, judge: TelemetryJudge): Promise<{ more: boolean; told: number }> {
  const due = await lockDueEpisodes(tx.db, tx.now(), AT_ONCE);
  if (due.length === 0) return { more: false, told: 0 };
  const rules = judge.rules();
  const judged = judgeAllDue(rules, due, { now: tx.now().getTime(), lateMs: judge.bounds.lateMs });
  await saveEpisodes(tx.db, judged.changed);
  await removeEpisodes(tx.db, judged.gone);
  await tellAlerts(tx, rules, judged.told);
  return { more: due.length === AT_ONCE, told: judged.told.length };
}
