import { findAssetsByBmcAddress, findAssetsByNames } from '#src/assets/reads.ts';
import type { TxCtx } from '#src/core/ctx.ts';
import { reportTelemetry, type TelemetryJudge } from '#src/health/commands/report-telemetry.ts';
import type { Bounds, TelemetryEvent } from '#src/health/symptom.ts';
import { type AlertReport, type ReportSymptoms, takeAlerts } from '#src/monitoring/commands/take-alerts.ts';
import type { Observers } from '#src/observations/commands/handle-delivery.ts';

/** Alerts of a monitoring system become symptoms of the servers and places that they name. */
export function alertObserver(judge: TelemetryJudge): Observers['alerts'] {
  return (tx, adapter, alerts) => takeAlerts(tx, adapter, alerts, reportWith(judge));
}

function reportWith(judge: TelemetryJudge): ReportSymptoms {
  return async (tx, reports) => {
    const answers: Awaited<ReturnType<ReportSymptoms>> = [];
    const known: { at: number; event: TelemetryEvent }[] = [];
    const named = await findAssetsByNames(
      tx,
      reports.flatMap(({ subject }) => ('place' in subject ? [] : subject.servers)),
    );
    for (const [at, report] of reports.entries()) {
      const event = await toEvent(tx, report, { bounds: judge.bounds, named });
      answers.push(typeof event === 'string' ? { taken: false, why: event } : { taken: true });
      if (typeof event !== 'string') known.push({ at, event });
    }
    const events = known.map(({ event }) => event);
    const results = await reportTelemetry(tx, judge, events);
    for (const [index, { status, field, reason }] of results.entries()) {
      const at = known[index]?.at;
      if (at !== undefined && status === 'rejected')
        answers[at] = { taken: false, why: `${field ?? ''}: ${reason ?? ''}` };
    }
    return answers;
  };
}

/** @returns why it cannot be taken, or the symptom */
async function toEvent(
  tx: TxCtx,
  report: AlertReport,
  { bounds, named }: { bounds: Bounds; named: ReadonlyMap<string, { id: string }> },
): Promise<TelemetryEvent | string> {
  const { symptom, subject, component, componentKind, serial, value, message, source, state, episode } = report;
  const said = {
    ...{ type: symptom, occurred_at: timeOf(report, bounds, tx.now()), value, message, source, state, id: episode },
    ...{ component: component?.slice(0, 100), component_kind: componentKind, serial: serial?.slice(0, 100) },
    severity: report.severity?.slice(0, 20),
  };
  if ('place' in subject) return { ...said, location: subject.place };
  const asset = await findServer(tx, named, subject.servers);
  return asset === undefined ? `nobody knows a server called ${subject.servers.join(' or ')}` : { ...said, asset };
}

/** What has held for days, or began by a clock that is ahead, holds now: it must not be taken for old news. */
function timeOf({ occurredAt }: AlertReport, { lateMs, skewMs }: Bounds, now: Date): string {
  const ageMs = now.getTime() - Date.parse(occurredAt);
  return ageMs >= lateMs || ageMs < -skewMs ? now.toISOString() : occurredAt;
}

/** By the first of its names that somebody knows; an address may be that of its BMC. Several of one address are none. */
async function findServer(
  tx: TxCtx,
  named: ReadonlyMap<string, { id: string }>,
  names: readonly string[],
): Promise<string | undefined> {
  for (const name of names) {
    const asset = named.get(name);
    if (asset) return asset.id;
    const [found, another] = await findAssetsByBmcAddress(tx, name);
    if (found && !another) return found.id;
  }
  return undefined;
}
