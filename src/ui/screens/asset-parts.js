import { chip } from './chip.js';
import { fact } from './facts.js';
import { UNKNOWN } from './format.js';
import { h } from './h.js';
import { KINDS, KIND_TITLES, notLookedAt } from './part-kinds.js';
import { partName } from './part-name.js';
import { componentLink } from './place-link.js';
import { when } from './when.js';

/**
 * What is in a server, or was.
 * @param {any} inventory
 * @param {{ asOf?: string, knownAt?: string }} moments from which it is looked at
 */
export function assetParts(inventory, moments) {
  const isThen = moments.asOf !== undefined || moments.knownAt !== undefined;
  if (inventory.sources.length === 0 && inventory.components.length === 0) {
    return [
      h('h2', null, 'Parts'),
      h(
        'p',
        { class: 'empty' },
        isThen
          ? 'By then nobody had looked into this server.'
          : 'Nobody has looked into this server yet. That happens by itself when it is discovered; “Inspect again” asks for it now.',
      ),
    ];
  }
  const kinds = [...new Set([...KINDS, ...inventory.components.map((/** @type {any} */ part) => part.kind)])];
  return [
    h('h2', null, 'Parts ', h('small', null, inventory.components.length)),
    isThen &&
      h(
        'p',
        { class: 'notice' },
        'These are its parts ',
        moments.asOf === undefined ? 'now' : ['as of ', when(moments.asOf)],
        moments.knownAt !== undefined && [', as it was known on ', when(moments.knownAt)],
        '.',
      ),
    h('ul', { class: 'sources' }, inventory.sources.map(sourceLine)),
    summary(inventory.system),
    completeness(inventory),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        { class: 'parts stack' },
        h('caption', { class: 'hidden' }, 'Parts by kind'),
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            ['Slot', 'Health', 'Model', 'Facts', 'Part number', 'Serial', 'Firmware', 'Since'].map((title) =>
              h('th', { scope: 'col', class: title === 'Part number' ? 'wide' : null }, title),
            ),
          ),
        ),
        kinds.map((kind) =>
          group(
            kind,
            inventory.components.filter((/** @type {any} */ part) => part.kind === kind),
          ),
        ),
      ),
    ),
    firmware(inventory.firmware),
  ];
}

/** @param {any} source */
function sourceLine({ source, first_collected_at: first, last_collected_at: last }) {
  return h(
    'li',
    { class: 'dim' },
    h('b', null, source),
    ' like this since ',
    when(first),
    first !== last && [', last seen ', when(last)],
  );
}

/** @param {string} kind @param {any[]} parts */
function group(kind, parts) {
  if (parts.length === 0) return null;
  return h(
    'tbody',
    null,
    h(
      'tr',
      { class: 'group' },
      h(
        'th',
        { colspan: 8, scope: 'rowgroup' },
        KIND_TITLES[kind] ?? kind,
        ' ',
        h('span', { class: 'dim' }, parts.length),
      ),
    ),
    parts.map((part) =>
      h(
        'tr',
        { class: part.health !== null && part.health !== 'OK' ? 'ill' : null },
        h('th', { scope: 'row' }, h('span', { class: 'clip', title: part.slot }, part.slot ?? UNKNOWN)),
        h('td', { 'data-title': 'Health' }, chip(part.health)),
        h(
          'td',
          { 'data-title': 'Model' },
          h('span', { class: 'clip', title: partName(part) }, partName(part) || UNKNOWN),
        ),
        h('td', { class: 'fact-list' }, factList(kind, part.attributes)),
        h('td', { class: 'wide', 'data-title': 'Part number' }, code(part.part_number)),
        h('td', { 'data-title': 'Serial' }, componentLink(part)),
        h('td', { 'data-title': 'Firmware' }, code(part.firmware)),
        h('td', { 'data-title': 'Since' }, since(part)),
      ),
    ),
  );
}

/** @param {any} part */
function since({ installed_after: after, installed_at: at }) {
  // Who was there at the first look may have been there for years.
  return [
    after === null && h('span', { class: 'dim', title: 'It was there when it was looked at for the first time' }, '≤ '),
    when(at, { only: 'age' }),
  ];
}

/** @param {string | null} text */
function code(text) {
  return text === null ? h('span', { class: 'dim' }, UNKNOWN) : h('code', { class: 'clip', title: text }, text);
}

/** @param {string} kind @param {Record<string, unknown>} attributes */
function factList(kind, attributes) {
  return Object.entries(attributes).map(([name, value]) => {
    const said = fact(kind, name, value);
    return h(
      'span',
      { class: 'fact', title: said.name },
      said.isPlain ? null : h('span', { class: 'dim' }, `${said.name} `),
      said.value,
    );
  });
}

/** First what people look for; then whatever else was said. */
const SYSTEM_FIRST = [
  'health',
  'powerState',
  'processorCount',
  'totalMemoryBytes',
  'biosVersion',
  'bmcFirmware',
  'hostName',
  'osName',
];
/** Stands at the head of the page. */
const SYSTEM_KNOWN = new Set(['manufacturer', 'model']);

/** @param {Record<string, unknown>} system */
function summary(system) {
  const names = [...new Set([...SYSTEM_FIRST, ...Object.keys(system).toSorted()])].filter(
    (name) => !SYSTEM_KNOWN.has(name) && system[name] !== null && system[name] !== undefined,
  );
  return h(
    'p',
    { class: 'fact-list' },
    names.map((name) => {
      const { name: title, value: text } = fact('system', name, system[name]);
      return h(
        'span',
        { class: 'fact' },
        h('span', { class: 'dim' }, title),
        ' ',
        name === 'health' ? chip(text) : text,
      );
    }),
  );
}

/** What may and may not be concluded from this inventory. @param {any} inventory */
function completeness({ sources, warnings = [] }) {
  const missing = notLookedAt(sources.flatMap((/** @type {any} */ { scope }) => scope));
  if (missing.length === 0 && warnings.length === 0)
    return h('p', { class: 'dim' }, 'All kinds of parts were looked at completely.');
  return h(
    'div',
    { class: 'notice' },
    missing.length > 0 &&
      h(
        'p',
        null,
        h('strong', null, 'Not looked at completely: '),
        missing.map((kind) => KIND_TITLES[kind] ?? kind).join(', '),
        '. That one of these is not listed does not mean that it is not there.',
      ),
    warnings.length > 0 &&
      h(
        'ul',
        null,
        warnings.map((/** @type {string} */ warning) => h('li', null, warning)),
      ),
  );
}

/** @param {{ id: string, name: string, version: string | null, updateable: boolean | null }[]} list */
function firmware(list) {
  if (list.length === 0) return null;
  return h(
    'details',
    { class: 'firmware', open: list.length <= 40 },
    h('summary', null, h('h2', null, 'Firmware ', h('small', null, list.length))),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        { class: 'stack' },
        h('caption', { class: 'hidden' }, 'Firmware'),
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            ['Name', 'Version', 'Updateable', 'Id'].map((title) =>
              h('th', { scope: 'col', class: title === 'Id' ? 'wide' : null }, title),
            ),
          ),
        ),
        h(
          'tbody',
          null,
          list.map(({ id, name, version, updateable }) =>
            h(
              'tr',
              null,
              h('th', { scope: 'row' }, name),
              h('td', null, code(version)),
              h('td', null, updateable === null ? UNKNOWN : yesNo(updateable)),
              h('td', { class: 'wide' }, h('code', { class: 'clip long dim', title: id }, id)),
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {boolean} value */
function yesNo(value) {
  return value ? 'yes' : 'no';
}
