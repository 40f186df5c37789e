import { h } from './h.js';

/**
 * @template T
 * @typedef {{ title: string, cell(row: T): import('./h.js').Child, wide?: boolean, number?: boolean, head?: boolean, sort?: string }} Column
 * wide: left out on narrow screens. head: names the row. sort: the name by which the list can be sorted by it.
 */

/**
 * A table whose rows are kept by key: a row is made anew only when its data changed. The roles are said, because on
 * narrow screens the rows are laid out as blocks, which would take the table's meaning away from screen readers.
 * @template T
 * @param {{ caption: string, columns: Column<T>[], key(row: T): string, tone?(row: T): string | undefined, sorted?(): string, sortHref?(sort: string): string }} spec
 * sorted: by what it is sorted now, `-` before it: descending.
 */
export function table({ caption, columns, key, tone, sorted, sortHref }) {
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

  const heads = columns.map((column) =>
    h('th', { scope: 'col', role: 'columnheader', class: classOf(column) }, column.title),
  );

  return {
    node: h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        { role: 'table', class: 'stack' },
        h('caption', { class: 'hidden' }, caption),
        h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, heads)),
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
    /** The heads of columns as links that sort; a second click turns the order round. */
    showOrder() {
      if (!sorted || !sortHref) return;
      const now = sorted();
      for (const [index, { sort, title }] of columns.entries()) {
        const head = heads[index];
        if (sort === undefined || head === undefined) continue;
        const arrow = { [sort]: ' ▲', [`-${sort}`]: ' ▼' }[now] ?? '';
        head.replaceChildren(
          h(
            'a',
            { href: sortHref(now === sort ? `-${sort}` : sort), title: `Sort by ${title.toLowerCase()}` },
            `${title}${arrow}`,
          ),
        );
        if (arrow === '') head.removeAttribute('aria-sort');
        else head.setAttribute('aria-sort', now === sort ? 'ascending' : 'descending');
      }
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
