import { type CompiledRule, isAbout, type RuleSet } from './compile-rules.ts';
import { type Episode, episodeKey, type JudgedSymptom, newEpisode, type Told } from './episode.ts';
import { isEmpty, judgeDue, judgeSymptom, nextLook, type Tell } from './judge-episode.ts';

/** What has become of the episodes, and what others have to hear. */
export interface Judged {
  /** To be kept. */
  changed: Set<Episode>;
  /** To be forgotten. */
  gone: Set<Episode>;
  told: Told[];
}

/** Which rules look at a symptom, once others that hold have taken their places. */
export function rulesFor(rules: RuleSet, symptom: JudgedSymptom): readonly CompiledRule[] {
  const ofType = rules.ofType(symptom.type);
  if (ofType.length === 0) return ofType;
  const looking = ofType.filter((one) => (raises(one, symptom) ? isAbout(one, symptom) : true));
  const replaced = new Set(looking.flatMap((one) => (raises(one, symptom) ? one.insteadOf : [])));
  return replaced.size === 0 ? looking : looking.filter((one) => !replaced.has(one.id) || !raises(one, symptom));
}

export function raises(compiled: CompiledRule, symptom: JudgedSymptom): boolean {
  return symptom.state === 'raised' && compiled.types.includes(symptom.type);
}

/**
 * Judges symptoms against what is remembered. Pure: reads and writes nothing but its arguments.
 * @param episodes by `episodeKey`; changed in place, and filled with new ones
 * @param symptoms in any order; each is judged at its own time
 * @param options.lateMs how late a symptom may come and still be judged
 * @param options.only the keys of the episodes that are looked at; left out: all
 */
export function judgeBatch(
  rules: RuleSet,
  episodes: Map<string, Episode>,
  symptoms: readonly JudgedSymptom[],
  { lateMs, only }: { lateMs: number; only?: ReadonlySet<string> | undefined },
): Judged {
  const judged: Judged = { changed: new Set(), gone: new Set(), told: [] };
  const tell = tellInto(judged.told);
  for (const symptom of symptoms.toSorted((a, b) => a.at - b.at))
    for (const compiled of rulesFor(rules, symptom))
      judgeOne(compiled, symptom, { episodes, judged, tell, lateMs, only });
  return judged;
}

interface Judging {
  episodes: Map<string, Episode>;
  judged: Judged;
  tell: Tell;
  lateMs: number;
  only: ReadonlySet<string> | undefined;
}

function judgeOne(compiled: CompiledRule, symptom: JudgedSymptom, judging: Judging): void {
  const { episodes, judged, tell, lateMs, only } = judging;
  const key = episodeKey(symptom.subjectId, symptom.component, compiled.id);
  if (only?.has(key) === false) return;
  const known = episodes.get(key);
  const episode = known ?? newEpisode(symptom, compiled.id);
  const did = judgeSymptom(compiled, episode, symptom, tell);
  if (did === 'past' || did === 'no value') return;
  const empty = isEmpty(episode);
  if (known === undefined && empty) return;
  episode.dueAt = nextLook(compiled, episode, lateMs);
  if (known === undefined) episodes.set(key, episode);
  judged.gone.delete(episode);
  judged.changed.delete(episode);
  (empty ? judged.gone : judged.changed).add(episode);
}

/** What the clock makes of episodes that are due. */
export function judgeAllDue(
  rules: RuleSet,
  due: readonly Episode[],
  { now, lateMs }: { now: number; lateMs: number },
): Judged {
  const judged: Judged = { changed: new Set(), gone: new Set(), told: [] };
  const tell = tellInto(judged.told);
  for (const episode of due) {
    const stays = judgeDue(rules.byId.get(episode.rule), episode, { now, lateMs, tell });
    (stays ? judged.changed : judged.gone).add(episode);
  }
  return judged;
}

function tellInto(told: Told[]): Tell {
  return (did, episode, at, why) => {
    const { subjectType, subjectId, component, serial, rule, count } = episode;
    const said = episode.said ?? { type: '', kind: null, message: null, site: null, hash: null };
    told.push({
      ...{ did, subjectType, subjectId, component: component === '' ? null : component, serial, rule, count, at, why },
      said,
    });
  };
}
