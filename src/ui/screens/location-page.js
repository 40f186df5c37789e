import { get } from './api.js';
import { h, slot } from './h.js';
import { createList } from './list.js';
import { locationBranch } from './location-tree.js';
import { KIND_NAMES } from './part-kinds.js';
import { partName } from './part-name.js';
import { componentLink } from './place-link.js';
import { problemBox } from './problem.js';
import { rackElevation } from './rack.js';
import { soon } from './soon.js';
import { when } from './when.js';

/** A tree is not deeper than this. */
const DEPTH_AT_MOST = 16;

/** Elsewhere parts are in servers; an empty list of them would only be in the way. */
const KEEPS_PARTS = new Set(['bin', 'warehouse', 'repair-centre']);

/** One location: what is in it, and a rack as a drawing. @param {string} id */
export async function locationPage(id) {
  const control = new AbortController();
  const { signal } = control;
  const first = await get(`/v1/locations/${id}/contents`, signal);
  const crumbs = slot(h('p', { class: 'crumb' }), (/** @type {any[]} */ above) => [
    h('a', { href: '/ui/registry/locations' }, 'Locations'),
    above.map((one) => [' / ', h('a', { href: `/ui/registry/locations/${one.id}` }, one.name)]),
  ]);
  const faults = h('div', null);
  const body = slot(h('div', null), (/** @type {any} */ contents) => contentsOf(contents, signal));
  const parts = createList({
    path: '/v1/components',
    title: 'Parts in store',
    filters: [],
    fixed: { location_id: id },
    cursor: 'parts',
    columns: [
      { title: 'Serial', head: true, cell: componentLink },
      { title: 'Kind', cell: (part) => KIND_NAMES[part.kind] ?? part.kind },
      { title: 'Model', cell: (part) => h('span', { class: 'clip', title: partName(part) }, partName(part)) },
      { title: 'Lot', cell: (part) => part.lot?.code ?? '' },
      { title: 'Since', cell: (part) => when(part.where?.since ?? null, { only: 'age' }) },
    ],
    key: (part) => part.id,
    empty: h('p', null, 'No parts are stored here.'),
    onRows: (rows) => void (store.hidden = rows.length === 0 && !KEEPS_PARTS.has(first.location.type)),
  });
  const store = h('section', null, h('h2', null, 'Parts in store'), parts.node);

  async function load() {
    try {
      const contents = await get(`/v1/locations/${id}/contents`, signal);
      body.show(contents);
      crumbs.show(await wayUp(contents.location.parent_id, signal));
      faults.replaceChildren();
    } catch (error) {
      if (!signal.aborted) faults.replaceChildren(problemBox(error, () => void load()));
    }
  }

  const refresher = soon(load, 2000);
  body.show(first);
  await Promise.all([wayUp(first.location.parent_id, signal).then(crumbs.show), parts.update()]);
  const { name, type } = first.location;
  return {
    title: name,
    body: h(
      'article',
      { class: 'location' },
      crumbs.node,
      h('h1', { tabindex: -1 }, name, ' ', h('small', { class: 'dim' }, type)),
      faults,
      body.node,
      store,
    ),
    update: parts.update,
    refresh() {
      refresher.ask();
      parts.refresh();
    },
    onEvent(/** @type {any} */ event) {
      if (/^\/v1\/(?:locations|assets)\//.test(event.subject)) refresher.ask();
      if (/^\/v1\/(?:bundles|components)\//.test(event.subject)) parts.refresh();
    },
    leave() {
      control.abort();
      refresher.stop();
      parts.stop();
    },
  };
}

/** From the top down. @param {string | null} parentId @param {AbortSignal} signal @returns {Promise<any[]>} */
async function wayUp(parentId, signal) {
  const above = [];
  for (let id = parentId; id !== null && above.length < DEPTH_AT_MOST;) {
    const one = await get(`/v1/locations/${id}`, signal);
    above.unshift(one);
    id = one.parent_id;
  }
  return above;
}

/** @param {any} contents @param {AbortSignal} signal */
function contentsOf(contents, signal) {
  const { location, children, assets, units } = contents;
  const said = Object.entries({
    code: location.code,
    aisle: location.aisle,
    shelf: location.shelf,
    width: location.width_inches === null ? null : `${location.width_inches}″`,
    address: location.address,
    'time zone': location.time_zone,
    notes: location.notes,
  }).filter(([, value]) => value !== null);
  return [
    h(
      'p',
      { class: 'fact-list' },
      location.archived && h('span', { class: 'chip warn' }, 'archived'),
      said.map(([name, value]) => h('span', { class: 'fact' }, h('span', { class: 'dim' }, `${name} `), value)),
    ),
    contents.is_complete ||
      h(
        'p',
        { class: 'notice' },
        'There is more in it than is shown here: ',
        h('a', { href: `/ui/?location=${location.id}` }, 'all servers in it'),
        '.',
      ),
    units !== null && rackElevation(contents),
    children.length > 0 && [
      h('h2', null, 'In it ', h('small', null, children.length)),
      h('div', { class: 'tree' }, locationBranch(children, signal)),
    ],
    units === null &&
      assets.length > 0 && [
        h('h2', null, 'Servers here ', h('small', null, assets.length)),
        h('ul', { class: 'lines' }, assets.map(server)),
      ],
    location.type !== 'rack' &&
      h('p', null, h('a', { href: `/ui/?location=${location.id}` }, 'All servers in it and below')),
  ];
}

/** @param {any} asset */
function server(asset) {
  return h(
    'li',
    null,
    h('a', { href: `/ui/assets/${asset.id}` }, asset.name ?? asset.serial ?? asset.id),
    ' ',
    h('code', { class: 'dim' }, asset.serial ?? ''),
  );
}
