import { fact } from './facts.js';
import { UNKNOWN, words } from './format.js';
import { h } from './h.js';
import { KIND_NAMES } from './part-kinds.js';
import { partName } from './part-name.js';
import { componentLink } from './place-link.js';
import { stackedTable } from './stacked-table.js';
import { when } from './when.js';

/** What differs in a server between two moments. @param {any} diff */
export function assetDiff({ from, to, installed, removed, changed }) {
  const span = ['between ', when(from), ' and ', to === null ? 'now' : when(to)];
  const head = h('h2', null, 'What changed ', h('small', null, span));
  if (installed.length + removed.length + changed.length === 0)
    return [head, h('p', { class: 'empty' }, 'Nothing: the same parts in the same slots, with the same firmware.')];
  return [
    head,
    parts('Came', 'good', '+', installed),
    parts('Went', 'bad', '−', removed),
    changed.length > 0 && [h('h3', null, 'Changed ', h('small', null, changed.length)), changes(changed)],
  ];
}

/** @param {string} title @param {string} tone @param {string} sign @param {any[]} list */
function parts(title, tone, sign, list) {
  if (list.length === 0) return null;
  return [
    h('h3', null, `${title} `, h('small', null, list.length)),
    grid(
      title,
      ['Part', 'Slot', 'Serial', 'Model', 'Firmware'],
      list.map((part) => [
        [h('span', { class: `chip ${tone}`, 'aria-hidden': 'true' }, sign), ' ', KIND_NAMES[part.kind] ?? part.kind],
        part.slot ?? UNKNOWN,
        componentLink(part),
        partName(part) || UNKNOWN,
        h('code', null, part.firmware ?? UNKNOWN),
      ]),
    ),
  ];
}

/** @param {any[]} list */
function changes(list) {
  return grid(
    'Changed',
    ['Part', 'Slot', 'Serial', 'What', 'Was', 'Is'],
    list.flatMap((one) =>
      differences(one).map(({ what, was, is }) => [
        KIND_NAMES[one.kind] ?? one.kind,
        one.slot ?? UNKNOWN,
        componentLink(one),
        what,
        h('del', null, was),
        h('ins', null, is),
      ]),
    ),
  );
}

/** Facts one by one: of twenty that a drive has, one changed. @param {any} one @returns {{ what: string, was: string, is: string }[]} */
function differences({ kind, what, from, to }) {
  if (what !== 'attributes') return [{ what: words(what), was: String(from), is: String(to) }];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names
    .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]))
    .map((name) => ({
      what: fact(kind, name, to[name] ?? from[name]).name,
      was: said(kind, name, from[name]),
      is: said(kind, name, to[name]),
    }));
}

/** @param {string} kind @param {string} name @param {unknown} value */
function said(kind, name, value) {
  return value === undefined ? UNKNOWN : fact(kind, name, value).value;
}

/** @param {string} caption @param {string[]} titles @param {import('./h.js').Child[][]} rows */
function grid(caption, titles, rows) {
  return stackedTable({
    caption,
    titles,
    rows: rows.map(([first, ...rest]) =>
      h(
        'tr',
        null,
        h('th', { scope: 'row' }, first),
        rest.map((cell, index) => h('td', { 'data-title': titles[index + 1] }, cell)),
      ),
    ),
    look: 'diff',
  });
}
