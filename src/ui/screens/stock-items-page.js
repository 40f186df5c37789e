import { actionButton } from './ask.js';
import { chip } from './chip.js';
import { h } from './h.js';
import { listPage } from './list-page.js';
import { go } from './navigate.js';
import { KIND_NAMES, KINDS } from './part-kinds.js';
import { whyNotAllowed } from './session.js';
import { askMove, askReceive, CONDITIONS } from './stock-asks.js';
import { stockTabs } from './stock-tabs.js';
import { when } from './when.js';

/** Pieces and counted bins, one by one. */
export async function stockItemsPage() {
  return listPage((list) => ({
    path: '/v1/stock/items',
    title: 'Items in stock',
    heading: 'Stock',
    tabs: stockTabs(),
    isAbout: (event) => /\.stock\./.test(event.type),
    csv: 'stock',
    sort: { first: '-received_at' },
    filters: [
      { name: 'site', api: 'site', label: 'Site' },
      { name: 'lot', api: 'lot', label: 'LOT' },
      {
        name: 'kind',
        api: 'kind',
        label: 'Kind',
        options: KINDS.map((kind) => /** @type {const} */ ([kind, KIND_NAMES[kind] ?? kind])),
      },
      { name: 'condition', api: 'condition', label: 'Condition', options: CONDITIONS },
      { name: 'serial', api: 'serial', label: 'Serial' },
      { name: 'barcode', api: 'barcode', label: 'Barcode' },
      { name: 'place', api: 'location_id', label: 'Place (id)', hidden: true },
      { name: 'gone', api: 'gone', label: 'also what has gone', check: 'true' },
    ],
    tools: receiveButton(),
    columns: [
      {
        title: 'Item',
        head: true,
        sort: 'serial',
        cell: (item) =>
          h('a', { href: `/ui/stock/items/${item.id}` }, h('code', null, item.serial ?? item.barcode ?? 'counted')),
      },
      {
        title: 'LOT',
        sort: 'lot',
        cell: (item) => h('span', { class: 'clip', title: item.lot ?? item.model }, item.lot ?? item.model ?? '–'),
      },
      { title: 'Kind', sort: 'kind', wide: true, cell: (item) => KIND_NAMES[item.kind] ?? item.kind },
      { title: 'Condition', sort: 'condition', cell: (item) => conditionChip(item.condition) },
      { title: 'On hand', number: true, cell: (item) => item.quantity },
      { title: 'Reserved', number: true, cell: (item) => item.reserved || '' },
      { title: 'Place', cell: (item) => placeOf(item) },
      { title: 'Received', sort: 'received_at', cell: (item) => when(item.received_at, { only: 'age' }) },
      {
        title: 'Warranty until',
        sort: 'warranty_until',
        wide: true,
        cell: (item) => item.warranty_until?.slice(0, 10) ?? '–',
      },
      {
        title: 'Do',
        cell: (item) =>
          item.quantity > 0 &&
          actionButton(
            'Move',
            whyNotAllowed('stock:write'),
            () => void askMove(item).then((done) => done && list.refresh()),
            `Move ${item.serial ?? item.lot}`,
          ),
      },
    ],
    key: (item) => item.id,
    empty: h('p', null, 'Nothing is in stock here.'),
  }));
}

function receiveButton() {
  return actionButton(
    'Receive',
    whyNotAllowed('stock:write'),
    () => void askReceive().then((item) => item && go(`/ui/stock/items/${item.id}`)),
  );
}

/** @param {string} condition */
export function conditionChip(condition) {
  const tone = { NEW: 'good', TESTED: 'good', REFURBISHED: 'good', FAILED: 'bad', RMA: 'warn', SCRAP: 'plain' }[
    condition
  ];
  return tone === undefined ? chip(condition) : h('span', { class: `chip ${tone}` }, condition);
}

/** @param {any} item */
export function placeOf(item) {
  if (item.location_id === null) return h('span', { class: 'dim' }, 'not shelved');
  return h('a', { href: `/ui/registry/locations/${item.location_id}` }, item.place ?? 'a place that is gone');
}
