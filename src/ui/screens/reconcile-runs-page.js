import { get, post } from './api.js';
import { actionButton, ask } from './ask.js';
import { driftTabs, isAboutDrift, runChip } from './drift-cells.js';
import { foundBy, progressText } from './drift-words.js';
import { h, slot } from './h.js';
import { createList } from './list.js';
import { go } from './navigate.js';
import { whyNotAllowed } from './session.js';
import { when } from './when.js';

const POLL_MS = 3000;

/** Looks at other systems: what they found, and how far they are. */
export async function reconcileRunsPage() {
  const list = createList({
    path: '/v1/reconcile/runs',
    title: 'Runs',
    fixed: { kind: 'full' },
    filters: [
      { name: 'kind', api: 'kind', label: 'What', none: 'everything', options: [['objects', 'what was noticed']] },
      {
        name: 'state',
        api: 'state',
        label: 'State',
        options: [
          'requested',
          'planning',
          'planned',
          'approved',
          'applying',
          'done',
          'failed',
          'refused',
          'superseded',
        ],
      },
      { name: 'system', api: 'system', label: 'System', hidden: true },
    ],
    columns: [
      {
        title: 'Asked',
        head: true,
        cell: (run) => h('a', { href: `/ui/drift/runs/${run.id}` }, when(run.requested_at)),
      },
      { title: 'System', cell: (run) => run.system },
      { title: 'State', cell: (run) => runChip(run) },
      { title: 'Found', cell: foundCell },
      { title: 'Why', wide: true, cell: (run) => h('span', { class: 'clip', title: run.reason }, run.reason) },
      { title: 'By', wide: true, cell: (run) => run.requested_by },
      { title: 'Planned', wide: true, cell: (run) => when(run.planned_at, { only: 'age' }) },
      { title: 'Ended', cell: (run) => when(run.finished_at, { only: 'age' }) },
    ],
    key: (run) => run.id,
    tone: (run) => (run.state === 'failed' || run.state === 'refused' ? 'ill' : undefined),
    empty: h('p', null, 'Nothing has been compared yet.'),
  });
  const buttons = slot(
    h('div', { class: 'actions list-actions', role: 'group', 'aria-label': 'Compare' }),
    (/** @type {{ systems: any[], lacks: string | undefined }} */ { systems, lacks }) =>
      systems.map((system) =>
        actionButton(`Compare all of ${system.system} now`, lacks, () => void compareNow(system)),
      ),
  );

  async function loadSystems() {
    const { items } = await get('/v1/reconcile/systems');
    const systems = items.map((/** @type {any} */ { system, mode }) => ({ system, mode }));
    buttons.show({ systems, lacks: whyNotAllowed('reconcile:write') });
  }

  const timer = setInterval(() => !document.hidden && list.refresh(), POLL_MS);
  const onScope = () => void loadSystems();
  addEventListener('reanimator:missing-scope', onScope);
  await Promise.all([list.update(), loadSystems()]);
  return {
    title: 'Runs',
    body: h('div', null, h('h1', { tabindex: -1 }, 'Drift'), driftTabs(), buttons.node, list.node),
    update: list.update,
    refresh: list.refresh,
    onEvent: (/** @type {any} */ event) => isAboutDrift(event) && list.refresh(),
    leave() {
      clearInterval(timer);
      removeEventListener('reanimator:missing-scope', onScope);
      list.stop();
    },
  };
}

/** Asks for a look at everything, and goes where it is told. @param {{ system: string, mode: string }} system */
export async function compareNow({ system, mode }) {
  const applies = mode === 'apply';
  const done = await ask({
    title: `Compare all of ${system}`,
    text: applies
      ? `${system} applies: what the mappings decide is written, unless a brake stops it.`
      : `${system} is in dry-run: this makes a plan, and writes nothing.`,
    fields: [
      { name: 'reason', label: 'Reason', max: 255, value: 'asked for at the screens', required: true },
      ...(applies
        ? [
            {
              name: 'how',
              label: 'Then',
              kind: /** @type {const} */ ('choice'),
              options: /** @type {const} */ ([
                ['apply', 'write what the mappings decide'],
                ['plan', 'only make a plan'],
              ]),
            },
          ]
        : []),
    ],
    action: 'Compare',
    send: (values, key) =>
      post(
        '/v1/reconcile/runs',
        { system, reason: values['reason'], applies: applies && values['how'] !== 'plan' },
        key,
      ),
  });
  if (done) go(`/ui/drift/runs/${done.answer.id}`);
}

/** @param {any} run */
function foundCell(run) {
  if (run.error !== null) return h('span', { class: 'why fault' }, run.error);
  if (run.progress !== null) return progressText(run.progress);
  const brakes = run.brakes ?? [];
  return h(
    'span',
    { class: 'why' },
    foundBy(run),
    run.state === 'planned' &&
      brakes.length > 0 &&
      h('b', null, ` Stopped: ${brakes.map((/** @type {any} */ brake) => brake.reason).join('; ')}`),
  );
}
