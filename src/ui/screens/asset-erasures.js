import { get, pages, post, Problem } from './api.js';
import { actionButton, ask } from './ask.js';
import {
  driveRows,
  ERASURE_WORDS,
  isErasing,
  METHOD_CHOICES,
  typedDrives,
  whyNoCancel,
  whyNotThis,
} from './erasure-words.js';
import { h, slot } from './h.js';
import { lookAgain } from './look-again.js';
import { fold, wordChip } from './panel-line.js';
import { problemBox } from './problem.js';
import { whyNotAllowed } from './session.js';
import { stackedTable } from './stacked-table.js';
import { when } from './when.js';

/** @typedef {import('./erasure-words.js').Drive} Drive */
/** @typedef {{ state: string, inspected_at: string | null, bmc: { address: string | null } }} Asset */

/**
 * The drives of a server with their serials, what was erased of them, and what proves it. Whoever erases one types its serial.
 * @param {string} id
 * @param {{ signal: AbortSignal, follow(jobs: string): void, name(): string }} page
 */
export function assetErasures(id, { signal, follow, name }) {
  const path = `/v1/assets/${id}`;
  /** @type {{ asset: Asset, drives: Drive[] | null, erasures: any[] } | undefined} */
  let last;
  /** @type {Map<string, { isOpen: boolean }>} */
  const folds = new Map();
  const said = slot(h('div', null), (/** @type {any} */ data) => lines(data));
  const faults = h('div', null);
  const section = h('section', { class: 'panel erasures', hidden: true }, said.node, faults);
  const next = lookAgain(
    {
      look: async () => void (last && (await load(last.asset))),
      fault: (error) => faults.replaceChildren(problemBox(error)),
    },
    signal,
  );

  function show() {
    if (last === undefined) return;
    const { asset, drives, erasures } = last;
    const reachable = asset.bmc.address !== null && asset.state !== 'DECOMMISSIONED';
    section.hidden = erasures.length === 0 && (!reachable || drives?.length === 0);
    said.show({ state: asset.state, drives, erasures, reachable, lacks: whyNotAllowed('assets:write') });
  }

  /** @param {Asset} asset */
  async function load(asset) {
    // Drives come and go with a look; between two the list stays as it is.
    const isSame = last !== undefined && last.drives !== null && last.asset.inspected_at === asset.inspected_at;
    const drives = isSame ? (last?.drives ?? null) : await loadDrives();
    const erasures = [];
    for await (const page of pages(`${path}/erasures`, {}, signal)) erasures.push(...page);
    faults.replaceChildren();
    last = { asset, drives, erasures };
    show();
    next(erasures.some(isErasing));
  }

  /** @returns {Promise<Drive[] | null>} null: nobody has looked */
  async function loadDrives() {
    try {
      const { components } = await get(`${path}/inventory`, signal);
      return components
        .filter((/** @type {any} */ { kind }) => kind === 'drive')
        .map((/** @type {any} */ part) => ({ slot: part.slot, serial: part.serial, model: part.model }));
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 404) throw error;
      return null;
    }
  }

  /** @param {{ title: string, text: string, fields: import('./ask.js').Field[], body(values: Record<string, any>): object }} question */
  async function request({ title, text, fields, body }) {
    const done = await ask({
      ...{ title: `${title}: ${name()}`, text, action: 'Erase for ever' },
      fields: [...fields, reasonField()],
      send: async (values, key) => post(`${path}/erasures`, { ...body(values), reason: values['reason'] }, key),
    });
    if (!done) return;
    follow(/** @type {{ jobs: string }} */ (done.answer).jobs);
    next(true);
  }

  /** @param {any} erasure */
  async function cancel({ request_id, serial }) {
    await ask({
      ...{ title: `Cancel the erasure of drive ${serial}`, action: 'Cancel the erasure', leave: 'Go on with it' },
      text: 'It keeps its data. A method that erases all drives at once erases none then.',
      fields: [{ name: 'reason', label: 'Reason', max: 500, required: true, hint: 'Stands in the timeline.' }],
      send: (values, key) => post(`/v1/erasure-requests/${request_id}/cancel`, { ...values, serials: [serial] }, key),
    });
    // Also where it came too late: then more is under way than stands here.
    if (last !== undefined) await load(last.asset).catch(tell);
  }

  /** @param {unknown} error */
  function tell(error) {
    if (!signal.aborted) faults.replaceChildren(problemBox(error));
  }

  /** @returns {import('./ask.js').Field} */
  function reasonField() {
    const required = last?.asset.state !== 'DECOMMISSIONING';
    return { name: 'reason', label: 'Reason', max: 500, required, hint: 'Stands in the timeline.' };
  }

  /** @param {Drive} drive */
  const eraseOne = (drive) =>
    request({
      title: `Erase drive ${drive.serial}`,
      text: `The ${drive.model ?? 'drive'} in ${drive.slot} loses all that is on it. Nothing brings it back. Where its controller erases at a boot only, the server is restarted.`,
      fields: [{ name: 'serial', label: `Type its serial, ${drive.serial}`, max: 100, required: true }],
      body({ serial }) {
        const fault = whyNotThis(serial, drive);
        if (fault !== undefined) throw refusal('/serial', fault);
        return { drives: [{ slot: drive.slot, serial }] };
      },
    });

  const eraseSeveral = () =>
    request({
      title: 'Erase several drives',
      text: 'They lose all that is on them. Nothing brings it back. What erases all drives at once does so only where each of them is named; HPE’s restarts the server, and so do controllers of Dell’s that erase at a boot only.',
      fields: [
        { name: 'method', label: 'How', kind: 'choice', options: METHOD_CHOICES, required: true },
        { name: 'serials', label: 'Type their serials, one per line', kind: 'area', max: 20_000, required: true },
      ],
      body({ method, serials }) {
        const typed = typedDrives(serials, last?.drives ?? []);
        if ('fault' in typed) throw refusal('/serials', typed.fault);
        return { drives: typed.drives, method };
      },
    });

  /** @param {any} data */
  function lines({ drives, erasures, reachable, lacks }) {
    const rows = driveRows(drives ?? [], erasures);
    return [
      h('h2', null, 'Drives and their erasure'),
      drives === null &&
        h('p', { class: 'dim' }, 'Nobody has looked into this server yet: which drives it has is unknown.'),
      rows.length > 0 && table(rows, reachable, lacks),
      reachable &&
        rows.length > 1 &&
        h(
          'div',
          { class: 'actions' },
          actionButton('Erase several drives…', lacks, () => void eraseSeveral()),
        ),
    ];
  }

  /** @param {ReturnType<typeof driveRows>} rows @param {boolean} reachable @param {string | undefined} lacks */
  function table(rows, reachable, lacks) {
    const titles = ['Slot', 'Drive', 'Serial', 'Erasure', ''];
    return stackedTable({
      caption: 'Drives and their erasure',
      titles,
      rows: rows.map((row) => driveRow(row, reachable, lacks)),
    });
  }

  /** @param {ReturnType<typeof driveRows>[number]} row @param {boolean} reachable @param {string | undefined} lacks */
  function driveRow({ drive, isThere, last: erasure, proof }, reachable, lacks) {
    const { slot: place, serial, model } = drive;
    const whyNot = lacks ?? (serial === null ? 'Its serial is unknown: only its serial names it' : busy(erasure));
    return h(
      'tr',
      null,
      h('th', { scope: 'row' }, place ?? 'unknown'),
      h('td', { 'data-title': 'Drive' }, isThere ? (model ?? 'unknown') : 'not there any more'),
      h('td', { 'data-title': 'Serial' }, serial === null ? 'unknown' : h('code', null, serial)),
      h('td', { 'data-title': 'Erasure', class: 'outcome' }, outcome(erasure), proof && proofOf(proof)),
      h(
        'td',
        null,
        isThere && reachable && actionButton('Erase…', whyNot, () => void eraseOne(drive), `Erase drive ${serial}…`),
        erasure !== null &&
          isErasing(erasure) && [
            ' ',
            actionButton(
              'Cancel…',
              lacks ?? whyNoCancel(erasure),
              () => void cancel(erasure),
              `Cancel the erasure of drive ${serial}…`,
            ),
          ],
      ),
    );
  }

  /** @param {any} erasure */
  function proofOf({ id: erasureId, evidence, document, method, ended_at }) {
    const state = folds.get(erasureId) ?? { isOpen: false };
    folds.set(erasureId, state);
    return fold(
      'Proof',
      state,
      h('p', { class: 'dim' }, `${method}, `, when(ended_at)),
      document && h('p', null, h('a', { href: `/ui/bundles/${document}` }, 'The document that is kept')),
      h(
        'dl',
        { class: 'evidence' },
        Object.entries(evidence).map(([read, value]) =>
          h('div', null, h('dt', null, h('code', null, read)), h('dd', null, h('code', null, String(value)))),
        ),
      ),
    );
  }

  return { node: section, show, load };
}

/** @param {any} erasure */
function busy(erasure) {
  return erasure !== null && isErasing(erasure) ? 'It is being erased' : undefined;
}

/** @param {any} erasure */
function outcome(erasure) {
  if (erasure === null) return h('span', { class: 'dim' }, 'never asked for');
  const { state, percent, said, why, ended_at, requested_at } = erasure;
  const tells = why ?? (isErasing(erasure) ? said : null);
  return [
    wordChip(ERASURE_WORDS[state], state),
    isErasing(erasure) && percent !== null && ` ${percent} %`,
    tells && h('span', { class: 'sentence' }, ` ${tells}`),
    ' ',
    when(ended_at ?? requested_at, { only: 'age' }),
  ];
}

/** Said before anything is sent. @param {string} field @param {string} message */
function refusal(field, message) {
  return new Problem({ status: 422, title: 'Nothing was asked for', detail: message, errors: [{ field, message }] });
}
