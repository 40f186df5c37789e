import { get, newIdempotencyKey, post } from './api.js';
import { actionButton, ask } from './ask.js';
import { chip } from './chip.js';
import { h, slot } from './h.js';
import { listPage } from './list-page.js';
import { go } from './navigate.js';
import { problemBox } from './problem.js';
import { whyNotAllowed } from './session.js';
import { soon } from './soon.js';
import { stackedTable } from './stacked-table.js';
import { stockTabs } from './stock-tabs.js';
import { when } from './when.js';

/** Counts of warehouses and bins. */
export async function stockCountsPage() {
  return listPage({
    path: '/v1/stock/counts',
    title: 'Counts',
    heading: 'Stock',
    tabs: stockTabs(),
    isAbout: (event) => /\.stock\.count_/.test(event.type),
    filters: [{ name: 'state', api: 'state', label: 'State', options: ['open', 'approved', 'cancelled'] }],
    tools: actionButton('Count a place', whyNotAllowed('stock:write'), () => void begin()),
    columns: [
      {
        title: 'Place',
        head: true,
        cell: (count) => h('a', { href: `/ui/stock/counts/${count.id}` }, count.place ?? count.location_id),
      },
      { title: 'State', cell: (count) => chip(count.state) },
      { title: 'Begun', cell: (count) => when(count.opened_at) },
      { title: 'By', cell: (count) => count.opened_by },
      { title: 'Closed', cell: (count) => when(count.closed_at) },
      { title: 'Why', wide: true, cell: (count) => count.reason ?? '' },
    ],
    key: (count) => count.id,
    empty: h('p', null, 'Nobody has counted anything yet.'),
  });
}

async function begin() {
  const done = await ask({
    title: 'Count a place',
    text: 'It lists what should lie there. Nothing is booked before the count is approved.',
    fields: [
      {
        name: 'location',
        label: 'Warehouse or bin',
        required: true,
        hint: 'its path, e.g. eu / ams1 / store / A3',
        max: 1000,
      },
    ],
    action: 'Begin',
    send: (values, key) => post('/v1/stock/counts', values, key),
  });
  if (done) go(`/ui/stock/counts/${/** @type {any} */ (done.answer).id}`);
}

const TITLES = ['Item', 'LOT', 'Condition', 'Place', 'Expected', 'Counted', 'Variance', 'Finding'];
const TONES = /** @type {Record<string, string>} */ ({
  'as expected': 'good',
  'not counted': 'plain',
  missing: 'bad',
  fewer: 'warn',
  more: 'warn',
});

/** One count: expected against counted. @param {string} id */
export async function stockCountPage(id) {
  const control = new AbortController();
  const path = `/v1/stock/counts/${id}`;
  const faults = h('div', { role: 'status' });
  const first = await get(path, control.signal);
  const body = slot(h('div', null), (/** @type {any} */ count) => linesOf(count));
  const acts = slot(h('div', null), (/** @type {any} */ { state, lacks }) =>
    state === 'open' ? actions(lacks) : null,
  );

  /** @param {any} count */
  function show(count) {
    body.show(count);
    acts.show({ state: count.state, lacks: whyNotAllowed('stock:write') ?? null });
  }

  async function load() {
    try {
      show(await get(path, control.signal));
    } catch (error) {
      if (!control.signal.aborted) faults.replaceChildren(problemBox(error, () => void load()));
    }
  }

  /** @param {string | null} lacks */
  function actions(lacks) {
    const why = lacks ?? undefined;
    const input = /** @type {HTMLInputElement} */ (
      h('input', {
        id: 'scan',
        type: 'text',
        autocomplete: 'off',
        spellcheck: 'false',
        maxlength: 128,
        disabled: lacks !== null,
      })
    );
    // A scanner ends with Enter: one code after the other, without a hand on the mouse.
    const form = h(
      'form',
      {
        class: 'filters',
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          const text = input.value.trim();
          input.value = '';
          if (text !== '') void found({ serial: text });
        },
      },
      h('label', { for: 'scan' }, 'Serial that was found', input),
      h('button', { type: 'submit', disabled: lacks !== null, title: why }, 'Found'),
      actionButton('Say a count', why, () => void askCount()),
      actionButton('Approve', why, () => void askEnd('approve', 'Approve')),
      actionButton('Cancel', why, () => void askEnd('cancel', 'Cancel the count')),
    );
    return form;
  }

  /** @param {Record<string, unknown>} thing */
  async function found(thing) {
    try {
      show(await post(`${path}/found`, { found: [thing] }, newIdempotencyKey()));
      faults.replaceChildren();
    } catch (error) {
      faults.replaceChildren(problemBox(error));
    }
  }

  async function askCount() {
    const done = await ask({
      title: 'What was counted',
      text: 'A counted bin by its LOT; or a serial that nobody knows, with its LOT; 0: it is not there.',
      fields: [
        { name: 'serial', label: 'Serial', max: 128 },
        { name: 'lot', label: 'LOT', max: 80 },
        {
          name: 'condition',
          label: 'Condition',
          kind: 'choice',
          required: true,
          options: [
            ['NEW', 'NEW'],
            ['TESTED', 'TESTED'],
            ['REFURBISHED', 'REFURBISHED'],
            ['FAILED', 'FAILED'],
            ['RMA', 'RMA'],
            ['SCRAP', 'SCRAP'],
          ],
        },
        { name: 'counted', label: 'How many', required: true, value: '1' },
        { name: 'location', label: 'In which bin', max: 1000, hint: 'left empty: where it is booked' },
      ],
      action: 'Save',
      send: (values, key) => {
        const said = Object.entries(values).filter(([, value]) => value !== null);
        const counted = /^\d+$/.test(String(values['counted'])) ? Number(values['counted']) : values['counted'];
        return post(`${path}/found`, { found: [{ ...Object.fromEntries(said), counted }] }, key);
      },
    });
    if (done) show(done.answer);
  }

  /** @param {'approve' | 'cancel'} how @param {string} title */
  async function askEnd(how, title) {
    const done = await ask({
      title,
      text: how === 'approve' ? 'The variance is booked with this reason.' : 'Nothing is booked.',
      fields: [
        { name: 'reason', label: 'Reason', kind: 'area', required: true, max: 500 },
        ...(how === 'approve'
          ? [
              {
                name: 'uncounted',
                label: 'What nobody looked at',
                kind: /** @type {const} */ ('choice'),
                required: true,
                options: /** @type {const} */ ([
                  ['leave', 'stays as it is'],
                  ['missing', 'is missing'],
                ]),
              },
            ]
          : []),
      ],
      action: title,
      send: (values, key) => post(`${path}/${how}`, values, key),
    });
    if (done) show(done.answer);
  }

  const refresher = soon(load, 1500);
  show(first);
  return {
    title: `Count of ${first.place}`,
    body: h(
      'article',
      null,
      h(
        'p',
        { class: 'crumb' },
        h('a', { href: '/ui/stock' }, 'Stock'),
        ' / ',
        h('a', { href: '/ui/stock/counts' }, 'Counts'),
      ),
      h('h1', { tabindex: -1 }, 'Count of ', first.place ?? first.location_id),
      faults,
      acts.node,
      body.node,
    ),
    refresh: refresher.ask,
    onEvent: (/** @type {any} */ event) => /\.stock\./.test(event.type) && refresher.ask(),
    leave() {
      refresher.stop();
      control.abort();
    },
  };
}

/** @param {any} count */
function linesOf(count) {
  const { more, fewer, not_counted: rest } = count.variance;
  const closed =
    count.closed_at === null
      ? ''
      : [', ', count.closed_by, ', ', when(count.closed_at), count.reason && `: ${count.reason}`];
  return [
    h('p', null, chip(count.state), ` begun by ${count.opened_by}, `, when(count.opened_at), closed),
    h('p', null, `${fewer} missing, ${more} too many, ${rest} line(s) that nobody has looked at.`),
    stackedTable({
      caption: 'Lines of the count',
      titles: TITLES,
      rows: count.lines.map((/** @type {any} */ line) => {
        const name = line.serial ?? line.barcode ?? 'counted';
        const cells = [
          line.lot ?? line.kind,
          line.condition,
          line.place ?? '–',
          line.expected,
          line.counted ?? '–',
          line.variance ?? '–',
          h('span', { class: `chip ${TONES[line.finding] ?? 'warn'}` }, line.finding),
        ];
        return h(
          'tr',
          null,
          h(
            'th',
            { scope: 'row', 'data-title': 'Item' },
            line.item_id === null
              ? h('code', null, name)
              : h('a', { href: `/ui/stock/items/${line.item_id}` }, h('code', null, name)),
          ),
          cells.map((cell, index) =>
            h('td', { class: index > 2 && index < 6 ? 'number' : null, 'data-title': TITLES[index + 1] }, cell),
          ),
        );
      }),
    }),
  ];
}
