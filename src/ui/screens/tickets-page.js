import { chip } from './chip.js';
import { h, outside } from './h.js';
import { createList } from './list.js';
import { subjectLink } from './subject-link.js';
import { ticketMoves } from './ticket-moves.js';
import { when } from './when.js';

export async function ticketsPage() {
  const list = createList({
    path: '/v1/tickets',
    title: 'Tickets',
    filters: [
      { name: 'state', api: 'state', label: 'State', options: ['OPEN', 'IN_PROGRESS', 'DONE', 'WONT_FIX'] },
      { name: 'server', api: 'asset_id', label: 'Server (id)' },
    ],
    columns: [
      {
        title: 'Issue',
        head: true,
        cell: (ticket) =>
          ticket.external
            ? outside(ticket.external.url, ticket.external.key ?? ticket.external.id)
            : h('span', { class: 'dim' }, 'not yet'),
      },
      { title: 'State', cell: (ticket) => chip(ticket.state) },
      { title: 'Priority', cell: (ticket) => chip(ticket.priority) },
      { title: 'What', cell: (ticket) => h('span', { class: 'clip long', title: ticket.summary }, ticket.summary) },
      { title: 'Why', wide: true, cell: (ticket) => h('span', { class: 'clip', title: ticket.reason }, ticket.reason) },
      { title: 'Server', cell: (ticket) => subjectLink('asset', ticket.asset_id) },
      { title: 'Seen', number: true, wide: true, cell: (ticket) => ticket.occurrences },
      { title: 'Opened', cell: (ticket) => when(ticket.opened_at, { only: 'age' }) },
      { title: 'Closed', wide: true, cell: (ticket) => when(ticket.closed_at, { only: 'age' }) },
      { title: 'Do', cell: (ticket) => ticketMoves(ticket, () => list.refresh()) },
    ],
    key: (ticket) => ticket.id,
    assetOf: (ticket) => ticket.asset_id,
    empty: h(
      'p',
      null,
      'There are no tickets. Symptoms that are reported to ',
      h('code', null, 'POST /v1/telemetry'),
      ' open one where a rule says so.',
    ),
  });
  addEventListener('reanimator:missing-scope', list.redraw);
  await list.update();
  return {
    title: 'Tickets',
    body: h('div', null, h('h1', { tabindex: -1 }, 'Tickets'), list.node),
    update: list.update,
    refresh: list.refresh,
    onEvent: (/** @type {any} */ event) => event.subject.startsWith('/v1/tickets/') && list.refresh(),
    leave() {
      removeEventListener('reanimator:missing-scope', list.redraw);
      list.stop();
    },
  };
}
