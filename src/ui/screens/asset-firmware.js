import { get, post } from './api.js';
import { actionButton, ask } from './ask.js';
import {
  componentText,
  differingFirst,
  isOpen,
  policyText,
  STEP_WORDS,
  stepText,
  UPDATE_WORDS,
  updateBody,
  VERDICT_WORDS,
  wantedText,
  whyNoBaseline,
  whyNoCancel,
} from './firmware-words.js';
import { h, slot } from './h.js';
import { lookAgain } from './look-again.js';
import { fold, panelLine, wordChip } from './panel-line.js';
import { problemBox } from './problem.js';
import { whyNotAllowed } from './session.js';
import { stackedTable } from './stacked-table.js';
import { when } from './when.js';

const YES_NO = /** @type {[string, string][]} */ ([
  ['no', 'no: where an image waits for that, the update fails and says so'],
  ['yes', 'yes, the server or its BMC'],
]);

/**
 * Firmware of a server against the policy, and its updates: asked for, under way, ended.
 * @param {string} id
 * @param {{ signal: AbortSignal, follow(jobs: string): void, name(): string }} page
 */
export function assetFirmware(id, { signal, follow, name }) {
  const path = `/v1/assets/${id}`;
  /** @type {{ installed: any, updates: any[], reachable: boolean } | undefined} */
  let last;
  const rows = { isOpen: false };
  const earlier = { isOpen: false };
  const said = slot(h('div', null), (/** @type {any} */ data) => lines(data));
  const faults = h('div', null);
  const section = h('section', { class: 'panel firmware-panel', hidden: true }, said.node, faults);
  const next = lookAgain(
    { look: () => load(last?.reachable ?? false), fault: (error) => faults.replaceChildren(problemBox(error)) },
    signal,
  );

  function show() {
    if (last === undefined) return;
    section.hidden = !last.reachable && last.updates.length === 0;
    said.show({ ...last, lacks: whyNotAllowed('assets:write') });
  }

  /** @param {boolean} reachable whether its BMC has an address, and may be told anything */
  async function load(reachable) {
    const [installed, { items }] = await Promise.all([
      get(`${path}/firmware`, signal),
      get(`${path}/firmware-updates?limit=5`, signal),
    ]);
    faults.replaceChildren();
    last = { installed, updates: items, reachable };
    show();
    next(isOpen(items[0]));
  }

  /** @param {{ title: string, text: string, fields: import('./ask.js').Field[], body(values: Record<string, any>): object }} question */
  async function request({ title, text, fields, body }) {
    const done = await ask({
      ...{ title: `${title}: ${name()}`, text, action: 'Update' },
      fields: [
        ...fields,
        { name: 'may_reset', label: 'May be restarted', kind: 'choice', options: YES_NO, required: true },
        { name: 'reason', label: 'Reason', max: 500, required: true, hint: 'Stands in the timeline.' },
      ],
      send: (values, key) => post(`${path}/firmware-updates`, body(values), key),
    });
    if (!done) return;
    follow(/** @type {{ jobs: string }} */ (done.answer).jobs);
    next(true);
  }

  const toBaseline = () =>
    request({
      title: 'Update to the baseline',
      text: `As it was last read: ${last?.installed.plan.map(stepText).join(', then ')}. It is read again before anything is sent.`,
      fields: [],
      body: ({ may_reset, reason }) => ({ may_reset: may_reset === 'yes', reason }),
    });

  const one = () =>
    request({
      title: 'Update a component',
      text: 'Without an image, the images of the firmware policy are taken, by as many steps as it needs. The version that is read back decides.',
      fields: [
        {
          ...{ name: 'component', label: 'Component', kind: 'choice', required: true },
          hint: 'What a BMC cannot update itself, HPE’s takes in for UEFI or an agent in the operating system.',
          options: last?.installed.components.map((/** @type {any} */ row) => [row.component, componentText(row)]),
        },
        { name: 'version', label: 'Version', max: 120, required: true, hint: 'As the BMC will show it.' },
        {
          name: 'uri',
          label: 'Address of the image',
          max: 1000,
          hint: 'The BMC itself fetches it, or a worker of the hub.',
        },
        { name: 'sha256', label: 'SHA-256 of the image', max: 64 },
        { name: 'size_bytes', label: 'Size of the image in bytes', max: 15 },
      ],
      body: updateBody,
    });

  /** @param {any} update */
  async function cancel(update) {
    const isQueued = update.steps.some((/** @type {any} */ one) => one.withdrawable);
    const done = await ask({
      ...{ title: `Cancel the update: ${name()}`, action: 'Cancel the update', leave: 'Go on with it' },
      text: isQueued
        ? 'Its BMC is asked to let go of what it has queued; what was begun there goes on. Steps that are done stay as they are.'
        : 'Nothing more of it is sent. Steps that are done stay as they are.',
      fields: [{ name: 'reason', label: 'Reason', max: 500, required: true, hint: 'Stands in the timeline.' }],
      send: (values, key) => post(`/v1/firmware-updates/${update.id}/cancel`, values, key),
    });
    const jobs = /** @type {{ jobs?: string } | undefined} */ (done?.answer)?.jobs;
    if (jobs !== undefined) follow(jobs);
    // Also where it came too late: then more is under way than stands here.
    await load(last?.reachable ?? false).catch(tell);
  }

  /** @param {unknown} error */
  function tell(error) {
    if (!signal.aborted) faults.replaceChildren(problemBox(error));
  }

  /** @param {any} data */
  function lines({ installed, updates, reachable, lacks }) {
    const [latest, ...before] = updates;
    const { components, read_at } = installed;
    const busy = isOpen(latest) ? 'An update is under way: one after the other' : undefined;
    const none = components.length === 0 ? 'Nobody knows what is installed: inspect it first' : undefined;
    return [
      h('h2', null, 'Firmware'),
      h(
        'dl',
        { class: 'facts' },
        panelLine('Installed', read_at && policyText(components), read_at),
        installed.plan.length > 0 && panelLine('To do', installed.plan.map(stepText).join(', then ')),
      ),
      latest && update(latest),
      isOpen(latest) &&
        h(
          'div',
          { class: 'actions', role: 'group', 'aria-label': 'The update under way' },
          actionButton('Cancel the update…', lacks ?? whyNoCancel(latest), () => void cancel(latest)),
        ),
      before.length > 0 && fold('Earlier updates', earlier, before.map(update)),
      components.length > 0 && fold('Versions and policy', rows, versionTable(components)),
      reachable &&
        h(
          'div',
          { class: 'actions', role: 'group', 'aria-label': 'Firmware' },
          actionButton('Update to the baseline…', lacks ?? busy ?? whyNoBaseline(installed), () => void toBaseline()),
          actionButton('Update a component…', lacks ?? busy ?? none, () => void one()),
        ),
    ];
  }

  return { node: section, show, load };
}

/** @param {any} asked */
function update(asked) {
  return h(
    'div',
    { class: 'update' },
    h(
      'p',
      null,
      wordChip(UPDATE_WORDS[asked.state], asked.state),
      ' ',
      h('span', { class: 'sentence' }, wantedText(asked)),
      h(
        'span',
        { class: 'dim' },
        ` · ${asked.reason} (${asked.requested_by}) `,
        when(asked.requested_at, { only: 'age' }),
      ),
    ),
    asked.steps.length > 0 && h('ol', { class: 'lines' }, asked.steps.map(step)),
    asked.error && h('p', { class: 'fault' }, asked.error),
  );
}

/** @param {any} hop */
function step(hop) {
  const { state, percent, said, why } = hop;
  const isUnderWay = state === 'following' || state === 'going-back';
  const tells = why ?? (isUnderWay ? said : null);
  return h(
    'li',
    null,
    wordChip(STEP_WORDS[state], state),
    ' ',
    h('span', { class: 'sentence' }, stepText(hop)),
    isUnderWay &&
      percent !== null && [
        ' ',
        h('progress', { max: 100, value: percent, 'aria-label': `${hop.name}: ${percent} %` }),
        ` ${percent} %`,
      ],
    tells && h('span', { class: 'dim' }, ` ${tells}`),
    hop.ended_at && [' ', when(hop.ended_at, { only: 'age' })],
  );
}

const TITLES = ['Component', 'Installed', 'Policy', ''];

/** @param {any[]} components */
function versionTable(components) {
  return stackedTable({
    caption: 'Installed firmware against the policy',
    titles: TITLES,
    rows: differingFirst(components).map(({ component, name, version, wanted, verdict }) =>
      h(
        'tr',
        null,
        h('th', { scope: 'row', title: component }, name),
        h('td', { 'data-title': 'Installed' }, version === null ? unknown() : h('code', null, version)),
        h('td', { 'data-title': 'Policy' }, wanted === null ? '' : h('code', null, wanted)),
        h('td', null, wordChip(VERDICT_WORDS[verdict], verdict)),
      ),
    ),
  });
}

function unknown() {
  return h('span', { class: 'dim' }, 'unknown');
}
