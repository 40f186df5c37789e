import type { TxCtx } from '../../core/ctx.ts';
import { raisedComponents } from '../episode-store.ts';
import { judgeSnapshot, type SeenServer } from '../judge-snapshot.ts';
import type { HealthJudges } from './record-poll.ts';
import { reportTelemetry } from './report-telemetry.ts';

/** Turns what looks at servers show of their health into symptoms, in the transaction that takes the looks. @returns how many were new */
export async function reportSeen(tx: TxCtx, judges: HealthJudges, seen: readonly SeenServer[]): Promise<number> {
  if (seen.length === 0) return 0;
  const raised = await raisedComponents(
    tx.db,
    seen.map(({ assetId }) => assetId),
  );
  const events = seen.flatMap((one) => judgeSnapshot(judges.rules, one, raised.get(one.assetId) ?? new Set()));
  if (events.length === 0) return 0;
  // Bundles are often old: what is too old to be taken as a symptom is in the history all the same.
  const results = await reportTelemetry(tx, judges.telemetry, events);
  return results.filter(({ status }) => status === 'accepted').length;
}
