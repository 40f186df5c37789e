import { UNKNOWN } from './format.js';
import { h } from './h.js';
import { createList } from './list.js';
import { csvButton } from './save-file.js';
import { KIND_NAMES, KINDS } from './part-kinds.js';
import { partName } from './part-name.js';
import { placeLink } from './place-link.js';
import { when } from './when.js';

/** Parts, wherever they are. */
export async function componentsPage() {
  /** @type {ReturnType<typeof createList<any>>} */
  const list = createList({
    path: '/v1/components',
    title: 'Components',
    filters: [
      {
        name: 'kind',
        api: 'kind',
        label: 'Kind',
        options: KINDS.map((kind) => /** @type {const} */ ([kind, KIND_NAMES[kind] ?? kind])),
      },
      { name: 'q', api: 'q', label: 'Serial, part no. or model' },
      {
        name: 'place',
        api: 'place',
        label: 'Place',
        options: [
          ['installed', 'in a server'],
          ['stored', 'in a store'],
          ['away', 'nobody knows'],
        ],
      },
      { name: 'vendor', api: 'vendor', label: 'Vendor' },
      { name: 'serial', api: 'serial', label: 'Serial', hidden: true },
      { name: 'lot', api: 'lot_id', label: 'Lot (id)', hidden: true },
      { name: 'server', api: 'asset_id', label: 'Server (id)', hidden: true },
      { name: 'location', api: 'location_id', label: 'Location (id)', hidden: true },
    ],
    sort: { first: 'id' },
    tools: csvButton('/v1/components', 'components', () => list.query()),
    columns: [
      {
        title: 'Serial',
        head: true,
        sort: 'serial',
        cell: (part) =>
          h(
            'a',
            { href: `/ui/components/${part.id}` },
            h('code', null, part.serial ?? (part.identity === 'place' ? 'by its slot' : UNKNOWN)),
          ),
      },
      { title: 'Kind', cell: (part) => KIND_NAMES[part.kind] ?? part.kind },
      {
        title: 'Model',
        sort: 'model',
        cell: (part) => h('span', { class: 'clip', title: partName(part) }, partName(part) || unknown()),
      },
      { title: 'Part number', wide: true, cell: (part) => code(part.part_number) },
      { title: 'Firmware', wide: true, cell: (part) => code(part.firmware) },
      {
        title: 'Lot',
        cell: (part) => (part.lot ? h('a', { href: `?lot=${part.lot.id}` }, part.lot.code) : unknown(part.lot_missing)),
      },
      { title: 'Now in', cell: (part) => (part.where === null ? unknown() : placeLink(part.where)) },
      { title: 'Slot', cell: (part) => code(part.where?.slot ?? null) },
      { title: 'Since', wide: true, cell: (part) => when(part.where?.since ?? null, { only: 'age' }) },
    ],
    key: (part) => part.id,
    empty: [
      h('p', null, 'There are no parts yet.'),
      h(
        'p',
        null,
        'They come with what the hub reads over BMCs, and with what you upload at ',
        h('a', { href: '/ui/bundles' }, 'Bundles'),
        '.',
      ),
    ],
  });
  await list.update();
  return {
    title: 'Components',
    body: h('div', null, h('h1', { tabindex: -1 }, 'Components'), list.node),
    update: list.update,
    refresh: list.refresh,
    onEvent: (/** @type {any} */ event) =>
      /^\/v1\/(?:assets|bundles|components)\//.test(event.subject) && list.refresh(),
    leave: list.stop,
  };
}

/** @param {string | null} text */
function code(text) {
  return text === null ? unknown() : h('code', { class: 'clip', title: text }, text);
}

/** @param {string | null} [missing] */
function unknown(missing) {
  return h('span', { class: 'dim', title: missing ? `Not known: ${missing}` : null }, UNKNOWN);
}
