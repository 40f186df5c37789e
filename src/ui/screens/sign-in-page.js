import { Problem } from './api.js';
import { h } from './h.js';
import { problemBox } from './problem.js';
import { remember } from './session.js';

/** Asks for an API key. @param {Problem | undefined} refusal why the last key is no good */
export function signInPage(refusal) {
  const input = /** @type {HTMLInputElement} */ (
    h('input', {
      id: 'key',
      name: 'key',
      type: 'password',
      required: true,
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: 'hub_…',
      'aria-describedby': 'key-hint',
    })
  );
  const faults = h('div', null, refusal ? problemBox(refusal) : null);
  const submit = /** @type {HTMLButtonElement} */ (h('button', { type: 'submit', class: 'main' }, 'Sign in'));

  /** @param {Event} event */
  async function signIn(event) {
    event.preventDefault();
    const key = input.value.trim();
    submit.disabled = true;
    faults.replaceChildren();
    try {
      await tryKey(key);
      remember(key);
    } catch (error) {
      faults.replaceChildren(problemBox(error));
      input.select();
    } finally {
      submit.disabled = false;
    }
  }

  const body = h(
    'form',
    { class: 'sign-in', onsubmit: (/** @type {Event} */ event) => void signIn(event) },
    h('h1', null, 'Sign in'),
    h('p', { class: 'field' }, h('label', { for: 'key' }, 'API key'), input),
    h(
      'p',
      { class: 'dim', id: 'key-hint' },
      'The key stays in this browser until its tabs are closed. Whoever runs the hub makes one with ',
      h('code', null, 'reanimator api-keys create'),
      '.',
    ),
    faults,
    submit,
  );
  return { title: 'Sign in', body, focus: input };
}

/** A key that may read something else than servers is a key too: only 401 is a refusal here. @param {string} key */
async function tryKey(key) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch('/v1/assets?limit=1', {
      cache: 'no-store',
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new Problem({
      status: 0,
      title: 'The hub does not answer',
      detail: 'No connection to the hub, or the key has characters that no key has. Try again.',
    });
  }
  if (answer.ok || answer.status === 403) return;
  const said = await answer.json().catch(() => ({}));
  throw new Problem({
    status: answer.status,
    title: said.title ?? `The hub answered ${answer.status}`,
    detail: said.detail ?? 'Try again.',
    requestId: answer.headers.get('x-request-id'),
  });
}
