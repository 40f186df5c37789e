import { get } from './api.js';
import { feedRows, unknownFeeds } from './feed-words.js';
import { h, slot } from './h.js';
import { stackedTable } from './stacked-table.js';
import { when } from './when.js';

const TITLES = ['What', 'Name', 'Port of the server', 'Outlet or port there', 'Says who', 'Read'];

/**
 * The PDUs and switches that a server hangs on, each port as each source said it last. What nobody says is unknown, and not "not connected".
 * @param {string} id
 * @param {AbortSignal} signal
 */
export function assetFeeds(id, signal) {
  const said = slot(h('div', null), (/** @type {any[]} */ items) => lines(items));
  const section = h('section', { class: 'panel feeds', hidden: true, 'aria-label': 'Power and network' }, said.node);
  return {
    node: section,
    async load() {
      const { items } = await get(`/v1/assets/${id}/feeds`, signal);
      said.show(items);
      section.hidden = false;
    },
  };
}

/** @param {any[]} feeders */
function lines(feeders) {
  const rows = feedRows(feeders);
  return [
    h('h2', null, 'Power and network'),
    rows.length > 0 &&
      stackedTable({
        caption: 'What it hangs on',
        titles: TITLES,
        rows: rows.map((row) =>
          h(
            'tr',
            null,
            h('td', { 'data-title': TITLES[0] }, row.what),
            h('th', { scope: 'row', 'data-title': TITLES[1] }, row.name),
            h('td', { 'data-title': TITLES[2] }, row.port),
            h('td', { 'data-title': TITLES[3] }, row.outlet ?? h('span', { class: 'dim' }, 'unknown')),
            h('td', { 'data-title': TITLES[4] }, row.source),
            h('td', { 'data-title': TITLES[5] }, when(row.seenAt, { only: 'age' })),
          ),
        ),
      }),
    unknownFeeds(feeders).map((text) => h('p', { class: 'dim' }, text)),
  ];
}
