import { driftTabs, decisionChip, isAboutDrift } from './drift-cells.js';
import { manyButtons } from './drift-decide.js';
import { driftStanding } from './drift-standing.js';
import { sentenceOf } from './drift-words.js';
import { h, toNodes } from './h.js';
import { createList } from './list.js';
import { toSearch } from './url-state.js';
import { when } from './when.js';

/** What disagrees, by what is alike: a person decides once for each case. */
export async function driftGroupsPage() {
  const outcome = h('div', { role: 'status' });
  const standing = driftStanding();
  /** @type {ReturnType<typeof createList<any>>} */
  const list = createList({
    path: '/v1/drifts/groups',
    title: 'What disagrees',
    fixed: { state: 'open' },
    filters: [
      { name: 'decision', api: 'decision', label: 'Who decides', options: WHO, none: 'anybody' },
      { name: 'object', api: 'object', label: 'Type' },
      { name: 'site', api: 'site', label: 'Site' },
      { name: 'changed_by', api: 'changed_by', label: 'Changed there by' },
      { name: 'system', api: 'system', label: 'System', hidden: true },
    ],
    columns: [
      { title: 'How many', number: true, cell: (group) => group.count },
      {
        title: 'What',
        head: true,
        cell: (group) => h('a', { href: `/ui/drift/list${toSearch(addressOf(group))}` }, sentenceOf(group)),
      },
      {
        title: 'The hub',
        cell: (group) => [decisionChip({ decision: group.decision }), ' ', saidWould(group)],
      },
      {
        title: 'For example',
        wide: true,
        cell: ({ example }) =>
          h(
            'span',
            { class: 'clip long', title: example.reason },
            example.label,
            h('span', { class: 'dim' }, ` – ${example.reason}`),
          ),
      },
      { title: 'Since', cell: (group) => when(group.first_seen_at, { only: 'age' }) },
      {
        title: 'Decide about all of them',
        cell: (group) =>
          manyButtons(
            {
              title: `${group.count} × ${sentenceOf(group)} (the hub ${group.would})`,
              label: sentenceOf(group),
              filter: () => ({ ...list.query(), ...filterOf(group) }),
              ...{ count: group.count, kind: group.kind, verdicts: group.verdicts },
              address: () => ({ ...addressOf(group), decision: undefined, action: undefined }),
            },
            told,
          ),
      },
    ],
    // What a row links to and decides about depends on the filters too.
    key: (group) => `${keyOf(group)}${location.search}`,
    empty: h(
      'p',
      null,
      'Nothing disagrees. What was compared, and when, stands under ',
      h('a', { href: '/ui/drift/systems' }, 'Systems'),
      '.',
    ),
  });

  function refresh() {
    list.refresh();
    standing.refresh();
  }

  /** @param {import('./h.js').Child} said */
  function told(said) {
    outcome.replaceChildren(...toNodes(said));
    refresh();
  }

  addEventListener('reanimator:missing-scope', list.redraw);
  await Promise.all([list.update(), standing.load()]);
  return {
    title: 'Drift',
    body: h('div', null, h('h1', { tabindex: -1 }, 'Drift'), driftTabs(), standing.node, outcome, list.node),
    update: list.update,
    refresh,
    onEvent: (/** @type {any} */ event) => isAboutDrift(event) && refresh(),
    leave() {
      removeEventListener('reanimator:missing-scope', list.redraw);
      standing.stop();
      list.stop();
    },
  };
}

/** @type {readonly (readonly [string, string])[]} */
const WHO = [
  ['review,conflict', 'a person'],
  ['auto', 'the hub by itself'],
  ['refused', 'nobody: it cannot be done'],
  ['ignored', 'a rule leaves it'],
];

/** What the chip says already is not said again. @param {any} group */
function saidWould({ would, decision }) {
  if (decision === 'refused') return null;
  return would.replace('asks; proposes: ', 'proposes: ');
}

/** @param {any} group */
function keyOf({ system, object, field, kind, action, decision }) {
  return JSON.stringify([system, object, field, kind, action, decision]);
}

/** @param {any} group */
function filterOf({ system, object, field, kind, action, decision }) {
  return { system, object, field: field === '' ? '-' : field, kind, action, decision };
}

/** The same in the address of the list, with what the reader has chosen. @param {any} group */
function addressOf(group) {
  const { site, changed_by: user } = Object.fromEntries(new URLSearchParams(location.search));
  return { ...filterOf(group), site, changed_by: user };
}
