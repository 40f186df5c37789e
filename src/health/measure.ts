import type { TelemetryRule } from './rules.ts';
import { durationText } from './rule-words.ts';

/** Beyond so many the two oldest become one: what is remembered of a part stays small, however much it says. */
const MOST_ENTRIES = 200;

/** What a rule with a window looks at: times and values in turn, oldest first. */
export interface WindowRule {
  name: 'count' | 'sum' | 'rate' | 'growth';
  within: number;
  limit: number;
  /** Below it, what began is over. */
  off: number;
}

export function windowOf(rule: TelemetryRule): WindowRule | undefined {
  const { count, sum, rate, growth } = rule;
  if (count !== undefined) return of('count', count.of, count);
  if (sum !== undefined) return of('sum', sum.of, sum);
  if (rate !== undefined) return of('rate', rate.per_hour, rate);
  return growth === undefined ? undefined : of('growth', growth.by, growth);
}

function of(
  name: WindowRule['name'],
  limit: number,
  { within, clear_below: off }: { within: number; clear_below?: number | undefined },
): WindowRule {
  return { name, within, limit, off: off ?? limit / 2 };
}

/** Puts a value where its time is, and forgets what is older than the window, counted from its newest. */
export function addToWindow(window: number[], rule: WindowRule, at: number, value: number): void {
  let place = window.length;
  while (place > 0 && (window[place - 2] ?? 0) > at) place -= 2;
  if (place === window.length) window.push(at, value);
  else window.splice(place, 0, at, value);
  forgetBefore(window, (window.at(-2) ?? at) - rule.within);
  if (window.length <= MOST_ENTRIES * 2) return;
  const [, first = 0, , second = 0] = window;
  window.splice(0, 2);
  window[1] = rule.name === 'growth' ? Math.min(first, second) : first + second;
}

/** Half-open: what is exactly as old as the window is not in it any more. */
export function forgetBefore(window: number[], since: number): void {
  let gone = 0;
  while (gone < window.length && (window[gone] ?? 0) <= since) gone += 2;
  if (gone > 0) window.splice(0, gone);
}

export function measureOf(window: readonly number[], rule: WindowRule): number {
  if (rule.name === 'growth') {
    let least = Number.POSITIVE_INFINITY;
    for (let at = 1; at < window.length; at += 2) least = Math.min(least, window[at] ?? 0);
    return window.length === 0 ? 0 : (window.at(-1) ?? 0) - least;
  }
  let sum = 0;
  for (let at = 1; at < window.length; at += 2) sum += window[at] ?? 0;
  return rule.name === 'rate' ? sum / (rule.within / 3_600_000) : sum;
}

/** What one symptom adds; null: it says no value, and the rule needs one. */
export function valueFor(rule: WindowRule, value: number | null): number | null {
  if (rule.name === 'count') return 1;
  return rule.name === 'growth' ? value : (value ?? 1);
}

export function measureText(measure: number, rule: WindowRule): string {
  const number = Number(measure.toPrecision(6));
  if (rule.name === 'rate')
    return `${number} an hour over ${durationText(rule.within)} (threshold ${rule.limit} an hour)`;
  const word = rule.name === 'growth' ? ' more' : '';
  return `${number}${word} in ${durationText(rule.within)} (threshold ${rule.limit})`;
}
