import { nameOf } from './asset-names.js';
import { h } from './h.js';

const SCREENS = /** @type {Record<string, string>} */ ({
  component: 'components',
  bundle: 'bundles',
  review: 'reviews',
  location: 'registry/locations',
  'stock-item': 'stock/items',
  item: 'stock/items',
  ticket: 'tickets',
  case: 'tickets/cases',
});

/** What something is about, as a link where there is a screen for it. @param {string} type @param {string} id @param {string} [name] */
export function subjectLink(type, id, name) {
  const text = name ?? `${type} ${id.slice(-12)}`;
  if (type === 'asset')
    return h(
      'a',
      { href: `/ui/assets/${encodeURIComponent(id)}`, title: id },
      name ?? nameOf(id) ?? `server ${id.slice(-12)}`,
    );
  const screen = SCREENS[type];
  if (screen !== undefined) return h('a', { href: `/ui/${screen}/${encodeURIComponent(id)}`, title: id }, text);
  if (type === 'bmc' || type === 'expected-machine') return h('a', { href: '/ui/arrivals', title: id }, text);
  return h('span', { title: id }, text);
}

/** `/v1/assets/01997d9c-…`, `/v1/identity/reviews/…` as CloudEvents carry it. @param {string} subject */
export function splitSubject(subject) {
  const [plural = '', id = ''] = subject.split('/').slice(-2);
  return { type: plural.replace(/s$/, ''), id };
}
