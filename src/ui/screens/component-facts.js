import { chip } from './chip.js';
import { fact } from './facts.js';
import { UNKNOWN } from './format.js';
import { h } from './h.js';
import { partName } from './part-name.js';
import { placeLink } from './place-link.js';
import { when } from './when.js';

/** Who a part is: the head of its passport. @param {any} component */
export function componentFacts(component) {
  const { kind, serial, identity, lot, lot_missing: missing, readings } = component;
  const attributes = Object.entries(component.attributes);
  return [
    h(
      'dl',
      { class: 'facts' },
      pair('Now in', whereNow(component.where)),
      pair('Model', partName(component) || UNKNOWN),
      pair(
        'Serial',
        h('code', null, serial ?? UNKNOWN),
        identity === 'place' &&
          h('span', { class: 'dim' }, ' identifies nothing: the part is known by its slot, and never moves'),
      ),
      pair('Part no.', h('code', null, component.part_number ?? UNKNOWN)),
      pair('Vendor', component.vendor ?? UNKNOWN),
      pair('Firmware', h('code', null, component.firmware ?? UNKNOWN)),
      pair('Lot', lotOf(lot, missing)),
      pair('First seen', when(component.first_seen_at)),
    ),
    attributes.length > 0 && factLine('Facts', kind, attributes),
    readings !== null &&
      Object.keys(readings.values).length > 0 &&
      factLine('Counters', kind, Object.entries(readings.values), when(readings.collected_at)),
  ];
}

/** @param {string} name @param {...import('./h.js').Child} value */
function pair(name, ...value) {
  return h('div', null, h('dt', null, name), h('dd', null, value));
}

/** @param {any} where */
function whereNow(where) {
  if (where === null) return h('span', { class: 'dim' }, 'nobody knows where it is');
  return [
    placeLink(where),
    where.slot !== null && [', ', h('code', null, where.slot)],
    h('span', { class: 'dim' }, ' since '),
    when(where.since),
  ];
}

/** @param {any} lot @param {string | null} missing */
function lotOf(lot, missing) {
  if (lot !== null) {
    const by = lot.rule === 'person' ? 'chosen by a person' : `by the rule ${lot.rule}`;
    return h('a', { href: `/ui/components?lot=${encodeURIComponent(lot.id)}`, title: by }, lot.code);
  }
  if (missing === null || missing === '') return UNKNOWN;
  return [chip('no lot'), h('span', { class: 'dim' }, ` not known: ${missing.split(',').join(', ')}`)];
}

/** @param {string} title @param {string} kind @param {[string, unknown][]} entries @param {import('./h.js').Child} [more] */
function factLine(title, kind, entries, more) {
  return h(
    'dl',
    { class: 'fact-grid', 'aria-label': title },
    entries.map(([name, value]) => {
      const said = fact(kind, name, value);
      return h('div', null, h('dt', null, said.name), h('dd', null, said.value));
    }),
    more && h('div', null, h('dt', null, 'read'), h('dd', null, more)),
  );
}
