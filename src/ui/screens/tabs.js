import { h } from './h.js';

/** Screens that belong together. @param {string} label @param {readonly (readonly [href: string, title: string])[]} list */
export function tabs(label, list) {
  const here = location.pathname.replace(/\/$/, '');
  return h(
    'nav',
    { class: 'tabs', 'aria-label': label },
    list.map(([href, title]) => h('a', { href, 'aria-current': href === here ? 'page' : null }, title)),
  );
}
