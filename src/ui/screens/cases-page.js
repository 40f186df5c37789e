import { caseState, linkedTo, SUBJECTS, sureness } from './case-words.js';
import { h, outside } from './h.js';
import { listPage } from './list-page.js';
import { ticketTabs } from './ticket-tabs.js';
import { when } from './when.js';

/** So many of what a case is about are named in its row; its page has them all. */
const NAMED = 2;

/** Tickets that others made, as they were last imported. */
export async function casesPage() {
  return listPage({
    path: '/v1/cases',
    title: 'Cases of others',
    heading: 'Tickets',
    tabs: ticketTabs(),
    isAbout: (event) => event.subject.startsWith('/v1/cases/'),
    csv: 'cases',
    sort: { first: '-changed_at' },
    filters: [
      { name: 'q', api: 'q', label: 'Key or summary' },
      { name: 'source', api: 'source', label: 'Source' },
      {
        name: 'state',
        api: 'status_category',
        label: 'State',
        options: [
          ['new', 'new'],
          ['indeterminate', 'under way'],
          ['done', 'done'],
        ],
      },
      {
        name: 'linked',
        api: 'linked',
        label: 'About',
        options: [
          ['yes', 'something known'],
          ['no', 'nothing known'],
        ],
      },
      {
        name: 'confidence',
        api: 'confidence',
        label: 'With a link that is',
        none: 'whatever',
        options: [
          ['said', 'confirmed'],
          ['sure', 'sure (80 % or more)'],
          ['likely', 'likely (50 to 80 %)'],
          ['weak', 'weak (below 50 %)'],
        ],
      },
      { name: 'server', api: 'asset_id', label: 'Server (id)', hidden: true },
      { name: 'about', api: 'about_type', label: 'Kind of thing', hidden: true, options: Object.entries(SUBJECTS) },
      { name: 'id', api: 'about_id', label: 'with the id', hidden: true },
      { name: 'customer', api: 'customer_id', label: 'Customer (id)', hidden: true },
    ],
    columns: [
      { title: 'Case', head: true, sort: 'key', cell: (one) => outside(one.url, one.key) },
      { title: 'Source', sort: 'source', wide: true, cell: (one) => one.source },
      { title: 'State', sort: 'status', cell: (one) => caseState(one) },
      {
        title: 'What',
        cell: (one) =>
          h('a', { class: 'clip long', href: `/ui/tickets/cases/${one.id}`, title: one.summary }, one.summary),
      },
      { title: 'About', cell: (one) => about(one) },
      { title: 'Assignee', wide: true, cell: (one) => one.assignee ?? '–' },
      { title: 'Changed', sort: 'changed_at', cell: (one) => when(one.changed_at, { only: 'age' }) },
    ],
    key: (one) => one.id,
    empty: h(
      'p',
      null,
      'No cases have been imported. ',
      h('code', null, 'reanimator case sync'),
      ' reads them by a query of the connected ticket system, ',
      h('code', null, 'reanimator case import'),
      ' from a table.',
    ),
  });
}

/** @param {any} one */
function about({ links, id }) {
  const meant = links.filter((/** @type {any} */ { verdict }) => verdict !== 'wrong');
  if (meant.length === 0) return h('span', { class: 'dim' }, 'nothing known');
  return h(
    'span',
    { class: 'abouts' },
    meant
      .slice(0, NAMED)
      .map((/** @type {any} */ link) =>
        h(
          'span',
          { class: 'about' },
          `${SUBJECTS[link.subject_type] ?? link.subject_type} `,
          linkedTo(link),
          ' ',
          sureness(link),
        ),
      ),
    meant.length > NAMED && h('a', { href: `/ui/tickets/cases/${id}` }, `and ${meant.length - NAMED} more`),
  );
}
