import type { LogEntry } from '../ports/bmc-health.ts';
import { type HealthRules, logRuleOf } from './poll-rules.ts';
import type { Found } from './watch.ts';

/** A BMC's clock may be anywhere; a symptom from before its machine or after tomorrow would be sorted where nobody looks. */
const PAST_MS = 30 * 86_400_000;
const FUTURE_MS = 86_400_000;

/** The symptoms among new log entries, each about the moment that the entry names, or about now where that cannot be. */
export function judgeLogs(rules: HealthRules, entries: readonly LogEntry[], now: Date): Found[] {
  return entries.flatMap((entry) => {
    const rule = logRuleOf(rules, entry);
    if (rule === undefined) return [];
    const component = entry.origin?.replace(/\/+$/, '').split('/').at(-1) ?? '';
    return [
      {
        type: rule.type,
        component: component === '' ? null : component.slice(0, 100),
        message: `${entry.message} (${entry.log}, ${entry.id})`.slice(0, 1000),
        value: null,
        occurredAt: momentOf(entry.at, now),
      },
    ];
  });
}

function momentOf(said: string | null, now: Date): string {
  const zoned = said === null || /(z|[+-]\d\d:?\d\d)$/i.test(said) ? said : `${said}Z`;
  const at = zoned === null ? NaN : Date.parse(zoned);
  const age = now.getTime() - at;
  return Number.isNaN(at) || age > PAST_MS || age < -FUTURE_MS ? now.toISOString() : new Date(at).toISOString();
}
