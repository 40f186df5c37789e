import type { CompiledRule } from './compile-rules.ts';
import type { Episode, JudgedSymptom, Told } from './episode.ts';
import { addToWindow, forgetBefore, measureOf, measureText, valueFor, type WindowRule } from './measure.ts';
import type { TelemetryRule } from './rules.ts';
import { durationText } from './rule-words.ts';

/** What came of one symptom under one rule. */
export type Did =
  | 'past' // newer word is known already
  | 'no value'
  | 'below' // counted, and not over the limit
  | 'waiting' // holds, and has not lasted long enough
  | 'raised'
  | 'repeated'
  | 'raised already'
  | 'cleared'
  | 'nothing to clear';

export type Tell = (did: Told['did'], episode: Episode, at: number, why: string) => void;

/** Idle rows are looked at by the hour: a symptom that changes nothing should not move them in the index of what is due. */
const HOUR_MS = 3_600_000;

/** Changes the episode in place. Says what began, goes on or ended through `tell`. */
export function judgeSymptom(compiled: CompiledRule, episode: Episode, symptom: JudgedSymptom, tell: Tell): Did {
  const { rule } = compiled;
  if (episode.endedAt !== null && symptom.at <= episode.endedAt) return 'past';
  const clears = symptom.state === 'cleared' || !compiled.types.includes(symptom.type);
  if (clears) return clear(episode, symptom, tell);
  if (episode.serial !== null && symptom.serial !== null && episode.serial !== symptom.serial) {
    if (symptom.at < episode.lastAt) return 'past';
    if (episode.raisedAt !== null)
      tell('cleared', episode, symptom.at, `another part is there now: ${symptom.serial} instead of ${episode.serial}`);
    forget(episode);
  }
  const measured = measure(compiled, episode, symptom);
  if (measured === null) return 'no value';
  episode.lastAt = Math.max(episode.lastAt, symptom.at);
  episode.serial = symptom.serial ?? episode.serial;
  if (measured.on) return begin(rule, episode, symptom, measured.why, tell);
  if (!measured.off) return episode.raisedAt === null ? 'below' : 'raised already';
  episode.since = null;
  if (episode.raisedAt === null) return 'below';
  end(episode, symptom.at, measured.why, tell);
  return 'cleared';
}

function clear(episode: Episode, symptom: JudgedSymptom, tell: Tell): Did {
  if (symptom.at < episode.lastAt) return 'past';
  const wasRaised = episode.raisedAt !== null;
  end(episode, symptom.at, symptom.message ?? `${symptom.type} says that it is over`, tell);
  return wasRaised ? 'cleared' : 'nothing to clear';
}

function begin(rule: TelemetryRule, episode: Episode, symptom: JudgedSymptom, why: string, tell: Tell): Did {
  episode.since ??= symptom.at;
  episode.count += 1;
  const { type, kind, message, site, hash } = symptom;
  episode.said = { type, kind, message: message === null ? null : message.slice(0, 300), site, hash };
  if (episode.raisedAt !== null) {
    if (symptom.at - (episode.alertedAt ?? 0) < rule.opens.remind) return 'raised already';
    episode.alertedAt = symptom.at;
    tell('repeated', episode, symptom.at, why);
    return 'repeated';
  }
  if (rule.for !== undefined && episode.lastAt - episode.since < rule.for) return 'waiting';
  raise(rule, episode, symptom.at, why, tell);
  return 'raised';
}

function raise(rule: TelemetryRule, episode: Episode, at: number, why: string, tell: Tell): void {
  episode.raisedAt = at;
  episode.alertedAt = at;
  const lasting = rule.for === undefined ? [] : [`for ${durationText(rule.for)} and longer`];
  tell('raised', episode, at, [why, ...lasting].filter((part) => part !== '').join(', '));
}

function end(episode: Episode, at: number, why: string, tell: Tell): void {
  if (episode.raisedAt !== null) tell('cleared', episode, at, why);
  forget(episode);
  episode.endedAt = at;
  episode.lastAt = Math.max(episode.lastAt, at);
}

function forget(episode: Episode): void {
  Object.assign(episode, { since: null, raisedAt: null, alertedAt: null, serial: null, said: null });
  episode.count = 0;
  episode.window.length = 0;
}

interface Measured {
  /** Beyond the limit. */
  on: boolean;
  /** Back far enough inside it that what began is over. */
  off: boolean;
  why: string;
}

function measure({ rule, window }: CompiledRule, episode: Episode, symptom: JudgedSymptom): Measured | null {
  const { above, below } = rule;
  const { value } = symptom;
  if (window !== undefined) {
    const added = valueFor(window, value);
    if (added === null) return null;
    addToWindow(episode.window, window, symptom.at, added);
    if (episode.window.length === 2) episode.count = 0;
    const is = measureOf(episode.window, window);
    const on = is >= window.limit;
    // What is remembered of a part that never crosses the limit is a number: no words for it.
    if (!on) episode.count += 1;
    return { on, off: is < window.off, why: on || episode.raisedAt !== null ? measureText(is, window) : '' };
  }
  if (above === undefined && below === undefined) return { on: true, off: false, why: '' };
  if (value === null) return null;
  if (above !== undefined)
    return { on: value >= above.limit, off: value < above.clear_below, why: `reads ${value}, limit ${above.limit}` };
  return {
    on: value <= (below?.limit ?? 0),
    off: value > (below?.clear_above ?? 0),
    why: `reads ${value}, limit ${below?.limit}`,
  };
}

/** Nothing to remember: it is as if nobody had ever said anything. */
export function isEmpty({ since, raisedAt, endedAt, window }: Episode): boolean {
  return since === null && raisedAt === null && endedAt === null && window.length === 0;
}

/** When to look at it again without a symptom. @param lateMs how late a symptom may come and still be judged */
export function nextLook({ rule, window }: CompiledRule, episode: Episode, lateMs: number): number | null {
  const quiet = quietMs(rule, window);
  if (episode.raisedAt !== null) return quiet === null ? null : episode.lastAt + quiet;
  if (episode.since !== null && rule.for !== undefined) return episode.since + rule.for;
  const until = Math.max(
    episode.endedAt === null ? 0 : episode.endedAt + lateMs,
    episode.window.length === 0 ? 0 : episode.lastAt + (window?.within ?? 0),
  );
  return until === 0 ? null : Math.ceil(until / HOUR_MS) * HOUR_MS;
}

function quietMs(rule: TelemetryRule, window: WindowRule | undefined): number | null {
  return rule.clear?.after ?? window?.within ?? null;
}

/** What the clock alone makes of an episode. Changes it in place. @returns whether there is still something to remember */
export function judgeDue(
  compiled: CompiledRule | undefined,
  episode: Episode,
  { now, lateMs, tell }: { now: number; lateMs: number; tell: Tell },
): boolean {
  if (compiled === undefined) {
    if (episode.raisedAt !== null) tell('cleared', episode, now, 'its rule is not there any more');
    return false;
  }
  const { rule, window } = compiled;
  const quiet = quietMs(rule, window);
  if (window !== undefined) forgetBefore(episode.window, now - window.within);
  if (episode.raisedAt !== null) {
    if (quiet !== null && now >= episode.lastAt + quiet)
      end(episode, episode.lastAt + quiet, `nothing more of it for ${durationText(quiet)}`, tell);
  } else if (episode.since !== null && rule.for !== undefined && now >= episode.since + rule.for) {
    const is = window === undefined ? undefined : measureOf(episode.window, window);
    if (window !== undefined && is !== undefined && is < window.off) episode.since = null;
    else
      raise(rule, episode, episode.since + rule.for, window && is !== undefined ? measureText(is, window) : '', tell);
  }
  if (episode.endedAt !== null && now >= episode.endedAt + lateMs && episode.raisedAt === null) episode.endedAt = null;
  episode.dueAt = nextLook(compiled, episode, lateMs);
  return !isEmpty(episode);
}
