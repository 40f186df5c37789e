import { get } from './api.js';
import { h } from './h.js';
import { createList } from './list.js';
import { locationBranch } from './location-tree.js';
import { problemBox } from './problem.js';
import { registryTabs } from './registry-tabs.js';
import { csvButton } from './save-file.js';
import { soon } from './soon.js';
import { readState } from './url-state.js';

const FILTERS = ['q', 'type', 'archived'];
const TYPES = ['region', 'site', 'building', 'room', 'rack', 'warehouse', 'bin', 'repair-centre'];

/** So few are opened at once. */
const OPEN_AT_MOST = 5;

/** Where things are: as a tree, or, with a filter, as a list. */
export async function locationsPage() {
  /** @type {ReturnType<typeof createList<any>>} */
  const list = createList({
    path: '/v1/locations',
    title: 'Locations',
    filters: [
      { name: 'q', api: 'q', label: 'Name or code' },
      { name: 'type', api: 'type', label: 'Type', options: TYPES },
      {
        name: 'archived',
        api: 'archived',
        label: 'Archived',
        none: 'not shown',
        options: [
          ['true', 'only those'],
          ['any', 'shown too'],
        ],
      },
    ],
    sort: { first: 'name' },
    tools: csvButton('/v1/locations', 'locations', () => list.query()),
    columns: [
      {
        title: 'Name',
        head: true,
        sort: 'name',
        cell: (one) => h('a', { href: `/ui/registry/locations/${one.id}` }, one.name),
      },
      { title: 'Type', cell: (one) => one.type },
      { title: 'Code', sort: 'code', cell: (one) => one.code ?? '' },
      { title: 'Where', cell: (one) => one.path },
      { title: '', cell: (one) => one.archived && h('span', { class: 'chip' }, 'archived') },
    ],
    key: (one) => one.id,
    empty: h(
      'p',
      null,
      'There are no locations yet. ',
      h('code', null, 'POST /v1/locations'),
      ' adds one, ',
      h('code', null, 'POST /v1/locations/bulk'),
      ' many.',
    ),
  });
  const control = new AbortController();
  const tree = h('div', { class: 'tree' });
  const faults = h('div', null);

  async function loadTree() {
    try {
      const { items } = await get('/v1/locations?parent_id=none&limit=1000', control.signal);
      faults.replaceChildren();
      tree.replaceChildren(locationBranch(items, control.signal, items.length <= OPEN_AT_MOST));
    } catch (error) {
      if (!control.signal.aborted) faults.replaceChildren(problemBox(error, () => void loadTree()));
    }
  }

  async function loadAll() {
    const isFiltered = Object.keys(readState(location.search, [...FILTERS, 'sort', 'cursor'])).length > 0;
    await list.update();
    // Without a filter all of them in a row would say nothing that the tree does not say better; an empty list says how to begin.
    const isEmpty = list.node.querySelector('tbody')?.children.length === 0;
    list.node.classList.toggle('only-filters', !isFiltered && !isEmpty);
    tree.hidden = isFiltered || isEmpty;
    if (!tree.hidden && tree.childNodes.length === 0) await loadTree();
  }

  const refresher = soon(loadTree, 5000);
  await loadAll();
  return {
    title: 'Locations',
    body: h('div', null, h('h1', { tabindex: -1 }, 'Registry'), registryTabs(), list.node, faults, tree),
    update: loadAll,
    onEvent: (/** @type {any} */ event) =>
      event.subject.startsWith('/v1/locations/') && (tree.hidden ? list.refresh() : refresher.ask()),
    leave() {
      control.abort();
      refresher.stop();
      list.stop();
    },
  };
}
