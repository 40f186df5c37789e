import { get, post } from './api.js';
import { actionButton, ask } from './ask.js';
import { h, slot } from './h.js';
import { KIND_NAMES } from './part-kinds.js';
import { problemBox } from './problem.js';
import { csvButton } from './save-file.js';
import { whyNotAllowed } from './session.js';
import { soon } from './soon.js';
import { mostOf, stockBar } from './stock-bars.js';
import { askReceive } from './stock-asks.js';
import { stockTabs } from './stock-tabs.js';
import { stackedTable } from './stacked-table.js';
import { s } from './svg.js';
import { readState } from './url-state.js';

const TITLES = [
  'Site',
  'LOT',
  'Free, reserved, not usable',
  'Free',
  'Reserved',
  'Not usable',
  'Minimum',
  'To order',
  'Do',
];

/** What there is per LOT and datacenter, against what there shall be. */
export async function stockSummaryPage() {
  const control = new AbortController();
  const faults = h('div', null);
  const body = slot(h('div', null), (/** @type {any[]} */ sums) => tableOf(sums, () => refresher.ask()));
  const tools = slot(h('p', { class: 'actions' }), (/** @type {{ lacks: string | undefined }} */ { lacks }) => [
    actionButton('Receive', lacks, () => void askReceive().then((item) => item && refresher.ask())),
    ' ',
    actionButton('Set a minimum', lacks, () => void askLevel({}).then((done) => done && refresher.ask())),
    ' ',
    csvButton('/v1/stock/summary', 'stock-summary', query),
  ]);

  /** @returns {Record<string, string>} */
  function query() {
    const { site, below } = readState(location.search, ['site', 'below']);
    return { ...(site ? { site } : {}), ...(below ? { below } : {}) };
  }

  async function load() {
    try {
      const { items } = await get(`/v1/stock/summary?${new URLSearchParams(query())}`, control.signal);
      body.show(items);
      faults.replaceChildren();
    } catch (error) {
      if (!control.signal.aborted) faults.replaceChildren(problemBox(error, () => void load()));
    }
    tools.show({ lacks: whyNotAllowed('stock:write') });
  }

  const refresher = soon(load, 1500);
  const onScope = () => refresher.ask();
  addEventListener('reanimator:missing-scope', onScope);
  await load();
  return {
    title: 'Stock',
    body: h(
      'div',
      null,
      h('h1', { tabindex: -1 }, 'Stock'),
      stockTabs(),
      h(
        'p',
        { class: 'filters' },
        h('a', { href: '/ui/stock' }, 'all'),
        h('a', { href: '/ui/stock?below=true' }, 'below their minimum'),
      ),
      tools.node,
      faults,
      body.node,
    ),
    update: load,
    refresh: refresher.ask,
    onEvent: (/** @type {any} */ event) => /\.stock\./.test(event.type) && refresher.ask(),
    leave() {
      removeEventListener('reanimator:missing-scope', onScope);
      refresher.stop();
      control.abort();
    },
  };
}

/** @param {any[]} sums @param {() => void} onDone */
function tableOf(sums, onDone) {
  if (sums.length === 0)
    return h(
      'p',
      { class: 'empty' },
      'Nothing is in stock. Receive parts here, or in bulk at ',
      h('code', null, 'POST /v1/stock/receipts/bulk'),
      '.',
    );
  const most = mostOf(sums);
  const lacks = whyNotAllowed('stock:write');
  const table = stackedTable({
    caption: 'Stock per LOT and site',
    titles: TITLES,
    look: 'stock-summary',
    rows: sums.map((sum) => {
      const items = new URLSearchParams({
        ...(sum.site === null ? {} : { site: sum.site }),
        ...(sum.lot === null ? { kind: sum.kind } : { lot: sum.lot }),
      });
      const cells = [
        h(
          'a',
          { href: `/ui/stock/items?${items}` },
          h('code', null, sum.lot ?? `${KIND_NAMES[sum.kind] ?? sum.kind}, no LOT`),
        ),
        stockBar(sum, most),
        sum.available,
        sum.reserved,
        sum.unusable,
        sum.min ?? '–',
        sum.reorder > 0 ? h('span', { class: 'chip warn' }, sum.reorder) : '–',
        sum.lot !== null && sum.site !== null
          ? actionButton(
              'Minimum',
              lacks,
              () => void askLevel(sum).then((done) => done && onDone()),
              `Set the minimum of ${sum.lot} at ${sum.site}`,
            )
          : '',
      ];
      return h(
        'tr',
        { class: sum.reorder > 0 ? 'warn' : null },
        h('th', { scope: 'row', 'data-title': 'Site' }, sum.site ?? h('span', { class: 'dim' }, 'nowhere')),
        cells.map((cell, index) =>
          h('td', { class: index > 1 && index < 7 ? 'number' : null, 'data-title': TITLES[index + 1] }, cell),
        ),
      );
    }),
  });
  return [legend(), table];
}

/** What the colours of the bars mean. */
function legend() {
  const key = (/** @type {string} */ name, /** @type {string} */ text) =>
    h(
      'span',
      null,
      s(
        'svg',
        { class: 'stock-bar key', width: 12, height: 12, 'aria-hidden': 'true' },
        s('rect', { class: name, width: 12, height: 12 }),
      ),
      ` ${text}`,
    );
  return h(
    'p',
    { class: 'dim stock-legend' },
    key('free', 'free'),
    key('held', 'reserved'),
    key('unusable', 'not usable'),
    key('least', 'minimum'),
  );
}

/** @param {any} sum */
async function askLevel(sum) {
  const done = await ask({
    title: 'How many there shall be',
    text: 'Below the minimum it is listed here, with what to order to reach the target. Both 0: none in particular.',
    fields: [
      { name: 'lot', label: 'LOT', required: true, value: sum.lot ?? null, max: 80 },
      { name: 'site', label: 'Site', required: true, value: sum.site ?? null, max: 100 },
      { name: 'min', label: 'At least', required: true, value: String(sum.min ?? '') },
      { name: 'target', label: 'Up to', required: true, value: String(sum.target ?? '') },
    ],
    action: 'Save',
    send: ({ lot, site, min, target }, key) =>
      post('/v1/stock/levels', { lot, site, min: numberOf(min), target: numberOf(target) }, key),
  });
  return done?.answer;
}

/** What is no number goes as it is, and the API says so. @param {unknown} text */
function numberOf(text) {
  return /^\d+$/.test(String(text)) ? Number(text) : text;
}
