import { h } from './h.js';
import { when } from './when.js';

/** A fact of a panel; what nobody said is unknown, and said to be. @param {string} name @param {import('./h.js').Child} said @param {string | null} [readAt] */
export function panelLine(name, said, readAt) {
  const value = said === null || said === undefined ? h('span', { class: 'dim' }, 'unknown') : said;
  return h(
    'div',
    null,
    h('dt', null, name),
    h('dd', null, value, readAt && h('span', { class: 'dim' }, ' · ', when(readAt, { only: 'age' }))),
  );
}

/** @param {{ text: string, tone: string } | undefined} word @param {string} state where there is no word for it */
export function wordChip(word, state) {
  return h('span', { class: `chip ${word?.tone ?? 'plain'}` }, word?.text ?? state);
}

/**
 * Something that can be folded, and stays as somebody left it when what is in it is made anew.
 * @param {string} summary
 * @param {{ isOpen: boolean }} state
 * @param {...import('./h.js').Child} content
 */
export function fold(summary, state, ...content) {
  const node = h('details', { open: state.isOpen }, h('summary', null, summary), content);
  node.addEventListener('toggle', () => (state.isOpen = /** @type {HTMLDetailsElement} */ (node).open));
  return node;
}
