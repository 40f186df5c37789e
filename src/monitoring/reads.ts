import type { Ctx } from '../core/ctx.ts';
import { fromJson } from '../core/json.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import type { AlertOutcome } from './model.ts';

export interface ListedAlert {
  id: string;
  adapter: string;
  fingerprint: string;
  name: string;
  severity: string | null;
  summary: string | null;
  labels: Record<string, string>;
  sourceUrl: string | null;
  startsAt: string;
  endsAt: string | null;
  heardAt: string;
  outcome: AlertOutcome;
  why: string | null;
  /** What it is reported as, as long as it holds. */
  symptom: string | null;
}

/** Last told first. */
export async function listAlerts(
  ctx: Ctx,
  want: {
    outcome?: AlertOutcome | undefined;
    holds?: boolean | undefined;
    before?: Before | undefined;
    limit: number;
  },
): Promise<ListedAlert[]> {
  const query = ctx.db('monitoring_alerts').whereNotNull('monitoring_alerts.heard_at').limit(want.limit);
  if (want.outcome) void query.where('monitoring_alerts.outcome', want.outcome);
  if (want.holds === true) void query.whereNull('monitoring_alerts.ends_at');
  if (want.holds === false) void query.whereNotNull('monitoring_alerts.ends_at');
  newestFirst(query, { time: 'monitoring_alerts.heard_at', id: 'monitoring_alerts.id' }, want.before);
  return (await query.select('monitoring_alerts.*')).map((row) => ({
    id: row.id,
    adapter: row.adapter,
    fingerprint: row.fingerprint,
    name: row.name,
    severity: row.severity,
    summary: row.summary,
    labels: fromJson(row.labels),
    sourceUrl: row.source_url,
    startsAt: toIso(row.starts_at),
    endsAt: toIsoOrNull(row.ends_at),
    heardAt: toIso(row.heard_at),
    outcome: row.outcome,
    why: row.why,
    symptom: row.told === null ? null : (fromJson(row.told) as { symptom: string }).symptom,
  }));
}
