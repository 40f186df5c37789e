import { get } from './api.js';
import { h } from './h.js';
import { problemBox } from './problem.js';
import { when } from './when.js';

const PAGE = 50;

/**
 * What happened to a server, newest first. What is new comes in above without moving what was loaded below it.
 * @param {string} assetId
 * @param {AbortSignal} signal
 */
export function assetTimeline(assetId, signal) {
  /** @type {Map<string, { entry: any, node: HTMLElement }>} */
  const entries = new Map();
  const list = h('ol', { class: 'timeline' });
  const status = h('div', { role: 'status' });
  const older = /** @type {HTMLButtonElement} */ (
    h('button', { type: 'button', class: 'quiet', hidden: true, onclick: () => void loadOlder() }, 'Older …')
  );
  /** @type {string | null} */
  let next = null;

  /** @param {string | null} cursor */
  const page = (cursor) =>
    get(
      `/v1/assets/${assetId}/timeline?${new URLSearchParams({ limit: String(PAGE), ...(cursor === null ? {} : { cursor }) })}`,
      signal,
    );

  /** @param {any[]} items */
  function add(items) {
    for (const entry of items) {
      if (!entries.has(entry.id)) entries.set(entry.id, { entry, node: render(entry) });
    }
    // Something may be told late, and belongs where it happened.
    const order = [...entries.values()]
      .toSorted((a, b) => compare(b.entry.timestamp, a.entry.timestamp) || compare(b.entry.id, a.entry.id))
      .map(({ node }) => node);
    if (order.length !== list.children.length || order.some((node, index) => list.children[index] !== node))
      list.replaceChildren(...order);
    older.hidden = next === null;
    status.replaceChildren(
      ...(entries.size === 0 ? [h('p', { class: 'empty' }, 'Nothing has happened to it yet.')] : []),
    );
  }

  async function loadOlder() {
    older.disabled = true;
    try {
      const { items, next: after } = await page(next);
      next = after;
      add(items);
    } catch (error) {
      if (!signal.aborted) status.replaceChildren(problemBox(error, () => void loadOlder()));
    } finally {
      older.disabled = false;
    }
  }

  return {
    node: h(
      'section',
      { class: 'history', 'aria-labelledby': 'history-title' },
      h('h2', { id: 'history-title' }, 'Timeline'),
      list,
      status,
      older,
    ),
    async refresh() {
      try {
        const { items, next: after } = await page(null);
        const isAttached = entries.size === 0 || items.some((/** @type {any} */ entry) => entries.has(entry.id));
        // More happened than one page holds: begin anew rather than show a list with a hole.
        if (!isAttached) entries.clear();
        if (!isAttached || entries.size === 0) next = after;
        add(items);
      } catch (error) {
        if (!signal.aborted) status.replaceChildren(problemBox(error));
      }
    },
  };
}

/** @param {any} entry */
function render({ sentence, timestamp, actor, type, data, recorded_at: recordedAt }) {
  const isLate = Date.parse(recordedAt) - Date.parse(timestamp) > 60_000;
  return h(
    'li',
    null,
    h(
      'details',
      null,
      h('summary', null, when(timestamp), h('span', { class: 'sentence' }, sentence)),
      h('p', { class: 'dim' }, h('code', null, type), ` by ${actor}`, isLate && [', told ', when(recordedAt)]),
      h('pre', null, JSON.stringify(data, null, 2)),
    ),
  );
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
