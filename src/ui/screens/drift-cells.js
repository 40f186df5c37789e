import { DECISION_WORDS, hasMoved, KIND_WORDS, STATE_TONES, valueText, VERDICT_TITLES } from './drift-words.js';
import { h, outside } from './h.js';
import { placeLink } from './place-link.js';
import { tabs } from './tabs.js';
import { when } from './when.js';

/** The screens about other systems. */
export function driftTabs() {
  return tabs('Drift', [
    ['/ui/drift', 'Inbox'],
    ['/ui/drift/list', 'One by one'],
    ['/ui/drift/runs', 'Runs'],
    ['/ui/drift/systems', 'Systems'],
  ]);
}

/** @param {string} text @param {string} tone @param {string} [title] */
export function toneChip(text, tone, title) {
  return h('span', { class: `chip ${tone}`, title }, text);
}

/** @param {{ decision: string, reason?: string }} row */
export function decisionChip({ decision, reason }) {
  const [text, tone] = DECISION_WORDS[decision] ?? [decision, 'plain'];
  return toneChip(text, tone, reason);
}

/** @param {{ state: string }} run */
export function runChip({ state }) {
  return toneChip(state, STATE_TONES[state] ?? 'plain');
}

/** What it is, here and there. @param {any} row */
export function subjectCell({ object, label, about, their_id: theirId, their_url: url, root }) {
  return h(
    'span',
    { class: 'drift-subject' },
    about === null ? h('b', null, label) : placeLink({ ...about, name: label }),
    ' ',
    h('span', { class: 'dim' }, object === root.type ? object : `${object} of this ${root.type}`),
    theirId !== null && [' ', outside(url, `no. ${theirId}`)],
  );
}

/** @param {any} row */
export function fieldCell({ field, kind }) {
  const text = KIND_WORDS[kind] ?? kind;
  return field === ''
    ? h('span', { class: 'dim' }, text)
    : [h('b', null, field), kind !== 'differs' && h('span', { class: 'dim' }, ` ${text}`)];
}

/** @param {any} row @param {'theirs' | 'ours' | 'agreed'} side */
export function valueCell(row, side) {
  if (row.field === '') return null;
  const text = valueText(row[side], row.names);
  const isPlain = row[side] === undefined || text === '(empty)';
  const moved = side !== 'agreed' && hasMoved(row[side], row.agreed);
  const title = row[side] === undefined ? 'Not known' : `${text}${moved ? ' (changed since both agreed)' : ''}`;
  return h('code', { class: ['clip', isPlain && 'dim', moved && 'moved'].filter(Boolean).join(' '), title }, text);
}

/** @param {any} row */
export function wouldCell(row) {
  return h('span', { class: 'why', title: row.reason }, row.would, h('span', { class: 'dim' }, ` – ${row.reason}`));
}

/** Beside the chip that says who decides. @param {any} drift */
function reasoned({ would, reason, decision }) {
  const dim = h('span', { class: 'dim' }, decision === 'refused' ? reason : ` – ${reason}`);
  return decision === 'refused' ? dim : [would.replace('asks; proposes: ', 'proposes: '), dim];
}

/** Who changed it there last. @param {any} drift */
export function changedCell({ changed }) {
  if (changed === null) return null;
  return [h('span', null, changed.user ?? 'somebody'), ' ', when(changed.at, { only: 'age' })];
}

/** What somebody said of it; else who decides, what the hub would do, and why. @param {any} drift */
export function standingCell(drift) {
  if (drift.state === 'resolved') return [toneChip('resolved', 'good'), ' ', drift.resolution ?? ''];
  if (drift.verdict === null) return h('span', { class: 'why' }, decisionChip(drift), ' ', reasoned(drift));
  const title = /** @type {Record<string, string>} */ (VERDICT_TITLES)[drift.verdict] ?? drift.verdict;
  return h(
    'span',
    { class: 'why' },
    toneChip(title.toLowerCase(), drift.state === 'ignored' ? 'plain' : 'busy'),
    ` ${drift.verdict_by}`,
    drift.ignored_until !== null && [' until ', when(drift.ignored_until)],
    drift.verdict_reason && h('span', { class: 'dim' }, ` ${drift.verdict_reason}`),
  );
}

/** Events that may change what these screens show. @param {any} event */
export function isAboutDrift(event) {
  return /\.(?:drift|reconcile)\./.test(event.type);
}
