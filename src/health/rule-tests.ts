import { compileRules, type RuleSet } from './compile-rules.ts';
import type { Episode, JudgedSymptom, Told } from './episode.ts';
import { judgeAllDue, judgeBatch } from './judge-batch.ts';
import type { Sample, TelemetryRule } from './rules.ts';

interface Fault {
  path: (string | number)[];
  message: string;
}

const LATE_MS = 86_400_000;
const STEP_MS = 1000;

/** What a file of rules says that cannot be, its own samples included. Every rule is shown by a sample. */
export function whatIsWrong(file: { rules: readonly TelemetryRule[]; tests: readonly Sample[] }): Fault[] {
  const ids = file.rules.map(({ id }) => id);
  const faults: Fault[] = [];
  file.rules.forEach((rule, index) => {
    if (ids.indexOf(rule.id) !== index)
      faults.push({ path: ['rules', index, 'id'], message: `${rule.id} is there twice` });
    rule.instead_of?.forEach((other, nth) => {
      if (!ids.includes(other) || other === rule.id)
        faults.push({ path: ['rules', index, 'instead_of', nth], message: `there is no other rule ${other}` });
    });
  });
  if (faults.length > 0) return faults;
  const rules = compileRules(file.rules);
  const shown = new Set<string>();
  file.tests.forEach((sample, index) => {
    const told = play(rules, sample);
    for (const { did, rule } of told) if (did === 'raised') shown.add(rule);
    for (const [word, did] of [
      ['raises', 'raised'],
      ['repeats', 'repeated'],
      ['clears', 'cleared'],
    ] as const) {
      const found = told.filter((one) => one.did === did).map(({ rule }) => rule);
      const wanted = sample[word];
      if (found.join() !== wanted.join())
        faults.push({
          path: ['tests', index, word],
          message: `${word} ${found.join(', ') || 'nothing'}, not ${wanted.join(', ') || 'nothing'}`,
        });
    }
  });
  file.rules.forEach(({ id }, index) => {
    if (!shown.has(id)) faults.push({ path: ['rules', index], message: `no test shows ${id}` });
  });
  return faults;
}

/** One after the other, with all that becomes due in between. */
function play(rules: RuleSet, sample: Sample): Told[] {
  const episodes = new Map<string, Episode>();
  const told: Told[] = [];
  const settle = (now: number): void => {
    for (;;) {
      const due = [...episodes].filter(([, { dueAt }]) => dueAt !== null && dueAt <= now);
      if (due.length === 0) return;
      const [[key, episode] = ['', undefined]] = due.toSorted(([, a], [, b]) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
      if (episode === undefined) return;
      const judged = judgeAllDue(rules, [episode], { now: episode.dueAt ?? now, lateMs: LATE_MS });
      told.push(...judged.told);
      if (judged.gone.size > 0) episodes.delete(key);
    }
  };
  const start = Date.UTC(2026, 0, 1);
  let last = start;
  sample.events.forEach((event, index) => {
    const after = event.at === '0s' ? 0 : event.at;
    last = start + (after ?? index * STEP_MS);
    settle(last);
    told.push(...judgeBatch(rules, episodes, [symptomOf(event, last)], { lateMs: LATE_MS }).told);
  });
  if (sample.wait !== undefined) settle(last + sample.wait);
  return told;
}

function symptomOf(event: Sample['events'][number], at: number): JudgedSymptom {
  const { subject, state, type } = event;
  return {
    ...{ subjectType: subject === 'server' ? 'asset' : 'location', subjectId: subject, at, type, state, hash: null },
    ...{ component: event.component ?? null, kind: event.kind ?? null, serial: event.serial ?? null },
    ...{ value: event.value ?? null, message: event.message ?? null, source: event.source ?? null },
    ...{ severity: event.severity ?? null, model: event.model ?? null, site: event.site ?? null },
    manufacturer: event.manufacturer ?? null,
  };
}
