import { get } from './api.js';
import {
  changedCell,
  driftTabs,
  fieldCell,
  isAboutDrift,
  standingCell,
  subjectCell,
  valueCell,
} from './drift-cells.js';
import { manyButtons, verdictButtons } from './drift-decide.js';
import { driftStanding } from './drift-standing.js';
import { KIND_WORDS, sentenceOf } from './drift-words.js';
import { h, slot, toNodes } from './h.js';
import { createList } from './list.js';
import { csvButton } from './save-file.js';
import { when } from './when.js';

/** What disagrees, one by one, with both sides beside each other. */
export async function driftListPage() {
  const control = new AbortController();
  const outcome = h('div', { role: 'status' });
  const standing = driftStanding();
  /** @type {Map<string, any>} */
  const chosen = new Map();
  /** @type {any[]} */
  let rows = [];
  const bulk = slot(h('div', { class: 'bulk', role: 'group', 'aria-label': 'Decide about several' }), bulkBar);
  let matching = { total: 0, kinds: /** @type {string[]} */ ([]) };

  /** @type {ReturnType<typeof createList<any>>} */
  const list = createList({
    path: '/v1/drifts',
    title: 'What disagrees',
    fixed: { state: 'open' },
    filters: [
      {
        name: 'state',
        api: 'state',
        label: 'State',
        none: 'open',
        options: [
          ['decided', 'decided, not done yet'],
          ['ignored', 'ignored'],
          ['resolved', 'resolved'],
          ['all', 'all'],
        ],
      },
      { name: 'kind', api: 'kind', label: 'What', options: Object.entries(KIND_WORDS) },
      { name: 'object', api: 'object', label: 'Type' },
      { name: 'field', api: 'field', label: 'Field' },
      { name: 'q', api: 'q', label: 'Name' },
      { name: 'changed_by', api: 'changed_by', label: 'Changed there by' },
      { name: 'site', api: 'site', label: 'Site', hidden: true },
      { name: 'server', api: 'asset_id', label: 'Server (id)', hidden: true },
      { name: 'system', api: 'system', label: 'System', hidden: true },
      { name: 'action', api: 'action', label: 'The hub would', hidden: true },
      { name: 'decision', api: 'decision', label: 'Decided by', hidden: true },
      { name: 'since', api: 'since', label: 'Since', hidden: true },
    ],
    sort: { first: '-first_seen' },
    tools: csvButton('/v1/drifts', 'drifts', () => list.query()),
    columns: [
      { title: 'Choose', cell: chooseBox },
      { title: 'What', head: true, sort: 'label', cell: subjectCell },
      { title: 'Field', sort: 'field', cell: fieldCell },
      { title: 'Theirs', cell: (drift) => valueCell(drift, 'theirs') },
      { title: 'Ours', cell: (drift) => valueCell(drift, 'ours') },
      { title: 'Agreed before', wide: true, cell: (drift) => valueCell(drift, 'agreed') },
      { title: 'The hub', cell: standingCell },
      { title: 'Since', sort: 'first_seen', cell: (drift) => when(drift.first_seen_at, { only: 'age' }) },
      { title: 'Changed there', cell: changedCell },
      { title: 'Decide', cell: (drift) => verdictButtons(drift, refresh) },
    ],
    key: (drift) => drift.id,
    onRows(items) {
      rows = items;
      const here = new Set(items.map(({ id }) => id));
      for (const id of chosen.keys()) if (!here.has(id)) chosen.delete(id);
      showBulk();
      void countMatching();
    },
    empty: h('p', null, 'Nothing disagrees.'),
  });

  /** @param {any} drift */
  function chooseBox(drift) {
    if (drift.state === 'resolved') return null;
    const box = /** @type {HTMLInputElement} */ (
      h('input', {
        type: 'checkbox',
        checked: chosen.has(drift.id),
        'aria-label': `Choose ${drift.label} ${drift.field}`.trim(),
        onchange: () => {
          if (box.checked) chosen.set(drift.id, drift);
          else chosen.delete(drift.id);
          showBulk();
        },
      })
    );
    return box;
  }

  /** What is let through, in whatever order. */
  function filters() {
    const { sort: _, ...rest } = list.query();
    return rest;
  }

  /** What was decided is so by somebody else now, and would be done otherwise. */
  function addressOfAll() {
    const { decision: _, action: __, ...rest } = Object.fromEntries(new URLSearchParams(location.search));
    return rest;
  }

  /** The list itself only knows its page. */
  async function countMatching() {
    try {
      const { items, total } = await get(`/v1/drifts/groups?${new URLSearchParams(filters())}`, control.signal);
      matching = { total, kinds: [...new Set(items.map((/** @type {any} */ group) => group.kind))].map(String) };
      showBulk();
    } catch {
      // Without the count there is nothing to decide about all at once; why it did not come, the list says.
    }
  }

  function showBulk() {
    bulk.show({
      ids: [...chosen.keys()],
      matching,
      query: filters(),
      all: rows.length > 0 && rows.every(({ id, state }) => state === 'resolved' || chosen.has(id)),
    });
    bulk.node.hidden = rows.length === 0;
  }

  /** @param {{ ids: string[], matching: typeof matching, query: Record<string, string>, all: boolean }} now */
  function bulkBar({ ids, matching: { total, kinds }, query, all }) {
    const some = [...chosen.values()];
    return [
      h(
        'span',
        null,
        h(
          'button',
          { type: 'button', class: 'quiet', onclick: () => chooseAll(!all) },
          all ? 'Choose none' : `Choose these ${rows.length}`,
        ),
      ),
      h('span', null, `${ids.length} chosen `),
      manyButtons(
        {
          title: `${ids.length} chosen: ${[...new Set(some.map(sentenceOf))].slice(0, 3).join('; ')}`,
          label: 'those that are chosen',
          filter: () => ({ ids }),
          address: addressOfAll,
          count: ids.length,
          kind: oneKind(some.map(({ kind }) => kind)),
          isDecided: some.some(({ verdict }) => verdict !== null),
        },
        told,
      ),
      h('span', { class: 'gap' }),
      h('span', null, `All ${total} that match `),
      manyButtons(
        {
          title: `All ${total} that these filters let through`,
          label: 'all that match',
          filter: () => query,
          address: addressOfAll,
          count: query['state'] === 'resolved' ? 0 : total,
          kind: oneKind(kinds),
          isDecided: query['state'] === 'decided' || query['state'] === 'ignored',
        },
        told,
      ),
    ];
  }

  /** @param {boolean} isAll */
  function chooseAll(isAll) {
    chosen.clear();
    if (isAll) for (const drift of rows) if (drift.state !== 'resolved') chosen.set(drift.id, drift);
    for (const box of list.node.querySelectorAll('tbody input[type="checkbox"]'))
      /** @type {HTMLInputElement} */ (box).checked = isAll;
    showBulk();
  }

  function refresh() {
    outcome.replaceChildren();
    list.refresh();
    standing.refresh();
  }

  /** @param {import('./h.js').Child} said */
  function told(said) {
    outcome.replaceChildren(...toNodes(said));
    chosen.clear();
    list.redraw();
    standing.refresh();
  }

  addEventListener('reanimator:missing-scope', list.redraw);
  await Promise.all([list.update(), standing.load()]);
  return {
    title: 'Drift',
    body: h(
      'div',
      { class: 'drift-list' },
      h('h1', { tabindex: -1 }, 'Drift'),
      driftTabs(),
      standing.node,
      outcome,
      bulk.node,
      list.node,
    ),
    update: list.update,
    refresh: list.refresh,
    onEvent: (/** @type {any} */ event) => isAboutDrift(event) && list.refresh(),
    leave() {
      removeEventListener('reanimator:missing-scope', list.redraw);
      control.abort();
      standing.stop();
      list.stop();
    },
  };
}

/** @param {string[]} kinds */
function oneKind(kinds) {
  const [kind, ...others] = new Set(kinds);
  return others.length > 0 ? null : (kind ?? null);
}
