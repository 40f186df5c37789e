import { newIdempotencyKey, Problem } from './api.js';
import { h } from './h.js';
import { problemBox } from './problem.js';

/**
 * @typedef {{ name: string, label: string, kind?: 'text' | 'password' | 'number' | 'date' | 'area' | 'choice', options?: readonly (readonly [string, string])[], required?: boolean, value?: string | null, hint?: string, max?: number, scan?: boolean }} Field
 * scan: a scanner may type into it; its Enter goes on to the next field and sends nothing.
 */

/**
 * Asks in a dialog, sends, and stays open with what the API says against it. Trying the same once more carries the same
 * Idempotency-Key, so an answer that got lost does no harm.
 * @template T
 * @param {{ title: string, text?: import('./h.js').Child, fields: Field[], action: string, leave?: string, send(values: Record<string, string | number | null>, idempotencyKey: string): Promise<T> }} question
 * @returns {Promise<{ answer: T } | undefined>} undefined: nothing was done
 */
export function ask({ title, text, fields, action, leave = 'Cancel', send }) {
  return new Promise((resolve) => {
    /** @type {{ answer: T } | undefined} */
    let outcome;
    let sent = { body: '', key: '' };
    const faults = h('div', null);
    const controls = fields.map(control);
    const submit = /** @type {HTMLButtonElement} */ (h('button', { type: 'submit', class: 'main' }, action));
    const form = /** @type {HTMLFormElement} */ (
      h(
        'form',
        { onsubmit: (/** @type {Event} */ event) => void trySend(event) },
        h('h2', { id: 'ask-title' }, title),
        text && h('p', null, text),
        controls.map(({ node }) => node),
        faults,
        h('div', { class: 'actions' }, h('button', { type: 'button', onclick: () => dialog.close() }, leave), submit),
      )
    );
    const dialog = /** @type {HTMLDialogElement} */ (h('dialog', { 'aria-labelledby': 'ask-title' }, form));

    /** @param {Event} event */
    async function trySend(event) {
      event.preventDefault();
      if (submit.disabled) return;
      const values = Object.fromEntries(controls.map(({ field, read }) => [field.name, read()]));
      const body = JSON.stringify(values);
      if (sent.body !== body) sent = { body, key: newIdempotencyKey() };
      submit.disabled = true;
      submit.setAttribute('aria-busy', 'true');
      for (const one of controls) one.complain(null);
      faults.replaceChildren();
      try {
        outcome = { answer: await send(values, sent.key) };
        dialog.close();
      } catch (error) {
        showFaults(error);
      } finally {
        submit.disabled = false;
        submit.removeAttribute('aria-busy');
      }
    }

    /** @param {unknown} error */
    function showFaults(error) {
      const named = error instanceof Problem ? error.errors : [];
      for (const one of controls) {
        // What is within the body, too: /replacement/lot.
        const fault = named.find(({ field }) => field.split('/').at(-1) === one.field.name);
        if (fault) one.complain(fault.message);
      }
      faults.replaceChildren(problemBox(error));
      faults.scrollIntoView({ block: 'nearest' });
    }

    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(outcome);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** @param {Field} field */
function control(field) {
  const { name, label, kind = 'text', options = [], required = false, value, hint, max = 200, scan = false } = field;
  const id = `ask-${name}`;
  const input = /** @type {HTMLInputElement} */ (
    kind === 'choice'
      ? h(
          'select',
          { id, name, required },
          options.map(([one, text]) => h('option', { value: one }, text)),
        )
      : h(kind === 'area' ? 'textarea' : 'input', {
          id,
          name,
          required,
          rows: kind === 'area' ? 3 : null,
          type: kind === 'area' ? null : kind,
          step: kind === 'number' ? '0.5' : null,
          min: kind === 'number' ? '0.5' : null,
          max: kind === 'number' ? '100' : null,
          maxlength: kind === 'number' ? null : max,
          autocomplete: kind === 'password' ? 'new-password' : 'off',
          spellcheck: kind === 'area' ? null : 'false',
          onkeydown: scan && toNext,
        })
  );
  input.value = value ?? options[0]?.[0] ?? '';
  const fault = h('span', { class: 'fault', id: `${id}-fault` });
  return {
    field,
    node: h(
      'p',
      { class: 'field' },
      h('label', { for: id }, label, !required && h('span', { class: 'dim' }, ' (optional)')),
      input,
      hint && h('span', { class: 'dim' }, hint),
      fault,
    ),
    /** @returns {string | number | null} */
    read() {
      if (input.value.trim() === '') return null;
      if (kind === 'number') return Number(input.value);
      return kind === 'password' ? input.value : input.value.trim();
    },
    /** @param {string | null} message */
    complain(message) {
      fault.textContent = message ?? '';
      if (message === null) input.removeAttribute('aria-invalid');
      else input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', fault.id);
    },
  };
}

/** @param {KeyboardEvent} event */
function toNext(event) {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (event.currentTarget);
  const all = [...(input.form?.elements ?? [])];
  /** @type {HTMLElement | undefined} */ (all[all.indexOf(input) + 1])?.focus();
}

/** A button that is only there for those who may: without the scope it says why not. @param {string} text @param {string | undefined} whyNot @param {() => void} act @param {string} [label] */
export function actionButton(text, whyNot, act, label) {
  return h(
    'button',
    { type: 'button', disabled: whyNot !== undefined, title: whyNot, 'aria-label': label, onclick: act },
    text,
  );
}
