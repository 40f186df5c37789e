import { actionButton } from './ask.js';
import { h } from './h.js';
import { listPage } from './list-page.js';
import { whyNotAllowed } from './session.js';
import { askClosed, askReplaced, labelOf } from './stock-asks.js';
import { stockTabs } from './stock-tabs.js';
import { when } from './when.js';

/** @type {Record<string, string>} */
const TONES = { sent: 'wait', replaced: 'good', credited: 'good', refused: 'bad' };

/** What was sent back to vendors, and what came of it. */
export async function stockReturnsPage() {
  return listPage((list) => ({
    path: '/v1/stock/returns',
    title: 'Returns',
    heading: 'Stock',
    tabs: stockTabs(),
    isAbout: (event) => /\.stock\.return/.test(event.type),
    filters: [
      {
        name: 'state',
        api: 'state',
        label: 'State',
        options: [
          ['sent', 'not closed'],
          ['replaced', 'replaced'],
          ['credited', 'credited'],
          ['refused', 'refused'],
        ],
      },
      { name: 'item', api: 'item_id', label: 'Item (id)', hidden: true },
    ],
    columns: [
      { title: 'RMA', head: true, cell: (sent) => h('code', null, sent.rma) },
      { title: 'State', cell: (sent) => h('span', { class: `chip ${TONES[sent.state] ?? 'plain'}` }, sent.state) },
      {
        title: 'What',
        cell: (sent) => [
          `${sent.quantity} × `,
          h('a', { href: `/ui/stock/items/${sent.item_id}` }, sent.item === null ? 'an item' : labelOf(sent.item)),
        ],
      },
      { title: 'To', cell: (sent) => sent.supplier ?? '–' },
      { title: 'Why', wide: true, cell: (sent) => h('span', { class: 'clip long', title: sent.reason }, sent.reason) },
      { title: 'Sent', cell: (sent) => when(sent.sent_at, { only: 'age' }) },
      { title: 'Closed', cell: (sent) => (sent.closed_at === null ? '' : when(sent.closed_at, { only: 'age' })) },
      {
        title: 'What came',
        cell: (sent) =>
          sent.replacement_id === null ? '' : h('a', { href: `/ui/stock/items/${sent.replacement_id}` }, 'the item'),
      },
      { title: 'Do', cell: (sent) => sent.state === 'sent' && closing(sent, list.refresh) },
    ],
    key: (sent) => sent.id,
    empty: h('p', null, 'Nothing was sent back. An item’s page has “Send back”.'),
  }));
}

/** @param {any} sent @param {() => void} onDone */
function closing(sent, onDone) {
  const lacks = whyNotAllowed('stock:write');
  const button = (/** @type {string} */ text, /** @type {() => Promise<any>} */ act) =>
    actionButton(text, lacks, () => void act().then((done) => done && onDone()), `RMA ${sent.rma}: ${text}`);
  return h(
    'span',
    { class: 'row-actions' },
    button('Replaced', () => askReplaced(sent)),
    ' ',
    button('Credited', () => askClosed(sent, 'credited')),
    ' ',
    button('Refused', () => askClosed(sent, 'refused')),
  );
}
