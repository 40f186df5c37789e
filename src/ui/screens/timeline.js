import { get } from './api.js';
import { h } from './h.js';
import { hrefWith } from './moment-form.js';
import { go } from './navigate.js';
import { problemBox } from './problem.js';
import { fromField, toField } from './moment.js';
import { subjectLink } from './subject-link.js';
import { readState } from './url-state.js';
import { when } from './when.js';

const PAGE = 50;
/** Fields of an entry's data that name somebody who has a screen. */
const OTHERS = { component_id: 'component', asset_id: 'asset', location_id: 'location' };

/**
 * What may be chosen, in the words of people; the API has more types than anybody wants to tick.
 * @type {Record<string, { title: string, types: string[] }>}
 */
const GROUPS = {
  parts: {
    title: 'Parts came and went',
    types: ['FIRST_SEEN', 'INSTALLED', 'STORED', 'MOVED', 'REMOVED', 'SLOT_CHANGED'],
  },
  firmware: { title: 'Firmware', types: ['FIRMWARE_CHANGED'] },
  failures: {
    title: 'Failures',
    types: [
      'component.failed',
      'component.failure_withdrawn',
      'health.critical_alert_raised',
      'health.warning_alert_raised',
    ],
  },
  conflicts: {
    title: 'Conflicts',
    types: ['CONFLICTING_SIGHTING', 'asset.merged', 'review.decided', 'review.decision_revoked'],
  },
  looks: { title: 'Collections', types: ['LOG_COLLECTED', 'asset.inspected', 'asset.inspection_requested'] },
  states: {
    title: 'States',
    types: ['asset.registered', 'asset.discovered', 'asset.state_changed', 'asset.updated', 'asset.placed'],
  },
  tickets: { title: 'Tickets', types: ['ticket.opened', 'ticket.moved', 'ticket.linked'] },
};

/**
 * What happened to something, newest first. What is new comes in above without moving what was loaded below it.
 * @param {{ path: string, about: string, groups: (keyof typeof GROUPS)[], signal: AbortSignal, momentLink?: string, empty: string }} spec
 * path: of the timeline at the API. about: whose it is. momentLink: how the screen's view as of an entry's moment is called.
 */
export function createTimeline({ path, about, groups, signal, momentLink, empty }) {
  /** @type {Map<string, { entry: any, node: HTMLElement }>} */
  const entries = new Map();
  const list = h('ol', { class: 'timeline' });
  const status = h('div', { role: 'status' });
  const older = /** @type {HTMLButtonElement} */ (
    h('button', { type: 'button', class: 'quiet', hidden: true, onclick: () => void loadOlder() }, 'Older …')
  );
  const filters = timelineFilters(groups);
  /** @type {string | null} */
  let next = null;
  let asked = '';

  /** @returns {Record<string, string>} */
  function query() {
    const state = readState(location.search, ['events', 'since', 'as_of', 'known_at']);
    const types = (state['events'] ?? '').split(',').flatMap((name) => GROUPS[name]?.types ?? []);
    const { since, as_of, known_at } = state;
    return {
      ...(types.length > 0 ? { type: types.join(',') } : {}),
      ...(since ? { since } : {}),
      ...(as_of ? { as_of } : {}),
      ...(known_at ? { known_at } : {}),
    };
  }

  /** @param {string | null} cursor */
  const page = (cursor) =>
    get(
      `${path}?${new URLSearchParams({ ...query(), limit: String(PAGE), ...(cursor === null ? {} : { cursor }) })}`,
      signal,
    );

  /** @param {any[]} items */
  function add(items) {
    for (const entry of items) {
      if (!entries.has(entry.id)) entries.set(entry.id, { entry, node: render(entry, { about, momentLink }) });
    }
    // Something may be told late, and belongs where it happened.
    const order = [...entries.values()]
      .toSorted((a, b) => compare(b.entry.timestamp, a.entry.timestamp) || compare(b.entry.id, a.entry.id))
      .map(({ node }) => node);
    if (order.length !== list.children.length || order.some((node, index) => list.children[index] !== node))
      list.replaceChildren(...order);
    older.hidden = next === null;
    const isFiltered = Object.keys(query()).length > 0;
    status.replaceChildren(
      ...(entries.size === 0
        ? [h('p', { class: 'empty' }, isFiltered ? 'Nothing of that happened in this time.' : empty)]
        : []),
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
      filters.node,
      list,
      status,
      older,
    ),
    async refresh() {
      filters.update();
      const mine = JSON.stringify(query());
      try {
        const { items, next: after } = await page(null);
        if (mine !== JSON.stringify(query())) return;
        const isSame =
          mine === asked && (entries.size === 0 || items.some((/** @type {any} */ entry) => entries.has(entry.id)));
        // Another question, or more happened than one page holds: begin anew rather than show a list with a hole.
        if (!isSame) entries.clear();
        if (!isSame || entries.size === 0) next = after;
        asked = mine;
        add(items);
      } catch (error) {
        if (!signal.aborted) status.replaceChildren(problemBox(error));
      }
    },
  };
}

/** @param {string[]} groups */
function timelineFilters(groups) {
  const boxes = groups.map((name) => {
    const id = `events-${name}`;
    const box = /** @type {HTMLInputElement} */ (h('input', { id, type: 'checkbox', onchange: apply }));
    return { name, box, node: h('label', { class: 'check', for: id }, box, GROUPS[name]?.title ?? name) };
  });
  const since = /** @type {HTMLInputElement} */ (h('input', { id: 'events-since', type: 'date', onchange: apply }));

  function apply() {
    const chosen = boxes.filter(({ box }) => box.checked).map(({ name }) => name);
    const day = since.value === '' ? undefined : fromField(`${since.value}T00:00`);
    const next = hrefWith({ events: chosen.join(',') || undefined, since: day });
    if (next !== location.pathname + location.search) go(next);
  }

  return {
    node: h(
      'div',
      { class: 'filters event-filters', role: 'group', 'aria-label': 'What the timeline shows' },
      boxes.map(({ node }) => node),
      h('label', { for: 'events-since' }, 'Since', since),
    ),
    update() {
      const state = readState(location.search, ['events', 'since']);
      const chosen = (state['events'] ?? '').split(',');
      for (const { name, box } of boxes) box.checked = chosen.includes(name);
      if (document.activeElement !== since) since.value = state['since'] ? toField(state['since']).slice(0, 10) : '';
    },
  };
}

/** @param {any} entry @param {{ about: string, momentLink?: string }} spec */
function render(
  { sentence, timestamp, actor, type, data, recorded_at: recordedAt, retracted_at: retractedAt },
  { about, momentLink },
) {
  const isLate = Date.parse(recordedAt) - Date.parse(timestamp) > 60_000;
  return h(
    'li',
    { class: retractedAt ? 'retracted' : null },
    h(
      'details',
      null,
      h('summary', null, when(timestamp), h('span', { class: 'sentence' }, sentence)),
      h(
        'p',
        { class: 'dim' },
        h('code', null, type),
        ` by ${actor}`,
        isLate && [', told ', when(recordedAt)],
        retractedAt && [', taken back ', when(retractedAt)],
      ),
      others(data, about),
      momentLink && h('p', null, h('a', { href: hrefWith({ as_of: timestamp }) }, momentLink)),
      h('pre', null, JSON.stringify(data, null, 2)),
    ),
  );
}

/** The others that it was about. @param {Record<string, unknown>} data @param {string} about */
function others(data, about) {
  const links = Object.entries(OTHERS).flatMap(([field, type]) => {
    const id = data[field];
    return typeof id === 'string' && id !== about ? [subjectLink(type, id)] : [];
  });
  if (links.length === 0) return null;
  return h(
    'p',
    null,
    'About ',
    links.flatMap((link, index) => (index === 0 ? [link] : [', ', link])),
  );
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
