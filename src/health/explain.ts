import type { Ctx } from '../core/ctx.ts';
import type { About } from './check-symptoms.ts';
import { type CompiledRule, whyNotAbout } from './compile-rules.ts';
import type { TelemetryJudge } from './commands/report-telemetry.ts';
import { type Episode, episodeKey, type JudgedSymptom, newEpisode } from './episode.ts';
import { readEpisodes } from './episode-store.ts';
import { raises, rulesFor } from './judge-batch.ts';
import { type Did, judgeSymptom } from './judge-episode.ts';
import { measureText } from './measure.ts';
import { durationText } from './rule-words.ts';
import type { Symptom } from './symptom.ts';
import { toJudged } from './check-symptoms.ts';
import { type AlertRow, alertsAround, sumUntil } from './symptom-reads.ts';

/** What became of an alert, as tickets tell it. */
export interface Became {
  alertId: string;
  ticketId: string | null;
  /** What it is called in the other system. */
  ticketKey: string | null;
  /** opened, counted, suppressed …; null: nobody has looked at it yet, or it is only a note. */
  outcome: string | null;
  /** Why it opened nothing of its own. */
  why: string | null;
}
export type WhatBecame = (ctx: Ctx, alertIds: readonly string[]) => Promise<Became[]>;

export interface RuleExplained {
  rule: string;
  /** Its first condition that does not hold; null: all do. */
  notAbout: string | null;
  /** What its window held up to this symptom; null: it has none. */
  held: string | null;
  /** What it did, or would do. */
  did: string;
  episode: { raisedAt: string | null; since: string | null; count: number; nextLookAt: string | null } | null;
  alerts: (AlertRow & { became: Became | null })[];
}

export interface Explained {
  rules: RuleExplained[];
  /** Rules that look at other types. */
  others: number;
  note: string | null;
}

/**
 * Which rules looked at a symptom, which of its conditions held, what their windows held and what came of it, by the rules as they are now.
 * Of one that is not kept (a literal), what would come of it now; nothing is written.
 */
export async function explainSymptom(
  ctx: Ctx,
  judge: TelemetryJudge,
  whatBecame: WhatBecame,
  { symptom, about, kept }: { symptom: Symptom; about: About; kept: boolean },
): Promise<Explained> {
  const rules = judge.rules();
  const judged = { ...toJudged(symptom, about), hash: kept ? symptom.hash : null };
  const looking = rules.ofType(symptom.type);
  const acting = rulesFor(rules, judged);
  const { subjectId, component } = symptom;
  const episodes = await readEpisodes(ctx.db, { subjectId, component: component ?? '' });
  const ids = looking.map(({ id }) => id);
  const alerts = await alertsAround(ctx, {
    ...{ subjectId, component, rules: ids, hash: judged.hash },
    until: kept ? symptom.occurredAt : ctx.now().toISOString(),
  });
  const became = new Map(
    (
      await whatBecame(
        ctx,
        alerts.map(({ alertId }) => alertId),
      )
    ).map((one) => [one.alertId, one]),
  );
  const explained: RuleExplained[] = [];
  for (const compiled of looking) {
    const episode = episodes.get(episodeKey(subjectId, component, compiled.id));
    const own = alerts.filter(({ rule }) => rule === compiled.id);
    const about_ = raises(compiled, judged) ? (whyNotAbout(compiled, judged) ?? null) : null;
    explained.push({
      ...{ rule: compiled.id, notAbout: about_, held: await heldBy(ctx, compiled, symptom) },
      did: didOf({ compiled, symptom, judged, kept, episode, own, acts: acting.includes(compiled), notAbout: about_ }),
      episode: episode === undefined ? null : viewOf(episode),
      alerts: own
        .filter(({ hash }, index) => index === 0 || (kept && hash === symptom.hash))
        .map((alert) => ({ ...alert, became: became.get(alert.alertId) ?? null })),
    });
  }
  return { rules: explained, others: rules.rules.length - looking.length, note: noteOf(symptom, looking.length) };
}

function noteOf(symptom: Symptom, looking: number): string | null {
  if (symptom.late) return 'It came too late to open anything: it is only kept (TELEMETRY_LATE_MS)';
  return looking === 0 ? `No rule looks at ${symptom.type}: it is only kept` : null;
}

async function heldBy(ctx: Ctx, { window, types }: CompiledRule, symptom: Symptom): Promise<string | null> {
  if (window === undefined) return null;
  const since = new Date(Date.parse(symptom.occurredAt) - window.within).toISOString();
  const { subjectId, component, occurredAt: until } = symptom;
  const held = await sumUntil(ctx.db, { subjectId, component, types, since, until });
  const measure = {
    count: held.count,
    sum: held.sum,
    rate: held.sum / (window.within / 3_600_000),
    growth: held.last === null || held.least === null ? 0 : held.last - held.least,
  }[window.name];
  return `${measureText(measure, window)}, ${held.count} symptom${held.count === 1 ? '' : 's'} kept`;
}

interface Asked {
  compiled: CompiledRule;
  symptom: Symptom;
  judged: JudgedSymptom;
  kept: boolean;
  episode: Episode | undefined;
  own: readonly AlertRow[];
  acts: boolean;
  notAbout: string | null;
}

function didOf({ compiled, symptom, judged, kept, episode, own, acts, notAbout }: Asked): string {
  if (notAbout !== null) return `did not look: ${notAbout}`;
  if (!acts) return 'did not look: another rule stands in its place';
  if (symptom.late) return 'did not look: too late';
  const mine = own.find(({ hash }) => kept && hash === symptom.hash);
  if (mine !== undefined) return { raised: 'raised an alert', repeated: 'told once more', cleared: 'ended' }[mine.did];
  if (!kept) {
    const draft = episode === undefined ? newEpisode(judged, compiled.id) : structuredClone(episode);
    return `would be: ${wordsOf(
      judgeSymptom(compiled, draft, judged, () => undefined),
      compiled,
    )}`;
  }
  if (!raises(compiled, judged)) return 'ended it, or there was nothing to end';
  const [last] = own;
  if (last !== undefined && last.did !== 'cleared')
    return `counted: raised already at ${last.at}, told of again after ${durationText(compiled.rule.opens.remind)}`;
  if (episode !== undefined && episode.since !== null && compiled.rule.for !== undefined)
    return `waits: it must last for ${durationText(compiled.rule.for)}`;
  return 'counted: below its limit';
}

function wordsOf(did: Did, { rule }: CompiledRule): string {
  const words: Record<Did, string> = {
    past: 'nothing, newer word is known already',
    'no value': 'nothing, the rule needs a value',
    below: 'counted, below its limit',
    waiting: `waits, it must last for ${durationText(rule.for ?? 0)}`,
    raised: `raises ${rule.opens.ticket} (${rule.opens.priority})`,
    repeated: `tells of ${rule.opens.ticket} once more`,
    'raised already': `counted, raised already; told of again after ${durationText(rule.opens.remind)}`,
    cleared: 'ends the episode',
    'nothing to clear': 'nothing, nothing is raised',
  };
  return words[did];
}

function viewOf({ raisedAt, since, count, dueAt }: Episode): RuleExplained['episode'] {
  const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return { raisedAt: time(raisedAt), since: time(since), count, nextLookAt: time(dueAt) };
}
