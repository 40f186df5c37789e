import { get } from './api.js';
import { knowNames } from './asset-names.js';
import { words } from './format.js';
import { h } from './h.js';
import { problemBox } from './problem.js';
import { splitSubject, subjectLink } from './subject-link.js';
import { when } from './when.js';

const PAGE = 100;
/** More than this are not kept on the screen. */
const KEPT = 2000;

/** Everything that happens, as it happens, newest first. @param {() => number | undefined} livePlace place in the feed that the stream has come to */
export async function eventsPage(livePlace) {
  const body = h('tbody', null);
  const status = h('div', { role: 'status' });
  const older = /** @type {HTMLButtonElement} */ (
    h('button', { type: 'button', class: 'quiet', hidden: true, onclick: () => void loadOlder() }, 'Older …')
  );
  /** @type {Map<number, HTMLElement>} */
  const rows = new Map();
  let oldest = Infinity;
  const control = new AbortController();

  /** @param {any[]} events */
  function add(events) {
    for (const event of events) {
      const place = Number(event.sequence);
      if (rows.has(place)) continue;
      rows.set(place, render(event));
    }
    const order = [...rows.keys()].toSorted((a, b) => b - a);
    for (const place of order.splice(KEPT)) rows.delete(place);
    body.replaceChildren(...order.flatMap((place) => rows.get(place) ?? []));
    status.replaceChildren(
      ...(rows.size === 0 ? [h('p', { class: 'empty' }, 'Nothing has happened yet. It appears here by itself.')] : []),
    );
    older.hidden = oldest <= 1 || rows.size >= KEPT;
  }

  /** The API reads forwards from a place, so a page back is a window of places before the oldest. @param {number} end */
  async function loadBefore(end) {
    const after = Math.max(0, end - 1 - PAGE);
    const { items } = await get(
      `/v1/events?${new URLSearchParams({ after: String(after), limit: String(PAGE) })}`,
      control.signal,
    );
    await knowNames(items.map(assetOf), control.signal);
    oldest = rows.size === 0 ? after + 1 : Math.min(oldest, after + 1);
    add(items.filter((/** @type {any} */ event) => Number(event.sequence) < end));
  }

  async function loadOlder() {
    older.disabled = true;
    try {
      await loadBefore(oldest);
    } catch (error) {
      if (!control.signal.aborted) status.replaceChildren(problemBox(error, () => void loadOlder()));
    } finally {
      older.disabled = false;
    }
  }

  async function loadNewest() {
    try {
      const end = (livePlace() ?? (await lastPlace(control.signal))) + 1;
      // After a long pause what stands here would stand below a hole.
      if (Math.max(0, ...rows.keys()) < end - 1 - PAGE) rows.clear();
      await loadBefore(end);
    } catch (error) {
      if (!control.signal.aborted) status.replaceChildren(problemBox(error, () => void loadNewest()));
    }
  }

  await loadNewest();
  return {
    title: 'Events',
    body: h(
      'div',
      null,
      h('h1', { tabindex: -1 }, 'Events'),
      status,
      h(
        'div',
        { class: 'scroll' },
        h(
          'table',
          { class: 'stack' },
          h('caption', { class: 'hidden' }, 'Events, newest first'),
          h(
            'thead',
            null,
            h(
              'tr',
              null,
              ['Time', 'What', 'About', 'Data', 'Place'].map((title) =>
                h('th', { scope: 'col', class: title === 'Place' ? 'wide number' : null }, title),
              ),
            ),
          ),
          body,
        ),
      ),
      older,
    ),
    refresh: () => void loadNewest(),
    onEvent: (/** @type {any} */ event) =>
      void knowNames([assetOf(event)], control.signal).then(() => control.signal.aborted || add([event])),
    leave: () => control.abort(),
  };
}

/** Without the stream there is no short way to the end of the feed: walk there. @param {AbortSignal} signal */
async function lastPlace(signal) {
  for (let after = 0; ;) {
    const { items, next } = await get(
      `/v1/events?${new URLSearchParams({ after: String(after), limit: '1000' })}`,
      signal,
    );
    if (items.length < 1000) return next;
    after = next;
  }
}

/** @param {any} event */
function assetOf(event) {
  const { type, id } = splitSubject(event.subject);
  return type === 'asset' ? id : null;
}

/** @param {any} event */
function render(event) {
  const type = event.type.replace(/^com\.baremetal\./, '');
  const { type: about, id } = splitSubject(event.subject);
  const line = Object.entries(event.data)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${words(name)} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
  return h(
    'tr',
    null,
    h('td', null, when(event.time)),
    h('th', { scope: 'row', title: type }, words(type)),
    h('td', null, subjectLink(about, id)),
    h(
      'td',
      null,
      h(
        'details',
        { class: 'more' },
        h('summary', null, h('span', { class: 'clip long' }, line)),
        h('pre', null, JSON.stringify(event, null, 2)),
      ),
    ),
    h('td', { class: 'wide number dim' }, Number(event.sequence)),
  );
}
