import { get } from './api.js';
import { knowNames } from './asset-names.js';
import { h } from './h.js';
import { go } from './navigate.js';
import { problemBox } from './problem.js';
import { soon } from './soon.js';
import { table } from './table.js';
import { readState, toSearch, withFilter } from './url-state.js';

const PAGE = 100;

/**
 * @typedef {{ name: string, api: string, label: string, options?: readonly (string | readonly [string, string])[], check?: string, hidden?: boolean, none?: string }} Filter
 * `name` in the address, `api` in the query. options: a choice, none: its first, which is no filter; check: a box with this value; else text. hidden: only there when it is set
 * (links set it).
 */

/**
 * A filtered list of the API whose whole state is in the address.
 * @template T
 * @param {{
 *   path: string, title: string, cursor?: string, filters: Filter[], fixed?: Record<string, string>, columns: import('./table.js').Column<T>[],
 *   key(row: T): string, tone?(row: T): string | undefined, empty: import('./h.js').Child, tools?: import('./h.js').Child,
 *   assetOf?(row: T): string | null | string[], onRows?(rows: T[]): void, sort?: { first: string },
 * }} spec
 * assetOf: the server (or servers) that a row is about, so that its name can be shown. sort: the API sorts; what it does when it is not told how.
 */
export function createList(spec) {
  const { path, filters, cursor = 'cursor', fixed = {} } = spec;
  const names = [...filters.map(({ name }) => name), ...(spec.sort ? ['sort'] : []), cursor];
  const rows = table({
    caption: spec.title,
    columns: spec.columns,
    key: spec.key,
    ...(spec.tone ? { tone: spec.tone } : {}),
    ...(spec.sort ? { sorted: () => readState(search, names)['sort'] ?? spec.sort?.first ?? '', sortHref } : {}),
  });
  const controls = filters.map(filterControl);
  const clear = h('a', { class: 'clear', hidden: true }, 'clear filters');
  const form = h(
    'form',
    { class: 'filters', onsubmit: applyFilters, onchange: applyFilters },
    controls.map(({ node }) => node),
    clear,
    spec.tools ?? null,
  );
  const status = h('div', { role: 'status' });
  const pager = h('nav', { class: 'pager', 'aria-label': `Pages of ${spec.title}` });
  const refresher = soon(load);
  /** @type {AbortController | undefined} */
  let running;
  let search = location.search;

  /** @param {Event} event */
  function applyFilters(event) {
    event.preventDefault();
    const next =
      location.pathname +
      withFilter(location.search, Object.fromEntries(controls.map((one) => [one.name, one.read()])), cursor);
    if (next !== location.pathname + location.search) go(next);
  }

  /** @returns {Record<string, string>} what the API is asked, but for the page */
  function query() {
    const state = readState(search, names);
    return {
      ...fixed,
      ...(spec.sort && state['sort'] !== undefined ? { sort: state['sort'] } : {}),
      ...Object.fromEntries(
        filters.flatMap(({ name, api }) => (state[name] === undefined ? [] : [[api, state[name]]])),
      ),
    };
  }

  async function load() {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    const state = readState(search, names);
    const at = state[cursor];
    try {
      const page = await get(
        `${path}?${new URLSearchParams({ ...query(), limit: String(PAGE), ...(at === undefined ? {} : { cursor: at }) })}`,
        mine.signal,
      );
      if (spec.assetOf) await knowNames(page.items.flatMap(spec.assetOf), mine.signal);
      if (mine.signal.aborted) return;
      showRows(page.items, page.next, state);
    } catch (error) {
      if (mine.signal.aborted) return;
      status.replaceChildren(problemBox(error, () => void load()));
    }
  }

  /** @param {T[]} items @param {string | null} next @param {import('./url-state.js').State} state */
  function showRows(items, next, state) {
    rows.show(items);
    rows.showOrder();
    rows.node.hidden = items.length === 0;
    const isFiltered = filters.some(({ name }) => state[name] !== undefined);
    const nothing = isFiltered
      ? h('p', { class: 'empty' }, 'Nothing matches these filters. ', h('a', { href: clearHref() }, 'Clear them'), '.')
      : h('div', { class: 'empty' }, spec.empty);
    status.replaceChildren(...(items.length === 0 ? [nothing] : []));
    pager.hidden = items.length === 0 && state[cursor] === undefined;
    pager.replaceChildren(
      h(
        'span',
        { class: 'dim' },
        items.length === 0
          ? ''
          : `${items.length} ${items.length === 1 ? 'row' : 'rows'}${next === null ? '' : ', more follow'}`,
      ),
      ...(state[cursor] === undefined ? [] : [h('a', { href: hrefAt(undefined) }, '← First page')]),
      ...(next === null ? [] : [h('a', { href: hrefAt(next), rel: 'next' }, 'Next page →')]),
    );
    spec.onRows?.(items);
  }

  /** @param {string} sort */
  function sortHref(sort) {
    return location.pathname + withFilter(search, { sort: sort === spec.sort?.first ? undefined : sort }, cursor);
  }

  /** @param {string | undefined} at */
  function hrefAt(at) {
    return location.pathname + toSearch({ ...Object.fromEntries(new URLSearchParams(search)), [cursor]: at });
  }

  function clearHref() {
    return (
      location.pathname + withFilter(search, Object.fromEntries(filters.map(({ name }) => [name, undefined])), cursor)
    );
  }

  return {
    node: h('div', { class: 'list' }, filters.length > 0 || spec.tools ? form : null, status, rows.node, pager),
    query,
    /** Shows what the address says now. */
    async update() {
      search = location.search;
      const state = readState(search, names);
      for (const one of controls) one.write(state[one.name] ?? '');
      clear.hidden = !filters.some(({ name }) => state[name] !== undefined);
      clear.setAttribute('href', clearHref());
      await load();
    },
    /** Reads again, but not more often than people can look. */
    refresh: refresher.ask,
    redraw() {
      rows.forget();
      refresher.ask();
    },
    stop() {
      refresher.stop();
      running?.abort();
    },
  };
}

/** @param {Filter} filter */
function filterControl({ name, label, options, check, hidden = false, none = 'all' }) {
  const id = `filter-${name}`;
  if (check !== undefined) {
    const box = /** @type {HTMLInputElement} */ (h('input', { id, type: 'checkbox' }));
    return {
      name,
      node: h('label', { class: 'check', for: id }, box, label),
      read: () => (box.checked ? check : undefined),
      write: (/** @type {string} */ value) => void (box.checked = value === check),
    };
  }
  const input = /** @type {HTMLInputElement | HTMLSelectElement} */ (
    options
      ? h('select', { id }, h('option', { value: '' }, none), options.map(choice))
      : h('input', { id, type: 'text', maxlength: 100, size: 12, spellcheck: 'false', autocomplete: 'off' })
  );
  const node = h('label', { for: id, hidden }, label, input);
  return {
    name,
    node,
    read: () => input.value.trim() || undefined,
    write(/** @type {string} */ value) {
      node.hidden = hidden && value === '';
      if (document.activeElement === input && input instanceof HTMLInputElement) return;
      input.value = value;
    },
  };
}

/** @param {string | readonly [string, string]} option */
function choice(option) {
  const [value, text] = typeof option === 'string' ? [option, option.replaceAll('_', ' ')] : option;
  return h('option', { value }, text);
}
