import { h } from './h.js';
import { CONDITIONS } from './stock-asks.js';

/** What is true of all that is scanned. @param {Record<string, string>} kept what was said before; what is said now is kept there @param {() => HTMLElement} next where a scanner goes on */
export function receiveFields(kept, next) {
  const fields = {
    lot: text('lot', 'LOT', 'its code'),
    location: text('location', 'Warehouse or bin', 'its path, e.g. eu / ams1 / store / A3'),
    label: choice('label', 'What is scanned', [
      ['serial', 'serials'],
      ['barcode', 'barcodes stuck on by us'],
    ]),
    condition: choice(
      'condition',
      'Condition',
      CONDITIONS.map((one) => [one, one]),
    ),
    warranty_until: text('warranty_until', 'Warranty until', null, 'date'),
    supplier: text('supplier', 'Supplier'),
    purchase_order: text('purchase_order', 'Purchase order'),
  };
  return fields;

  /** @param {string} name @param {string} label @param {string | null} [hint] @param {string} [type] */
  function text(name, label, hint = null, type = 'text') {
    const input = h('input', {
      id: `receive-${name}`,
      type,
      maxlength: 1000,
      autocomplete: 'off',
      spellcheck: 'false',
    });
    return field(name, label, input, hint);
  }

  /** @param {string} name @param {string} label @param {(readonly [string, string])[]} options */
  function choice(name, label, options) {
    const input = h(
      'select',
      { id: `receive-${name}` },
      options.map(([value, words]) => h('option', { value }, words)),
    );
    return field(name, label, input, null);
  }

  /** @param {string} name @param {string} label @param {HTMLElement} node @param {string | null} hint */
  function field(name, label, node, hint) {
    const input = /** @type {HTMLInputElement} */ (node);
    if (kept[name] !== undefined) input.value = kept[name];
    input.addEventListener('change', () => void (kept[name] = input.value));
    // A scanner sends Enter after each label: it goes on, to the field for the parts at last.
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      kept[name] = input.value;
      (name === 'lot' ? fields.location.input : next()).focus();
    });
    const under = hint === null ? null : h('span', { class: 'dim' }, hint);
    return {
      input,
      node: h('p', { class: 'field' }, h('label', { for: input.id }, label), input, under),
      read: () => input.value.trim(),
    };
  }
}
