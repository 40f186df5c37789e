import { h } from './h.js';

/**
 * @template T
 * @typedef {{ title: string, cell(row: T): import('./h.js').Child, wide?: boolean, number?: boolean, head?: boolean }} Column
 * wide: left out on narrow screens. head: names the row.
 */

/**
 * A table whose rows are kept by key: a row is made anew only when its data changed. The roles are said, because on
 * narrow screens the rows are laid out as blocks, which would take the table's meaning away from screen readers.
 * @template T
 * @param {{ caption: string, columns: Column<T>[], key(row: T): string, tone?(row: T): string | undefined }} spec
 */
export function table({ caption, columns, key, tone }) {
  const body = /** @type {HTMLTableSectionElement} */ (h('tbody', { role: 'rowgroup' }));
  /** @type {Map<string, { signature: string, row: HTMLElement }>} */
  let shown = new Map();

  /** @param {T} row */
  function render(row) {
    return h(
      'tr',
      { class: tone?.(row), role: 'row' },
      columns.map((column) =>
        h(
          column.head ? 'th' : 'td',
          {
            class: classOf(column),
            scope: column.head ? 'row' : null,
            role: column.head ? 'rowheader' : 'cell',
            'data-title': column.title,
          },
          column.cell(row),
        ),
      ),
    );
  }

  return {
    node: h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        { role: 'table', class: 'stack' },
        h('caption', { class: 'hidden' }, caption),
        h(
          'thead',
          { role: 'rowgroup' },
          h(
            'tr',
            { role: 'row' },
            columns.map((column) =>
              h('th', { scope: 'col', role: 'columnheader', class: classOf(column) }, column.title),
            ),
          ),
        ),
        body,
      ),
    ),
    /** @param {T[]} rows */
    show(rows) {
      /** @type {typeof shown} */
      const next = new Map();
      for (const row of rows) {
        const signature = JSON.stringify(row);
        const before = shown.get(key(row));
        next.set(key(row), before?.signature === signature ? before : { signature, row: render(row) });
      }
      shown = next;
      const order = [...next.values()].map(({ row }) => row);
      if (order.length === body.children.length && order.every((row, index) => body.children[index] === row)) return;
      body.replaceChildren(...order);
    },
    /** Makes every row anew at the next show: something beside the data changed. */
    forget() {
      shown = new Map();
    },
  };
}

/** @param {{ wide?: boolean, number?: boolean }} column */
function classOf({ wide, number }) {
  return [wide && 'wide', number && 'number'].filter(Boolean).join(' ') || null;
}
