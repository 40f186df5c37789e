import { chip } from './chip.js';
import { fact } from './facts.js';
import { UNKNOWN } from './format.js';
import { h } from './h.js';
import { KINDS, KIND_TITLES } from './part-kinds.js';
import { when } from './when.js';

/** What was last seen in a server. @param {any | null} inventory null: nobody has looked yet */
export function assetParts(inventory) {
  if (inventory === null) {
    return [
      h('h2', null, 'Parts'),
      h(
        'p',
        { class: 'empty' },
        'Nobody has looked into this server yet. That happens by itself when it is discovered; “Inspect again” asks for it now.',
      ),
    ];
  }
  const kinds = [...new Set([...KINDS, ...inventory.components.map((/** @type {any} */ part) => part.kind)])];
  return [
    h(
      'h2',
      null,
      'Parts ',
      h(
        'small',
        null,
        `over ${inventory.source}, like this since `,
        when(inventory.first_collected_at),
        ', last seen ',
        when(inventory.last_collected_at),
      ),
    ),
    summary(inventory.system, inventory.manager),
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
            ['Slot', 'Health', 'Model', 'Facts', 'Part number', 'Serial', 'Firmware'].map((title) =>
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
        { colspan: 7, scope: 'rowgroup' },
        KIND_TITLES[kind] ?? kind,
        ' ',
        h('span', { class: 'dim' }, parts.length),
      ),
    ),
    parts.map((part) =>
      h(
        'tr',
        { class: part.health !== null && part.health !== 'OK' ? 'ill' : null },
        h('th', { scope: 'row' }, h('span', { class: 'clip', title: part.slot }, part.slot)),
        h('td', { 'data-title': 'Health' }, chip(part.health)),
        h('td', { 'data-title': 'Model' }, h('span', { class: 'clip', title: named(part) }, named(part) || UNKNOWN)),
        h('td', { class: 'fact-list' }, factList(kind, part.attributes)),
        h('td', { class: 'wide', 'data-title': 'Part number' }, code(part.part_number)),
        h('td', { 'data-title': 'Serial' }, code(part.serial)),
        h('td', { 'data-title': 'Firmware' }, code(part.firmware)),
      ),
    ),
  );
}

/** @param {any} part */
function named(part) {
  const { manufacturer, model } = part;
  if (manufacturer && model && model.toLowerCase().startsWith(manufacturer.toLowerCase())) return model;
  return [manufacturer, model].filter(Boolean).join(' ');
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

/** @param {Record<string, any>} system @param {Record<string, any>} manager */
function summary(system, manager) {
  const said = [
    ...Object.entries({
      health: system.health,
      processorCount: system.processorCount,
      totalMemoryBytes: system.totalMemoryBytes,
      biosVersion: system.biosVersion,
      hostName: system.hostName,
      sku: system.sku,
    }),
    ...Object.entries({ bmcFirmware: manager.firmware, redfishVersion: manager.redfishVersion }),
  ].filter(([, value]) => value !== null && value !== undefined);
  return h(
    'p',
    { class: 'fact-list' },
    said.map(([name, value]) => {
      const { name: title, value: text } = fact('system', name, value);
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
function completeness({ scope, warnings }) {
  const missing = KINDS.filter((kind) => !scope.includes(kind));
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
