import { chip } from './chip.js';
import { h, outside } from './h.js';
import { listPage } from './list-page.js';
import { subjectLink } from './subject-link.js';
import { ticketMoves } from './ticket-moves.js';
import { ticketTabs } from './ticket-tabs.js';
import { when } from './when.js';

export async function ticketsPage() {
  return listPage((list) => ({
    path: '/v1/tickets',
    title: 'Tickets',
    tabs: ticketTabs(),
    isAbout: (event) => event.subject.startsWith('/v1/tickets/'),
    filters: [
      { name: 'state', api: 'state', label: 'State', options: ['OPEN', 'IN_PROGRESS', 'DONE', 'WONT_FIX'] },
      { name: 'open', api: 'open', label: 'only open ones', check: 'true' },
      { name: 'unproven', api: 'unproven', label: 'done without proof', check: 'true' },
      { name: 'site', api: 'site', label: 'Site' },
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
      {
        title: 'What',
        cell: (ticket) =>
          h('a', { class: 'clip long', href: `/ui/tickets/${ticket.id}`, title: ticket.summary }, ticket.summary),
      },
      { title: 'Why', wide: true, cell: (ticket) => h('span', { class: 'clip', title: ticket.reason }, ticket.reason) },
      {
        title: 'Where',
        cell: (ticket) =>
          ticket.asset_id === null
            ? subjectLink('location', ticket.location_id ?? '')
            : subjectLink('asset', ticket.asset_id),
      },
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
  }));
}
