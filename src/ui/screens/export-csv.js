import { pages } from './api.js';
import { toCsv } from './csv.js';
import { h } from './h.js';
import { problemBox } from './problem.js';

/**
 * A button that fetches all rows of a list, page after page, and hands them over as a file.
 * @param {{ path: string, name: string, query(): Record<string, string>, columns: [string, (row: any) => unknown][] }} spec
 */
export function exportButton({ path, name, query, columns }) {
  const button = /** @type {HTMLButtonElement} */ (
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        title: 'All rows that the filters let through, as a table file',
        onclick: () => void run(),
      },
      'Export CSV',
    )
  );
  const status = h('span', { class: 'dim', role: 'status' });

  async function run() {
    button.disabled = true;
    try {
      /** @type {unknown[][]} */
      const rows = [columns.map(([title]) => title)];
      for await (const items of pages(path, query())) {
        for (const row of items) rows.push(columns.map(([, read]) => read(row)));
        status.textContent = `${rows.length - 1} rows …`;
      }
      save(toCsv(rows), `${name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.csv`);
      status.textContent = `${rows.length - 1} rows`;
    } catch (error) {
      status.replaceChildren(problemBox(error));
    } finally {
      button.disabled = false;
    }
  }

  return h('span', { class: 'tool' }, button, ' ', status);
}

/** @param {string} text @param {string} name */
function save(text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
