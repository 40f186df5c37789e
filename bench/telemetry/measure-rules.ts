import type { RuleSet } from '#src/health/compile-rules.ts';
import type { Episode, JudgedSymptom } from '#src/health/episode.ts';
import { judgeBatch } from '#src/health/judge-batch.ts';
import type { TelemetryEvent } from '#src/health/symptom.ts';

/** Every event against every rule about it, one after the other on one core, with what is remembered of all parts. @returns events a second */
export function measureRules(rules: RuleSet, events: readonly TelemetryEvent[], batch: number): number {
  const symptoms = events.map(toJudged);
  judgeBatch(rules, new Map(), symptoms.slice(0, 20_000), { lateMs: 86_400_000 });
  const episodes = new Map<string, Episode>();
  const started = performance.now();
  for (let at = 0; at < symptoms.length; at += batch)
    judgeBatch(rules, episodes, symptoms.slice(at, at + batch), { lateMs: 86_400_000 });
  return symptoms.length / ((performance.now() - started) / 1000);
}

function toJudged(event: TelemetryEvent): JudgedSymptom {
  return {
    ...{ subjectType: 'asset', subjectId: event.asset ?? '', at: Date.parse(event.occurred_at), type: event.type },
    ...{ component: event.component ?? null, kind: null, serial: null, value: event.value ?? null, state: 'raised' },
    ...{ message: event.message ?? null, source: event.source ?? null, severity: null, model: 'PowerEdge R750' },
    ...{ manufacturer: 'Dell Inc.', site: 'ams1', hash: null },
  };
}
