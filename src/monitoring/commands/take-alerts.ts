import type { TxCtx } from '../../core/ctx.ts';
import type { AlertObserved } from '../../ports/observation.ts';
import { type AlertSymptom, judgeAlert, type Step, toMicros } from '../model.ts';
import { lockAlerts, saveAlerts, type StoredAlert } from '../store.ts';

/** A symptom that began or ended, to be reported. */
export interface AlertReport extends AlertSymptom {
  state: 'raised' | 'cleared';
  occurredAt: string;
}

/** Hands symptoms on, in their order, one answer each. `taken` false: `why` says which of them cannot be taken. */
export type ReportSymptoms = (
  tx: TxCtx,
  reports: AlertReport[],
) => Promise<({ taken: true } | { taken: false; why: string })[]>;

interface Case {
  alert: AlertObserved;
  stored: StoredAlert;
  steps: Step[];
}

/**
 * Alerts of one delivery: what is new in them is reported, each beginning and each end once, and what they are and came to is kept. One
 * that nobody understands is kept with the reason, and tried again whenever it is told again.
 */
export async function takeAlerts(
  tx: TxCtx,
  adapter: string,
  alerts: readonly AlertObserved[],
  report: ReportSymptoms,
): Promise<void> {
  const byFingerprint = new Map(alerts.map((alert) => [alert.fingerprint, alert]));
  const known = await lockAlerts(tx.db, adapter, [...byFingerprint.keys()]);
  const cases: Case[] = [];
  for (const alert of byFingerprint.values()) {
    const seen = { ...alert, startsAt: toMicros(alert.startsAt), observedAt: toMicros(alert.observedAt) };
    const before = known.get(alert.fingerprint);
    const judged = judgeAlert(before, seen);
    if (judged === null) continue;
    const stored = judged.isLatest || !before ? asTold(seen, before) : { ...before };
    cases.push({ alert: seen, stored, steps: judged.steps });
  }
  // First what ended, then what began: one alert may have both, and the second must find the first done.
  for (const turn of [0, 1]) await takeSteps(tx, adapter, cases, turn, report);
  await saveAlerts(
    tx.db,
    adapter,
    cases.map(({ stored }) => stored),
  );
}

async function takeSteps(
  tx: TxCtx,
  adapter: string,
  cases: readonly Case[],
  turn: number,
  report: ReportSymptoms,
): Promise<void> {
  const reports: AlertReport[] = [];
  const settle: ((answer: { taken: true } | { taken: false; why: string }) => void)[] = [];
  for (const { alert, stored, steps } of cases) {
    const step = steps[turn];
    if (step === undefined) continue;
    if (step.does === 'clear') {
      if (stored.told === null) continue;
      reports.push({ ...stored.told, state: 'cleared', occurredAt: step.at });
      settle.push(() => void (stored.told = null));
      continue;
    }
    const { meaning } = alert;
    if (meaning.outcome !== 'symptom') {
      Object.assign(stored, { outcome: meaning.outcome, why: meaning.why });
      continue;
    }
    const symptom = symptomOf(alert, meaning, adapter);
    reports.push({ ...symptom, state: 'raised', occurredAt: step.at });
    settle.push((answer) => {
      if (answer.taken)
        Object.assign(stored, { outcome: 'reported', why: null, told: symptom, raisedFor: alert.startsAt });
      else Object.assign(stored, { outcome: 'refused', why: answer.why });
    });
  }
  if (reports.length === 0) return;
  const answers = await report(tx, reports);
  for (const [index, answer] of answers.entries()) settle[index]?.(answer);
}

function symptomOf(
  alert: AlertObserved,
  meaning: Extract<AlertObserved['meaning'], { outcome: 'symptom' }>,
  adapter: string,
): AlertSymptom {
  const { outcome: _, ...symptom } = meaning;
  return {
    ...symptom,
    severity: alert.severity,
    message: (alert.summary ?? alert.name).slice(0, 1000) || null,
    source: adapter,
    episode: `${alert.fingerprint}/${alert.startsAt}`,
  };
}

/** What was told of it counts on, until a step changes it. */
function asTold(seen: AlertObserved, before: StoredAlert | undefined): StoredAlert {
  const { fingerprint, name, severity, summary, labels, sourceUrl, startsAt, endsAt, observedAt } = seen;
  return {
    ...{ fingerprint, name, severity, summary, labels, sourceUrl, startsAt },
    endsAt: endsAt === null ? null : toMicros(endsAt),
    heardAt: observedAt,
    // Where there is no step, its end is the first that was heard of it.
    outcome: before?.outcome ?? 'ignored',
    why: before === undefined ? 'it had ended when it was first told' : before.why,
    told: before?.told ?? null,
    raisedFor: before?.raisedFor ?? null,
  };
}
