import { get } from './api.js';
import { actionButton } from './ask.js';
import { h, slot } from './h.js';
import { createList } from './list.js';
import { fact } from './facts.js';
import { KIND_NAMES } from './part-kinds.js';
import { panelLine } from './panel-line.js';
import { problemBox } from './problem.js';
import { whyNotAllowed } from './session.js';
import { soon } from './soon.js';
import { askMove, askRelease, askReturn, askScrap, labelOf } from './stock-asks.js';
import { conditionChip, placeOf } from './stock-items-page.js';
import { subjectLink } from './subject-link.js';
import { when } from './when.js';

/** One item: what it is, for whom it is kept, and its ledger. @param {string} id */
export async function stockItemPage(id) {
  const control = new AbortController();
  const path = `/v1/stock/items/${id}`;
  const first = await get(path, control.signal);
  const faults = h('div', null);
  const title = h('h1', { tabindex: -1 }, labelOf(first));
  const body = slot(h('div', null), (/** @type {any} */ shown) => [
    facts(shown.item),
    buttons(shown.item, shown.lacks, () => refresh()),
    holds(shown.item, shown.lacks, () => refresh()),
  ]);
  const ledger = createList({
    path: `${path}/movements`,
    title: 'Ledger',
    filters: [],
    columns: [
      { title: 'When', head: true, cell: (/** @type {any} */ line) => when(line.at) },
      { title: 'What', cell: (line) => line.did },
      { title: 'On hand', number: true, cell: (line) => signed(line.quantity) },
      { title: 'Reserved', number: true, cell: (line) => signed(line.reserved) },
      { title: 'From, to', cell: (line) => wayOf(line) },
      {
        title: 'Condition',
        cell: (line) => (line.from_condition === null ? '' : `${line.from_condition} → ${line.to_condition}`),
      },
      {
        title: 'Why',
        cell: (line) => h('span', { class: 'clip long', title: line.reason }, line.reason ?? line.reference ?? ''),
      },
      { title: 'Ticket', cell: (line) => (line.ticket_id === null ? '' : subjectLink('ticket', line.ticket_id)) },
      { title: 'Who', wide: true, cell: (line) => line.actor },
    ],
    key: (line) => line.id,
    empty: h('p', null, 'Nothing ever happened to it.'),
  });

  async function load() {
    try {
      const item = await get(path, control.signal);
      body.show({ item, lacks: whyNotAllowed('stock:write') ?? null });
      faults.replaceChildren();
    } catch (error) {
      if (!control.signal.aborted) faults.replaceChildren(problemBox(error, () => void load()));
    }
  }

  const refresher = soon(load, 1000);
  function refresh() {
    refresher.ask();
    ledger.refresh();
  }
  addEventListener('reanimator:missing-scope', refresher.ask);
  body.show({ item: first, lacks: whyNotAllowed('stock:write') ?? null });
  await ledger.update();
  return {
    title: labelOf(first),
    body: h(
      'article',
      null,
      h(
        'p',
        { class: 'crumb' },
        h('a', { href: '/ui/stock' }, 'Stock'),
        ' / ',
        h('a', { href: '/ui/stock/items' }, 'Items'),
      ),
      title,
      faults,
      body.node,
      h(
        'section',
        { 'aria-labelledby': 'ledger-title' },
        h('h2', { id: 'ledger-title' }, 'Ledger ', h('small', null, 'its sum is the stock')),
        ledger.node,
      ),
    ),
    update: ledger.update,
    refresh,
    onEvent: (/** @type {any} */ event) => event.subject.endsWith(id) && refresh(),
    leave() {
      removeEventListener('reanimator:missing-scope', refresher.ask);
      refresher.stop();
      ledger.stop();
      control.abort();
    },
  };
}

/** @param {any} item */
function facts(item) {
  const said = Object.entries(item.facts).map(([name, value]) => fact(item.kind, name, value));
  return h(
    'dl',
    { class: 'facts stock-facts' },
    panelLine('On hand', [
      item.quantity,
      item.reserved > 0 && `, ${item.reserved} reserved`,
      item.quantity === 0 && ' (it has gone)',
    ]),
    panelLine('Condition', conditionChip(item.condition)),
    panelLine('Place', placeOf(item)),
    panelLine('LOT', item.lot && h('code', null, item.lot)),
    panelLine('Kind', [KIND_NAMES[item.kind] ?? item.kind, item.tracking === 'bulk' ? ', counted' : ', a piece']),
    panelLine('Serial', item.serial && h('code', null, item.serial)),
    panelLine('Barcode', item.barcode && h('code', null, item.barcode)),
    panelLine('Part', item.component_id && subjectLink('component', item.component_id, 'its passport')),
    panelLine('Model', [item.manufacturer, item.model, item.part_number].filter(Boolean).join(' ') || null),
    panelLine('Received', when(item.received_at)),
    panelLine('Warranty', item.warranty_until && when(item.warranty_until)),
    panelLine('Supplier', [item.supplier, item.purchase_order].filter(Boolean).join(', ') || null),
    said.length > 0 && panelLine('Facts', said.map(({ name, value }) => `${name} ${value}`).join(', ')),
  );
}

/** @param {any} item @param {string | null} lacks @param {() => void} onDone */
function buttons(item, lacks, onDone) {
  const why = lacks ?? undefined;
  const isGone = item.quantity === 0 ? 'It has gone' : undefined;
  const isHeld = item.quantity > 0 && item.available === 0 ? 'It is reserved: set it free first' : undefined;
  const run = (/** @type {(item: any) => Promise<any>} */ act) => () => void act(item).then((done) => done && onDone());
  return h(
    'p',
    { class: 'actions' },
    actionButton('Move', why ?? isGone, run(askMove)),
    actionButton('Scrap', why ?? isGone ?? isHeld, run(askScrap)),
    actionButton('Send back', why ?? isGone ?? isHeld, run(askReturn)),
  );
}

/** @param {any} item @param {string | null} lacks @param {() => void} onDone */
function holds(item, lacks, onDone) {
  if (item.reservations.length === 0) return null;
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': 'holds-title' },
    h('h2', { id: 'holds-title' }, 'Reserved for'),
    h(
      'ul',
      null,
      item.reservations.map((/** @type {any} */ one) =>
        h(
          'li',
          null,
          subjectLink('ticket', one.ticket_id),
          ', ',
          subjectLink('asset', one.asset_id),
          ', until ',
          when(one.expires_at),
          ': ',
          one.why,
          ' ',
          actionButton(
            'Set free',
            lacks ?? undefined,
            () => void askRelease(one).then((done) => done && onDone()),
            'Set the part free',
          ),
        ),
      ),
    ),
  );
}

/** @param {number} count */
function signed(count) {
  if (count === 0) return '';
  return count > 0 ? `+${count}` : `−${-count}`;
}

/** @param {any} line */
function wayOf(line) {
  const moved = [line.from, line.to].filter(Boolean).join(' → ');
  return h('span', { class: 'clip long', title: moved }, moved);
}
