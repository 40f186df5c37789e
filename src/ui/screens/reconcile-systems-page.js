import { get, patch, post } from './api.js';
import { actionButton, ask } from './ask.js';
import { DECISION_WORDS } from './drift-words.js';
import { driftTabs, isAboutDrift, toneChip } from './drift-cells.js';
import { h, slot } from './h.js';
import { problemBox } from './problem.js';
import { compareNow } from './reconcile-runs-page.js';
import { whyNotAllowed } from './session.js';
import { soon } from './soon.js';
import { when } from './when.js';

const POLL_MS = 10_000;

/** @type {Record<string, string>} */
const MEANS = {
  'dry-run':
    'It is compared, and what differs is shown. Nothing is written there or taken over here before somebody approves a plan.',
  apply:
    'What the mappings decide is written there and taken over here by itself, within the brakes. The rest waits for a person.',
};

/** How the hub stands to each system: what it may write, what holds it, when it looked. */
export async function reconcileSystemsPage() {
  const control = new AbortController();
  const faults = h('div', null);
  const told = h('div', { role: 'status' });
  const cards = slot(h('div', { class: 'systems' }), ({ items, lacks }) =>
    items.length === 0
      ? h('p', { class: 'empty' }, 'No system is configured that the hub could be compared with.')
      : items.map((/** @type {any} */ system) => card(system, lacks)),
  );

  async function load() {
    try {
      const { items } = await get('/v1/reconcile/systems', control.signal);
      cards.show({ items, lacks: whyNotAllowed('reconcile:write') });
      faults.replaceChildren();
    } catch (error) {
      if (!control.signal.aborted) faults.replaceChildren(problemBox(error, () => void load()));
    }
  }

  const refresher = soon(load);

  /** @param {any} system @param {string | undefined} lacks */
  function card(system, lacks) {
    const other = system.mode === 'apply' ? 'dry-run' : 'apply';
    return h(
      'section',
      { class: 'card', 'aria-label': system.system },
      h('h2', null, system.system, ' ', toneChip(system.mode, system.mode === 'apply' ? 'good' : 'wait')),
      h('p', { class: 'hint' }, MEANS[system.mode] ?? ''),
      system.held_reason !== null &&
        h(
          'div',
          { class: 'problem' },
          h('strong', null, 'Nothing is written by itself'),
          h('p', null, system.held_reason),
        ),
      system.mode === 'apply' &&
        !system.mappings_current &&
        h(
          'p',
          { class: 'notice' },
          'The mappings or rules are new. Nothing is written by itself before everything was compared with them.',
        ),
      h(
        'dl',
        { class: 'facts' },
        pair('Compared', when(system.compared_at)),
        pair('Change log read', when(system.changes_read_at, { only: 'age' })),
        pair('To look at', String(system.notices)),
        pair('Open', openOf(system)),
        pair('Linked', linkedOf(system)),
        system.updated_by !== null &&
          system.updated_by !== 'system' &&
          pair('Set', when(system.updated_at, { only: 'age' }), ` by ${system.updated_by}`),
      ),
      h(
        'div',
        { class: 'actions' },
        actionButton(`Switch to ${other} …`, lacks, () => void switchMode(system, other)),
        system.held_reason !== null && actionButton('Release …', lacks, () => void release(system)),
        actionButton('Compare now …', lacks, () => void compareNow(system)),
      ),
      brakesOf(system),
    );
  }

  /** @param {any} system @param {string} mode */
  async function switchMode({ system, version, drifts }, mode) {
    const waiting = countOf(drifts, ['auto']);
    const done = await ask({
      title: `Switch ${system} to ${mode}`,
      text:
        mode === 'apply'
          ? `From now on the hub writes to ${system} by itself what the mappings decide, and takes over here what is decided there` +
            `${waiting > 0 ? `: ${waiting} such differences stand open now` : ''}. Brakes stop what is too much at once; conflicts and reviews go on waiting for a person. The mappings are taken on as they are now. A look at everything is asked for with it, and does what stands open.`
          : `From now on nothing is written to ${system} or taken over from it by itself. It is still compared, and plans can be approved one by one.`,
      fields: [],
      action: `Switch to ${mode}`,
      send: (_values, key) => patch(`/v1/reconcile/systems/${encodeURIComponent(system)}`, { mode, version }, key),
    });
    if (!done) return;
    tellLook(system, done.answer.look);
    refresher.ask();
  }

  /** @param {string} system @param {{ run_id: string, asked_for_now: boolean } | null} look */
  function tellLook(system, look) {
    if (look === null) return told.replaceChildren();
    told.replaceChildren(
      h(
        'p',
        { class: 'notice' },
        `A look at everything in ${system} ${look.asked_for_now ? 'was asked for' : 'is under way already'}, and does what stands open: `,
        h('a', { href: `/ui/drift/runs/${look.run_id}` }, 'see how far it is'),
        '.',
      ),
    );
  }

  /** @param {any} system */
  async function release({ system, held_reason: reason }) {
    const done = await ask({
      title: `Release ${system}`,
      text: `It is held because ${reason}. What is decided by the mappings is written by itself again, and what was held back now. What was written before does not count for the brakes any more.`,
      fields: [],
      action: 'Release',
      send: (_values, key) => post(`/v1/reconcile/systems/${encodeURIComponent(system)}/release`, undefined, key),
    });
    if (done) refresher.ask();
  }

  const timer = setInterval(() => !document.hidden && refresher.ask(), POLL_MS);
  const onScope = () => refresher.ask();
  await load();
  addEventListener('reanimator:missing-scope', onScope);
  return {
    title: 'Systems',
    body: h('div', null, h('h1', { tabindex: -1 }, 'Drift'), driftTabs(), faults, told, cards.node),
    update: load,
    refresh: refresher.ask,
    onEvent: (/** @type {any} */ event) => isAboutDrift(event) && refresher.ask(),
    leave() {
      clearInterval(timer);
      removeEventListener('reanimator:missing-scope', onScope);
      refresher.stop();
      control.abort();
    },
  };
}

/** @param {string} name @param {...import('./h.js').Child} value */
function pair(name, ...value) {
  return h('div', null, h('dt', null, name), h('dd', null, value));
}

/** @param {any[]} drifts @param {string[]} decisions */
function countOf(drifts, decisions) {
  return drifts.reduce(
    (sum, { decision, state, count }) => sum + (state === 'open' && decisions.includes(decision) ? count : 0),
    0,
  );
}

/** @param {any} system */
function openOf({ system, drifts }) {
  const groups = [['review', 'conflict'], ['auto'], ['refused']].flatMap((decisions) => {
    const count = countOf(drifts, decisions);
    const [words] = DECISION_WORDS[decisions[0] ?? ''] ?? [''];
    const href = `/ui/drift?${new URLSearchParams({ decision: decisions.join(','), system })}`;
    return count === 0 ? [] : [h('a', { href }, `${count} ${words}`)];
  });
  if (groups.length === 0) return h('span', { class: 'dim' }, 'nothing disagrees');
  return groups.flatMap((group, index) => (index === 0 ? [group] : [', ', group]));
}

/** @param {{ links: any[] }} system */
function linkedOf({ links }) {
  if (links.length === 0) return h('span', { class: 'dim' }, 'nothing yet');
  return links
    .map(
      ({ object, pairs, theirs_alone: alone }) => `${pairs} ${object}${alone > 0 ? ` (${alone} of theirs alone)` : ''}`,
    )
    .join(', ');
}

/** @param {any} system */
function brakesOf({ objects }) {
  return h(
    'details',
    { class: 'more' },
    h('summary', null, `What is compared, and its brakes (${objects.length} types)`),
    h(
      'ul',
      null,
      objects.map((/** @type {any} */ { object, hub, brakes }) =>
        h('li', null, h('b', null, object), ` ↔ ${hub}: `, h('span', { class: 'dim' }, brakes.join('; '))),
      ),
    ),
  );
}
