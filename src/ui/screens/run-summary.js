import { runChip } from './drift-cells.js';
import { outcomeText, progressText } from './drift-words.js';
import { h } from './h.js';
import { when } from './when.js';

const COUNTS = /** @type {const} */ ([
  ['scanned', 'Looked at'],
  ['unchanged', 'Nothing to do'],
  ['created', 'Create'],
  ['updated', 'Update'],
  ['removed', 'Remove'],
  ['conflicts', 'Conflicts'],
  ['reviews', 'To decide'],
  ['refused', 'Cannot be done'],
]);

/** The head of a run: who asked, how far it is, what it found. @param {any} run */
export function runSummary(run) {
  return [
    h(
      'dl',
      { class: 'facts' },
      pair('State', runChip(run), ' ', progress(run)),
      pair('Asked', when(run.requested_at), ` by ${run.requested_by}: ${run.reason}`),
      run.planned_at !== null && pair('Planned', when(run.planned_at)),
      run.approved_at !== null && pair('Approved', when(run.approved_at), ` by ${run.approved_by}`),
      run.finished_at !== null && pair('Ended', when(run.finished_at)),
      run.plan_hash !== null && pair('Plan', h('code', { title: run.plan_hash }, run.plan_hash.slice(0, 12))),
    ),
    run.outcome && h('p', { class: run.outcome.failed > 0 ? 'fault' : null }, outcomeText(run.outcome), '.'),
    run.error !== null && h('p', { class: 'problem' }, run.error),
    brakesOf(run),
    run.summary !== null && counts(run.summary.objects),
    unmapped(run.summary?.unmapped),
  ];
}

/** @param {string} name @param {...import('./h.js').Child} value */
function pair(name, ...value) {
  return h('div', null, h('dt', null, name), h('dd', null, value));
}

/** @param {any} run */
function progress({ progress: now }) {
  if (now === null) return null;
  const bar =
    now.of === null ? null : h('progress', { value: now.done, max: Math.max(1, now.of), 'aria-label': 'Progress' });
  return [bar, ' ', h('span', { class: 'dim' }, progressText(now))];
}

/** @param {any} run */
function brakesOf({ brakes, state }) {
  if (!brakes || brakes.length === 0) return null;
  const reasons = brakes.map((/** @type {any} */ { reason }) => reason);
  if (state !== 'planned') return h('p', { class: 'hint' }, `Brakes had stopped it: ${reasons.join('; ')}.`);
  return h(
    'div',
    { class: 'notice' },
    h('strong', null, 'Brakes stopped this plan'),
    h(
      'ul',
      null,
      reasons.map((/** @type {string} */ reason) => h('li', null, reason)),
    ),
    h('p', null, 'Look at its rows. If this is meant to happen, carry it out and accept the brakes.'),
  );
}

/** @param {Record<string, any>} objects */
function counts(objects) {
  const [types, none] = [true, false].map((wanted) =>
    Object.entries(objects).filter(([, sums]) => Object.values(sums).some((sum) => sum > 0) === wanted),
  );
  if (!types || types.length === 0) return null;
  return h(
    'div',
    { class: 'scroll' },
    h(
      'table',
      { class: 'stack counts' },
      h('caption', { class: 'hidden' }, 'What was found, by type'),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, 'Type'),
          COUNTS.map(([, title]) => h('th', { scope: 'col', class: 'number' }, title)),
        ),
      ),
      h(
        'tbody',
        null,
        types.map(([object, sums]) =>
          h(
            'tr',
            null,
            h('th', { scope: 'row' }, object),
            COUNTS.map(([name, title]) =>
              h('td', { class: sums[name] === 0 ? 'number dim' : 'number', 'data-title': title }, sums[name]),
            ),
          ),
        ),
      ),
    ),
    none &&
      none.length > 0 &&
      h('p', { class: 'hint' }, `Of these there was nothing to compare: ${none.map(([object]) => object).join(', ')}.`),
  );
}

/** @param {Record<string, string[]> | undefined} names */
function unmapped(names) {
  const types = Object.entries(names ?? {});
  if (types.length === 0) return null;
  return h(
    'details',
    { class: 'more' },
    h('summary', null, 'Names of theirs that no mapping speaks of'),
    h(
      'ul',
      null,
      types.map(([object, list]) => h('li', null, h('b', null, object), ' ', list.join(', '))),
    ),
  );
}
