import { get, post } from './api.js';
import { actionButton, ask } from './ask.js';
import {
  driftTabs,
  fieldCell,
  isAboutDrift,
  subjectCell,
  toneChip,
  valueCell,
  wouldCell,
  decisionChip,
} from './drift-cells.js';
import { hasWork, OUTCOME_WORDS } from './drift-words.js';
import { h, outside, slot } from './h.js';
import { createList } from './list.js';
import { placeLink } from './place-link.js';
import { runSummary } from './run-summary.js';
import { csvButton } from './save-file.js';
import { whyNotAllowed } from './session.js';
import { soon } from './soon.js';
import { tabs } from './tabs.js';

const POLL_MS = 1500;
const UNDER_WAY = new Set(['requested', 'planning', 'approved', 'applying']);

/** One run: how far it is, what it found, what stopped it; its plan, or what became of it. @param {string} id @param {'rows' | 'results'} part */
export async function reconcileRunPage(id, part) {
  const control = new AbortController();
  const path = `/v1/reconcile/runs/${id}`;
  const title = h('h1', { tabindex: -1 }, 'Run');
  const head = slot(h('div', { class: 'run' }), ({ run, lacks }) => [runSummary(run), approval(run, lacks)]);
  const list = part === 'rows' ? planList(path) : resultList(path);
  /** @type {any} */
  let run;

  async function load() {
    run = await get(path, control.signal);
    title.textContent = `Compared with ${run.system}`;
    head.show({ run, lacks: whyNotAllowed('reconcile:write') });
  }

  const refresher = soon(async () => {
    const before = run.state;
    try {
      await load();
    } catch {
      // The hub is away for a moment; what stands here stays, and the badge says that it is old.
      return;
    }
    if (before !== run.state || UNDER_WAY.has(run.state)) list.refresh();
  }, POLL_MS);

  /** @param {any} now @param {string | undefined} lacks */
  function approval(now, lacks) {
    if (now.state !== 'planned' || now.plan_hash === null) return null;
    if (!hasWork(now)) return h('p', { class: 'hint' }, 'There is nothing in it that the hub does by itself.');
    return h(
      'div',
      { class: 'actions' },
      actionButton('Carry it out …', lacks, () => void approve(now)),
      h(
        'span',
        { class: 'dim' },
        'What waits for a person stays as it is. If anything of it has changed by then, nothing is done.',
      ),
    );
  }

  /** @param {any} plan */
  async function approve({ brakes, plan_hash: hash, system }) {
    const stopped = (brakes ?? []).length > 0;
    const done = await ask({
      title: `Carry out the plan for ${system}`,
      text: [
        'All that the plan says the hub does by itself is done now, here and there.',
        stopped &&
          h(
            'span',
            { class: 'fault' },
            ` Brakes stopped it: ${brakes.map((/** @type {any} */ one) => one.reason).join('; ')}.`,
          ),
      ],
      fields: stopped
        ? [
            {
              name: 'accept_brakes',
              label: 'Although brakes stopped it',
              kind: 'choice',
              required: true,
              options: [
                ['no', 'no'],
                ['yes', 'yes, this is meant to happen'],
              ],
            },
          ]
        : [],
      action: 'Carry it out',
      send: (values, key) =>
        post(`${path}/approve`, { plan_hash: hash, accept_brakes: values['accept_brakes'] === 'yes' }, key),
    });
    if (done) refresher.ask();
  }

  const timer = setInterval(() => !document.hidden && UNDER_WAY.has(run.state) && refresher.ask(), POLL_MS);
  const onScope = () => head.show({ run, lacks: whyNotAllowed('reconcile:write') });
  await Promise.all([load(), list.update()]);
  addEventListener('reanimator:missing-scope', onScope);
  return {
    title: title.textContent ?? 'Run',
    body: h(
      'div',
      null,
      h('p', { class: 'crumb' }, h('a', { href: '/ui/drift/runs' }, 'Runs')),
      title,
      driftTabs(),
      head.node,
      tabs('Of this run', [
        [`/ui/drift/runs/${id}`, 'Field by field'],
        [`/ui/drift/runs/${id}/results`, 'Object by object'],
      ]),
      list.node,
    ),
    update: list.update,
    refresh: refresher.ask,
    onEvent: (/** @type {any} */ event) => isAboutDrift(event) && refresher.ask(),
    leave() {
      clearInterval(timer);
      removeEventListener('reanimator:missing-scope', onScope);
      refresher.stop();
      control.abort();
      list.stop();
    },
  };
}

/** @param {string} path */
function planList(path) {
  /** @type {ReturnType<typeof createList<any>>} */
  const list = createList({
    path: `${path}/rows`,
    title: 'The plan',
    filters: [
      {
        name: 'action',
        api: 'action',
        label: 'What',
        options: [
          ['adopt', 'takes theirs over'],
          ['push', 'writes ours there'],
          ['create-there', 'makes it there'],
          ['create-here', 'makes it here'],
          ['remove-there', 'removes it there'],
          ['none', 'nothing'],
        ],
      },
      {
        name: 'decision',
        api: 'decision',
        label: 'Who decides',
        options: [
          ['auto', 'the hub'],
          ['review', 'a person'],
          ['conflict', 'a person: a conflict'],
          ['refused', 'nobody: it cannot be done'],
          ['ignored', 'left as it is'],
        ],
      },
      {
        name: 'state',
        api: 'state',
        label: 'State',
        options: ['proposed', 'pending', 'sent', 'confirmed', 'failed', 'stale'],
      },
      { name: 'object', api: 'object', label: 'Type' },
      { name: 'field', api: 'field', label: 'Field' },
      { name: 'q', api: 'q', label: 'Name' },
    ],
    tools: csvButton(`${path}/rows`, 'plan', () => list.query()),
    columns: [
      { title: 'What', head: true, cell: subjectCell },
      { title: 'Field', cell: fieldCell },
      { title: 'Theirs', cell: (row) => valueCell(row, 'theirs') },
      { title: 'Ours', cell: (row) => valueCell(row, 'ours') },
      { title: 'Agreed before', wide: true, cell: (row) => valueCell(row, 'agreed') },
      { title: 'The hub', cell: wouldCell },
      { title: 'Decided', cell: decisionChip },
      { title: 'State', cell: stateCell },
    ],
    key: (row) => String(row.seq),
    tone: (row) => (row.state === 'failed' ? 'ill' : undefined),
    empty: h('p', null, 'There are no rows: nothing was found to differ, or it is not planned yet.'),
  });
  return list;
}

/** @param {any} row */
function stateCell({ state, state_reason: reason, settled_at: settled }) {
  if (state === 'proposed') return h('span', { class: 'dim' }, 'proposed');
  const tone = { confirmed: 'good', failed: 'bad', stale: 'warn' }[/** @type {string} */ (state)] ?? 'busy';
  return h('span', { class: 'why' }, toneChip(state, tone, settled ?? undefined), ' ', reason);
}

/** @param {string} path */
function resultList(path) {
  return createList({
    path: `${path}/results`,
    title: 'What became of it',
    filters: [
      {
        name: 'outcome',
        api: 'outcome',
        label: 'Outcome',
        options: Object.entries(OUTCOME_WORDS).map(([outcome, [text]]) => /** @type {const} */ ([outcome, text])),
      },
      { name: 'object', api: 'object', label: 'Type' },
    ],
    columns: [
      {
        title: 'What',
        head: true,
        cell: (/** @type {any} */ one) => [
          one.about === null ? one.label : placeLink({ ...one.about, name: one.label }),
          ' ',
          h('span', { class: 'dim' }, one.object),
          one.their_id !== null && [' ', outside(one.their_url, `no. ${one.their_id}`)],
        ],
      },
      {
        title: 'Outcome',
        cell: (one) => {
          const [text, tone] = OUTCOME_WORDS[one.outcome] ?? [one.outcome, 'plain'];
          return [
            toneChip(text, tone),
            one.where && h('span', { class: 'dim' }, ` ${one.where === 'both' ? 'here and there' : one.where}`),
          ];
        },
      },
      { title: 'Fields', cell: (one) => one.fields.join(', ') },
      { title: 'Why', cell: (one) => h('span', { class: 'why' }, one.reason) },
    ],
    key: (one) => `${one.object}|${one.hub_id}|${one.their_id}`,
    tone: (one) => (one.outcome === 'failed' ? 'ill' : undefined),
    empty: h('p', null, 'Nothing was found to differ, or it is not planned yet.'),
  });
}
