import { caseState, linkedTo, sureness } from './case-words.js';
import { h } from './h.js';
import { linesSection } from './lines-section.js';
import { when } from './when.js';

const SHOWN = 8;

/** Where the cases about something are: at the API, and as a screen of their own. @type {Record<string, { path: string, filter(id: string): Record<string, string> }>} */
const PLACES = {
  asset: { path: 'assets', filter: (id) => ({ server: id }) },
  component: { path: 'components', filter: (id) => ({ about: 'component', id }) },
  project: { path: 'projects', filter: (id) => ({ about: 'project', id }) },
  ticket: { path: 'tickets', filter: (id) => ({ about: 'ticket', id }) },
  customer: { path: 'customers', filter: (id) => ({ customer: id }) },
};

/** The screen of all cases about something. @param {string} type @param {string} id */
export function casesHref(type, id) {
  return `/ui/tickets/cases?${new URLSearchParams(PLACES[type]?.filter(id))}`;
}

/**
 * Cases of other systems about something, with how sure that is.
 * @param {'asset' | 'component' | 'project' | 'ticket' | 'customer'} type customer: about any of its projects
 * @param {() => string | null} idOf null: about nothing
 * @param {AbortSignal} signal
 */
export function casesAbout(type, idOf, signal) {
  const section = linesSection({ name: 'cases', signal, lines: (found) => lines(found, type) });
  return {
    node: section.node,
    async load() {
      const id = idOf();
      await section.load(
        id === null ? null : `/v1/${PLACES[type]?.path}/${encodeURIComponent(id)}/cases?limit=${SHOWN}`,
        id,
      );
    },
    isAbout: (/** @type {any} */ event) => event.subject.startsWith('/v1/cases/'),
  };
}

/** @param {{ items: any[], more: boolean, about: string }} found @param {string} type */
function lines({ items, more, about: id }, type) {
  return [
    h(
      'h2',
      null,
      'Cases of others ',
      h('small', null, h('a', { href: casesHref(type, id) }, more ? 'see all' : items.length)),
    ),
    h(
      'ul',
      { class: 'lines' },
      items.map((one) => {
        // A customer's cases are about its projects: about which one is said, too.
        const link = one.links.find((/** @type {any} */ { subject_id: about, subject_type: what, verdict }) =>
          type === 'customer' ? what === 'project' && verdict !== 'wrong' : about === id,
        );
        return h(
          'li',
          null,
          caseState(one),
          ' ',
          h('a', { href: `/ui/tickets/cases/${one.id}` }, one.key),
          ' ',
          h('span', { class: 'sentence' }, one.summary),
          ' ',
          link && [
            type === 'customer' && [h('span', { class: 'dim' }, 'project '), linkedTo(link), ' '],
            sureness(link),
          ],
          ' ',
          when(one.changed_at, { only: 'age' }),
        );
      }),
    ),
  ];
}
