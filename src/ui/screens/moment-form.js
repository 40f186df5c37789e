import { h } from './h.js';
import { fromField, toField } from './moment.js';
import { go } from './navigate.js';
import { readState, toSearch } from './url-state.js';

/**
 * Moments that a screen is looked at from. They stand in the address, so that a view can be sent to somebody.
 * @param {{ label: string, fields: { name: string, label: string, hint: string }[], action: string }} spec
 */
export function momentForm({ label, fields, action }) {
  const controls = fields.map(({ name, label: text, hint }) => {
    const id = `moment-${name}`;
    const input = /** @type {HTMLInputElement} */ (h('input', { id, type: 'datetime-local', step: 1, title: hint }));
    return { name, input, node: h('label', { for: id, title: hint }, text, input), shown: '', said: '' };
  });
  const back = h('a', { hidden: true }, 'back to now');
  const form = h(
    'form',
    { class: 'filters moments', 'aria-label': label, onsubmit: apply },
    controls.map(({ node }) => node),
    h('button', { type: 'submit' }, action),
    back,
  );

  /** @param {Event} event */
  function apply(event) {
    event.preventDefault();
    const said = controls.map((one) => {
      // The field is coarser than the address: what nobody touched stays as exact as it was.
      const value = one.input.value === one.shown ? one.said : fromField(one.input.value);
      return [one.name, value];
    });
    move(Object.fromEntries(said));
  }

  return {
    node: form,
    /** Shows what the address says. */
    update() {
      const state = readState(
        location.search,
        fields.map(({ name }) => name),
      );
      for (const one of controls) {
        one.said = state[one.name] ?? '';
        one.shown = one.said === '' ? '' : toField(one.said);
        one.input.value = one.shown;
      }
      back.hidden = Object.keys(state).length === 0;
      back.setAttribute('href', hrefWith(Object.fromEntries(fields.map(({ name }) => [name, undefined]))));
    },
  };
}

/** @param {Record<string, string | undefined>} changes */
function move(changes) {
  const next = hrefWith(changes);
  if (next !== location.pathname + location.search) go(next);
}

/** This screen with something else in its address. @param {Record<string, string | undefined>} changes */
export function hrefWith(changes) {
  return location.pathname + toSearch({ ...Object.fromEntries(new URLSearchParams(location.search)), ...changes });
}
