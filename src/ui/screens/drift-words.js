import { UNKNOWN } from './format.js';

/** @typedef {'accept-theirs' | 'push-ours' | 'ignore'} Verdict */

/** What disagrees, in the order in which people choose. @type {Record<string, string>} */
export const KIND_WORDS = {
  differs: 'differs',
  conflict: 'changed on both sides',
  'only-here': 'is only here',
  'only-there': 'is only there',
  'gone-there': 'is gone there',
  'gone-here': 'is gone here',
  ambiguous: 'cannot be told apart',
  unreadable: 'cannot be read',
};

/** Who decides, with the colour of the chip. @type {Record<string, readonly [words: string, tone: string]>} */
export const DECISION_WORDS = {
  auto: ['by itself', 'good'],
  review: ['to decide', 'busy'],
  conflict: ['to decide', 'warn'],
  refused: ['cannot be done', 'bad'],
  ignored: ['left as it is', 'plain'],
};

/** @type {Record<string, string>} */
export const STATE_TONES = {
  requested: 'wait',
  planning: 'busy',
  planned: 'warn',
  approved: 'busy',
  applying: 'busy',
  done: 'good',
  failed: 'bad',
  refused: 'bad',
  superseded: 'plain',
};

/** What became of an object of a run. @type {Record<string, readonly [words: string, tone: string]>} */
export const OUTCOME_WORDS = {
  failed: ['failed', 'bad'],
  stale: ['moved on', 'warn'],
  refused: ['cannot be done', 'bad'],
  conflict: ['conflict', 'warn'],
  created: ['created', 'good'],
  removed: ['removed', 'good'],
  updated: ['updated', 'good'],
  review: ['to decide', 'busy'],
  waiting: ['under way', 'busy'],
  planned: ['planned', 'wait'],
  ignored: ['left as it is', 'plain'],
};

/** @type {Record<Verdict, string>} */
export const VERDICT_TITLES = { 'accept-theirs': 'Take theirs', 'push-ours': 'Write ours', ignore: 'Ignore' };

/** `device rack differs`, `module is only here`. @param {{ object: string, field: string, kind: string }} drift */
export function sentenceOf({ object, field, kind }) {
  return [object, field, KIND_WORDS[kind] ?? kind].filter(Boolean).join(' ');
}

/** What a verdict does to each of them. @param {Verdict} verdict @param {string | null} kind null: of several kinds */
export function effectOf(verdict, kind) {
  if (verdict === 'ignore')
    return 'Nothing is done on either side. It comes back as soon as one of the values changes.';
  if (verdict === 'accept-theirs')
    return kind === 'only-there' ? 'It is made here, as it is there.' : 'The hub takes over what is there.';
  if (kind === 'gone-here') return 'It is removed there: the hub had made it.';
  return kind === 'only-here' || kind === 'gone-there'
    ? 'It is made there, as it is here.'
    : 'What the hub has is written there.';
}

/** Unknown is not empty. @param {unknown} value @param {Record<string, string>} [names] of the ids among the values */
export function valueText(value, names = {}) {
  if (value === undefined) return UNKNOWN;
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return '(empty)';
  if (Array.isArray(value)) return value.map((one) => names[one] ?? String(one)).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return names[String(value)] ?? String(value);
}

/** Whether a side changed since both last agreed. @param {unknown} value @param {unknown} agreed */
export function hasMoved(value, agreed) {
  return value !== undefined && agreed !== undefined && JSON.stringify(value) !== JSON.stringify(agreed);
}

/** The end of a day of the reader's, as the API takes it. @param {string | number | null} day `2027-01-31` @returns {string | null} */
export function endOfDay(day) {
  const date = new Date(`${day}T23:59:59`);
  return day === null || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Of a plan, over all types: `12 to create, 3 to decide`. What became of it is another matter. @param {any} run */
export function foundBy({ summary }) {
  if (summary === null) return '';
  const objects = /** @type {any[]} */ (Object.values(summary.objects));
  const sum = (/** @type {string} */ name) => objects.reduce((all, one) => all + one[name], 0);
  const parts = [
    [sum('created'), 'to create'],
    [sum('updated'), 'to update'],
    [sum('removed'), 'to remove'],
    [sum('conflicts') + sum('reviews'), 'to decide'],
    [sum('refused'), 'cannot be done'],
  ].flatMap(([count, words]) => (Number(count) > 0 ? [`${count} ${words}`] : []));
  return parts.join(', ') || 'nothing differs';
}

/** Whether a plan has anything in it that is done without asking. @param {any} run */
export function hasWork({ summary }) {
  return Object.values(summary?.objects ?? {}).some(
    (/** @type {any} */ { created, updated, removed }) => created + updated + removed > 0,
  );
}

/** What became of the rows of a run: `349 done, 2 failed`. @param {{ confirmed: number, failed: number, stale: number }} outcome */
export function outcomeText({ confirmed, failed, stale }) {
  const bad = [failed > 0 && `${failed} failed`, stale > 0 && `${stale} moved on, and are looked at again`];
  return [`${confirmed} values and objects brought into step`, ...bad].filter(Boolean).join(', ');
}

/** How far a run is: `comparing device 300 of 900`. @param {any} progress */
export function progressText(progress) {
  if (progress === null) return '';
  const of = progress.of === null ? '' : ` of ${progress.of}`;
  return [progress.step, progress.object, `${progress.done}${of}`].filter(Boolean).join(' ');
}
