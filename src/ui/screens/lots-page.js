import { get } from './api.js';
import { fact } from './facts.js';
import { h, slot } from './h.js';
import { createList } from './list.js';
import { KIND_NAMES } from './part-kinds.js';
import { partName } from './part-name.js';
import { problemBox } from './problem.js';
import { registryTabs } from './registry-tabs.js';
import { csvButton } from './save-file.js';

/** Kinds that have lots. */
const WITH_LOTS = ['drive', 'dimm', 'cpu', 'psu', 'nic', 'gpu'];

/** Classes of parts that stand in for each other, and the parts that are in none. */
export async function lotsPage() {
  const control = new AbortController();
  /** @type {ReturnType<typeof createList<any>>} */
  const list = createList({
    path: '/v1/lots',
    title: 'Lots',
    filters: [
      {
        name: 'kind',
        api: 'kind',
        label: 'Kind',
        options: WITH_LOTS.map((kind) => /** @type {const} */ ([kind, KIND_NAMES[kind] ?? kind])),
      },
      { name: 'q', api: 'q', label: 'Words of the code or title' },
    ],
    tools: csvButton('/v1/lots', 'lots', () => list.query()),
    columns: [
      {
        title: 'Code',
        head: true,
        cell: (lot) => h('a', { href: `/ui/components?lot=${lot.id}`, title: 'Its parts' }, h('code', null, lot.code)),
      },
      { title: 'Kind', cell: (lot) => KIND_NAMES[lot.kind] ?? lot.kind },
      { title: 'Title', cell: (lot) => h('span', { class: 'clip long', title: lot.title }, lot.title) },
      { title: 'Facts', wide: true, cell: (lot) => facts(lot) },
      { title: 'Made by', cell: (lot) => (lot.origin === 'rule' ? 'a rule' : 'a person') },
    ],
    key: (lot) => lot.id,
    empty: h('p', null, 'There are no lots yet: no part has been seen whose class could be told.'),
  });
  const rest = slot(h('section', { 'aria-labelledby': 'unclassified-title' }), unclassified);
  const faults = h('div', null);

  async function loadRest() {
    try {
      const kind = new URLSearchParams(location.search).get('kind');
      rest.show(await get(`/v1/lots/unclassified${kind ? `?${new URLSearchParams({ kind })}` : ''}`, control.signal));
      faults.replaceChildren();
    } catch (error) {
      if (!control.signal.aborted) faults.replaceChildren(problemBox(error, () => void loadRest()));
    }
  }

  async function loadAll() {
    await Promise.all([list.update(), loadRest()]);
  }

  await loadAll();
  return {
    title: 'Lots',
    body: h('div', null, h('h1', { tabindex: -1 }, 'Registry'), registryTabs(), list.node, faults, rest.node),
    update: loadAll,
    refresh: list.refresh,
    onEvent: (/** @type {any} */ event) => event.subject.startsWith('/v1/lots/') && list.refresh(),
    leave() {
      list.stop();
      control.abort();
    },
  };
}

/** @param {any} lot */
function facts(lot) {
  return h(
    'span',
    { class: 'fact-list' },
    Object.entries(lot.facts).map(([name, value]) => {
      const said = fact(lot.kind, name, value);
      return h('span', { class: 'fact' }, h('span', { class: 'dim' }, `${said.name} `), said.value);
    }),
  );
}

/** @param {{ groups: any[] }} found */
function unclassified({ groups }) {
  if (groups.length === 0) return h('p', { class: 'dim' }, 'Every part of a kind that has lots is in one.');
  return [
    h(
      'h2',
      { id: 'unclassified-title' },
      'In no lot ',
      h('small', null, 'parts by what would have to be known of them, the most first'),
    ),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        { class: 'stack' },
        h('caption', { class: 'hidden' }, 'Parts in no lot'),
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            ['Kind', 'Parts', 'Not known', 'For example'].map((title, index) =>
              h('th', { scope: 'col', class: index === 1 ? 'number' : null }, title),
            ),
          ),
        ),
        h(
          'tbody',
          null,
          groups.map((group) =>
            h(
              'tr',
              null,
              h('th', { scope: 'row' }, KIND_NAMES[group.kind] ?? group.kind),
              h('td', { class: 'number', 'data-title': 'Parts' }, group.count),
              h('td', { 'data-title': 'Not known' }, h('span', { class: 'why' }, group.missing.join(', '))),
              h('td', { 'data-title': 'For example' }, h('span', { class: 'why' }, group.examples.map(example))),
            ),
          ),
        ),
      ),
    ),
  ];
}

/** @param {any} one */
function example(one) {
  const name = [partName(one), one.part_number].filter(Boolean).join(', ') || 'neither model nor number';
  return h(
    'span',
    { class: 'fact' },
    h('a', { href: `/ui/components/${one.component_id}` }, name),
    h('span', { class: 'dim' }, ` ×${one.count}`),
  );
}
