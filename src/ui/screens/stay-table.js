import { UNKNOWN } from './format.js';
import { h } from './h.js';
import { placeLink } from './place-link.js';
import { stackedTable } from './stacked-table.js';
import { when } from './when.js';

/**
 * Where a part was, newest first, with both ends of each bracket.
 * @param {{ items: any[], isThen: boolean }} stays as the API gives them. isThen: looked at from another moment than now
 */
export function stayTable({ items, isThen }) {
  if (items.length === 0) return null;
  return [
    h('h2', null, 'Where it was ', h('small', null, items.length)),
    stackedTable({
      caption: 'Where it was, newest first',
      titles: ['Place', 'Slot', 'Came', 'Went', 'Why'],
      rows: items.toReversed().map((one) => row(one, isThen)),
    }),
  ];
}

/** @param {any} one @param {boolean} isThen */
function row(one, isThen) {
  const place = {
    type: one.asset_id === null ? 'location' : 'asset',
    id: one.asset_id ?? one.location_id,
    name: one.place_name,
  };
  return h(
    'tr',
    { class: one.removal_reason === 'failed' ? 'ill' : null },
    h('th', { scope: 'row' }, placeLink(place)),
    h('td', { 'data-title': 'Slot' }, one.slot ?? h('span', { class: 'dim' }, UNKNOWN)),
    h(
      'td',
      { 'data-title': 'Came' },
      one.installed_after === null
        ? [when(one.installed_at), h('span', { class: 'dim' }, ' first look')]
        : bracket(one.installed_after, one.installed_at),
    ),
    h(
      'td',
      { 'data-title': 'Went' },
      one.removed_at === null
        ? h('span', { class: 'chip good' }, isThen ? 'there then' : 'still there')
        : bracket(one.removed_after, one.removed_at),
    ),
    h(
      'td',
      { 'data-title': 'Why' },
      one.removal_reason === 'unknown' ? h('span', { class: 'dim' }, 'not known') : (one.removal_reason ?? ''),
    ),
  );
}

/** @param {string | null} after @param {string} at */
function bracket(after, at) {
  if (after === null || after === at) return when(at);
  return h(
    'span',
    { class: 'bracket' },
    h('span', null, h('span', { class: 'dim' }, 'after '), when(after)),
    h('span', null, h('span', { class: 'dim' }, 'by '), when(at)),
  );
}
