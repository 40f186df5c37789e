import { authorization, Problem } from './api.js';
import { h } from './h.js';
import { problemBox } from './problem.js';

/** A link could not send the key, so what is saved is fetched first. @param {string} path @param {string} name */
export async function saveFile(path, name) {
  const answer = await fetch(path, { cache: 'no-store', headers: authorization() });
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({}));
    throw new Problem({
      status: answer.status,
      title: said.title ?? `The hub answered ${answer.status}`,
      detail: said.detail ?? 'The file did not come.',
      requestId: answer.headers.get('x-request-id'),
    });
  }
  const url = URL.createObjectURL(await answer.blob());
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** @param {{ text: string, title: string, path(): string, name(): string }} spec */
export function saveButton({ text, title, path, name }) {
  const status = h('span', { class: 'dim', role: 'status' });
  const button = /** @type {HTMLButtonElement} */ (
    h('button', { type: 'button', class: 'quiet', title, onclick: () => void run() }, text)
  );

  async function run() {
    button.disabled = true;
    status.replaceChildren('coming …');
    try {
      await saveFile(path(), name());
      status.replaceChildren();
    } catch (error) {
      status.replaceChildren(problemBox(error));
    } finally {
      button.disabled = false;
    }
  }

  return h('span', { class: 'tool' }, button, ' ', status);
}

/** All rows of a list as the API writes them. @param {string} path @param {string} name @param {() => Record<string, string>} query */
export function csvButton(path, name, query) {
  return saveButton({
    text: 'Export CSV',
    title: 'All rows that the filters let through, as a table file',
    path: () => `${path}?${new URLSearchParams({ ...query(), format: 'csv' })}`,
    name: () => `${name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.csv`,
  });
}
