import { get, Problem } from './api.js';
import { casesAbout } from './cases-about.js';
import { componentFacts } from './component-facts.js';
import { h, slot } from './h.js';
import { lifeLine, MARKED } from './life-line.js';
import { momentForm } from './moment-form.js';
import { KIND_NAMES } from './part-kinds.js';
import { partName } from './part-name.js';
import { placeLink } from './place-link.js';
import { problemBox } from './problem.js';
import { soon } from './soon.js';
import { stayTable } from './stay-table.js';
import { createTimeline } from './timeline.js';
import { readState } from './url-state.js';

const CLOCKS = ['as_of', 'known_at'];
/** More marks would not be told apart anyway. */
const MARKS_AT_MOST = 1000;

/** The passport of a part. @param {string} id */
export async function componentPage(id) {
  const control = new AbortController();
  const { signal } = control;
  const path = `/v1/components/${id}`;
  const title = h('h1', { tabindex: -1 });
  const faults = h('div', null);
  const facts = slot(h('div', null), componentFacts);
  const clocks = momentForm({
    label: 'Time machine',
    fields: [
      { name: 'as_of', label: 'As of', hint: 'What had happened to it by then' },
      {
        name: 'known_at',
        label: 'As we knew it on',
        hint: 'What the hub believed then, without what became known later',
      },
    ],
    action: 'Show',
  });
  const then = h('div', { role: 'status' });
  const life = h('div', null);
  const stays = slot(h('section', { class: 'stays' }), stayTable);
  const timeline = createTimeline({
    path: `${path}/timeline`,
    about: id,
    groups: ['parts', 'firmware', 'failures', 'conflicts', 'tickets'],
    signal,
    momentLink: 'Its life as of then',
    empty: 'Nothing has happened to it yet.',
  });
  const cases = casesAbout('component', () => id, signal);
  /** @type {ReturnType<typeof lifeLine> | undefined} */
  let line;
  let drawn = '';
  /** @type {any} */
  let component;

  async function loadComponent() {
    component = await get(path, signal);
    title.textContent = headline(component);
    facts.show(component);
  }

  async function loadLife() {
    const state = readState(location.search, CLOCKS);
    const [{ items }, marks] = await Promise.all([
      get(`${path}/installations?${new URLSearchParams(state)}`, signal),
      get(
        `${path}/timeline?${new URLSearchParams({ ...state, type: MARKED.join(','), limit: String(MARKS_AT_MOST) })}`,
        signal,
      ),
    ]);
    then.replaceChildren(...thenNotice(state, items), ...conflictNotice(items));
    stays.show({ items, isThen: Object.keys(state).length > 0 });
    const signature = JSON.stringify([items, marks.items, state]);
    if (signature === drawn) return;
    drawn = signature;
    line?.stop();
    line = undefined;
    if (items.length === 0) return life.replaceChildren(h('p', { class: 'empty' }, nowhere(state)));
    const now = state['as_of'] === undefined ? Date.now() : Math.min(Date.parse(state['as_of']), Date.now());
    line = lifeLine({ installations: items, events: marks.items, now });
    life.replaceChildren(line.node);
  }

  async function loadAll() {
    clocks.update();
    const outcomes = await Promise.allSettled([loadComponent(), loadLife(), timeline.refresh(), cases.load()]);
    if (signal.aborted) return;
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    faults.replaceChildren(...(failed ? [problemBox(failed.reason, () => void loadAll())] : []));
    sections.hidden = component === undefined;
    if (component === undefined)
      title.textContent = failed?.reason instanceof Problem && failed.reason.status === 404 ? 'No such part' : 'Part';
  }

  const sections = h(
    'div',
    { class: 'columns passport' },
    h(
      'section',
      { class: 'tickets', 'aria-labelledby': 'life-title' },
      h('h2', { id: 'life-title' }, 'Life line'),
      clocks.node,
      then,
      life,
    ),
    timeline.node,
    stays.node,
    cases.node,
  );
  const refresher = soon(loadAll, 1000);
  await loadAll();
  return {
    title: title.textContent ?? 'Part',
    body: h(
      'article',
      { class: 'component' },
      h(
        'header',
        null,
        h('p', { class: 'crumb' }, h('a', { href: '/ui/components' }, 'Components')),
        title,
        faults,
        facts.node,
      ),
      sections,
    ),
    update: loadAll,
    refresh: refresher.ask,
    onEvent(/** @type {any} */ event) {
      if (event.subject === path || cases.isAbout(event) || concerns(event, id)) refresher.ask();
    },
    leave() {
      refresher.stop();
      line?.stop();
      control.abort();
    },
  };
}

/** What is derived is told with the server whose history it changed, for the first hundred parts. @param {any} event @param {string} id */
function concerns({ type, data }, id) {
  if (/\.review\.decid|\.review\.decision_revoked$/.test(type)) return true;
  if (!type.endsWith('.asset.history_changed')) return false;
  const { changes, added, retracted } = data;
  return changes.length < added + retracted || changes.some((/** @type {any} */ change) => change.component_id === id);
}

/** @param {any} component */
function headline(component) {
  return `${KIND_NAMES[component.kind] ?? component.kind} ${component.serial ?? partName(component)}`.trim();
}

/** @param {Record<string, string>} state */
function nowhere(state) {
  return Object.keys(state).length > 0 ? 'By then nobody had seen it anywhere.' : 'Nobody has seen it anywhere yet.';
}

/** Where it was then, in one sentence. @param {Record<string, string>} state @param {any[]} items */
function thenNotice(state, items) {
  if (Object.keys(state).length === 0) return [];
  const last = items.findLast((one) => one.removed_at === null);
  const belief = state['known_at'] === undefined ? '' : ', as it was known then';
  return [
    h(
      'p',
      { class: 'notice' },
      'You look at another moment, not at now. ',
      last === undefined
        ? `It was in no place that anybody knew of${belief}.`
        : ['It was in ', placeOf(last), last.slot === null ? '' : `, ${last.slot}`, belief, '.'],
    ),
  ];
}

/** @param {any[]} items */
function conflictNotice(items) {
  const places = new Map(
    items.filter((one) => one.removed_at === null).map((one) => [one.asset_id ?? one.location_id, one]),
  );
  if (places.size < 2) return [];
  const links = [...places.values()].flatMap((one, index) => (index === 0 ? [placeOf(one)] : [' and ', placeOf(one)]));
  return [
    h(
      'p',
      { class: 'notice' },
      'It is seen in ',
      links,
      ' at the same time: see ',
      h('a', { href: '/ui/reviews?kind=component-in-two-places' }, 'Reviews'),
      '.',
    ),
  ];
}

/** @param {any} stay */
function placeOf(stay) {
  return placeLink({
    type: stay.asset_id === null ? 'location' : 'asset',
    id: stay.asset_id ?? stay.location_id,
    name: stay.place_name,
  });
}
