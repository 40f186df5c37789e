import { h } from './h.js';

/**
 * A table that scrolls in a narrow window, and whose rows stand one below the other in a very narrow one (`data-title` names the cells then).
 * @param {{ caption: string, titles: string[], rows: import('./h.js').Child[], look?: string }} table caption: for those who hear the page;
 * rows: of `tr`; look: a further class
 */
export function stackedTable({ caption, titles, rows, look }) {
  return h(
    'div',
    { class: 'scroll' },
    h(
      'table',
      { class: look === undefined ? 'stack' : `stack ${look}`, role: 'table' },
      h('caption', { class: 'hidden' }, caption),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          titles.map((title) => h('th', { scope: 'col' }, title)),
        ),
      ),
      h('tbody', null, rows),
    ),
  );
}
