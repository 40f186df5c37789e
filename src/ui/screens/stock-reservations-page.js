import { actionButton } from './ask.js';
import { chip } from './chip.js';
import { h } from './h.js';
import { listPage } from './list-page.js';
import { whyNotAllowed } from './session.js';
import { askRelease, labelOf } from './stock-asks.js';
import { stockTabs } from './stock-tabs.js';
import { subjectLink } from './subject-link.js';
import { when } from './when.js';

/** Which parts are kept for which tickets, and until when. */
export async function stockReservationsPage() {
  return listPage((list) => ({
    path: '/v1/stock/reservations',
    title: 'Reservations',
    heading: 'Stock',
    tabs: stockTabs(),
    isAbout: (event) => /\.stock\./.test(event.type),
    filters: [
      { name: 'state', api: 'state', label: 'State', options: ['held', 'consumed', 'released', 'expired'] },
      { name: 'ticket', api: 'ticket_id', label: 'Ticket (id)', hidden: true },
    ],
    columns: [
      {
        title: 'Part',
        head: true,
        cell: (one) => h('a', { href: `/ui/stock/items/${one.item_id}` }, one.item ? labelOf(one.item) : one.item_id),
      },
      { title: 'State', cell: (one) => chip(one.state) },
      { title: 'Where', cell: (one) => h('span', { class: 'clip', title: one.item?.place }, one.item?.place ?? '–') },
      { title: 'Ticket', cell: (one) => subjectLink('ticket', one.ticket_id) },
      { title: 'Server', cell: (one) => subjectLink('asset', one.asset_id) },
      { title: 'Fit', cell: (one) => one.match },
      {
        title: 'Why',
        wide: true,
        cell: (one) => h('span', { class: 'clip long', title: one.why }, one.end_reason ?? one.why),
      },
      { title: 'Since', wide: true, cell: (one) => when(one.created_at, { only: 'age' }) },
      { title: 'Until', cell: (one) => when(one.ended_at ?? one.expires_at) },
      {
        title: 'Do',
        cell: (one) =>
          one.state === 'held' &&
          actionButton(
            'Set free',
            whyNotAllowed('stock:write'),
            () => void askRelease(one).then((done) => done && list.refresh()),
            `Set ${one.item ? labelOf(one.item) : 'it'} free`,
          ),
      },
    ],
    key: (one) => one.id,
    assetOf: (one) => one.asset_id,
    empty: h('p', null, 'Nothing is reserved. A ticket to replace a part reserves a spare by itself.'),
  }));
}
