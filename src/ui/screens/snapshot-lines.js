import { h } from './h.js';
import { placeLink } from './place-link.js';
import { when } from './when.js';

const SHOWN = 6;

/** What was understood of a bundle, and what was not. @param {any} bundle @returns {HTMLElement[]} */
export function snapshotLines({ snapshots, warnings, files }) {
  const all = [
    ...warnings,
    ...snapshots.flatMap((/** @type {any} */ snapshot) => snapshot.warnings),
    ...files.flatMap((/** @type {any} */ file) =>
      file.warnings.map((/** @type {string} */ warning) => `${file.path}: ${warning}`),
    ),
  ];
  return [
    h(
      'ul',
      { class: 'snapshots' },
      snapshots.map((/** @type {any} */ one) =>
        h(
          'li',
          null,
          one.place === null
            ? [
                h('span', { class: 'chip warn' }, 'whose?'),
                ' it does not say which server it is of: see ',
                h('a', { href: '/ui/reviews' }, 'Reviews'),
              ]
            : placeLink(one.place),
          h(
            'span',
            { class: 'dim' },
            ` ${one.source}, ${one.components} ${one.components === 1 ? 'part' : 'parts'}, ${one.identified} with a serial`,
          ),
          one.collected_at !== null && [h('span', { class: 'dim' }, ', collected '), when(one.collected_at)],
        ),
      ),
    ),
    ...(all.length === 0 ? [] : [warningBox([...new Set(all)])]),
  ];
}

/** @param {string[]} warnings */
function warningBox(warnings) {
  const lines = (/** @type {string[]} */ list) =>
    h(
      'ul',
      null,
      list.map((warning) => h('li', null, warning)),
    );
  const more = warnings.slice(SHOWN);
  return h(
    'div',
    { class: 'notice' },
    lines(warnings.slice(0, SHOWN)),
    more.length > 0 && h('details', null, h('summary', null, `and ${more.length} more`), lines(more)),
  );
}
