import { newIdempotencyKey, post, Problem } from './api.js';
import { actionButton, ask } from './ask.js';
import { h } from './h.js';
import { problemBox } from './problem.js';
import { receiveFields } from './receive-fields.js';
import { addScans, inPortions, splitScans } from './scan-lines.js';
import { findThere, isDue, lineRow, sumOf } from './scanned-lines.js';
import { whyNotAllowed } from './session.js';
import { stackedTable } from './stacked-table.js';
import { bodyOf } from './stock-asks.js';
import { stockTabs } from './stock-tabs.js';

/** Each is received whole or not at all, and its answer comes before anybody gives up waiting. */
const AT_ONCE = 50;

/** @typedef {import('./scanned-lines.js').Line} Line */

const none = () => ({
  lines: /** @type {Line[]} */ ([]),
  values: /** @type {Record<string, string>} */ ({}),
  /** The same lines once more carry the same key: an answer that got lost does no harm. */
  tried: { body: '', key: '' },
});
/** What was scanned and is not received yet outlives another screen in between, but not the key. */
let draft = none();
addEventListener('reanimator:key', () => void (draft = none()));

/** Many pieces of one LOT for one bin, scanned one after another. */
export async function stockReceivePage() {
  const values = receiveFields(draft.values, () => scan);
  const scan = /** @type {HTMLInputElement} */ (
    h('input', {
      ...{ id: 'receive-scan', type: 'text', autocomplete: 'off', autocapitalize: 'off' },
      ...{ spellcheck: 'false', enterkeyhint: 'enter', onkeydown: onKey, onpaste: onPaste },
    })
  );
  const said = h('p', { class: 'scan-said', role: 'status' });
  const faults = h('div', null);
  const table = h('div', null);
  const sum = h('p', { class: 'dim', role: 'status' });
  const send = h('div', { class: 'actions' });
  let isSending = false;

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    add(scan.value);
    scan.value = '';
  }

  /** @param {ClipboardEvent} event */
  function onPaste(event) {
    const pasted = event.clipboardData?.getData('text') ?? '';
    if (splitScans(pasted).length < 2) return;
    event.preventDefault();
    add(pasted);
  }

  /** @param {string} scanned */
  function add(scanned) {
    const labels = splitScans(scanned);
    if (labels.length === 0) return;
    const long = labels.filter((label) => label.length > 128);
    const { added, again } = addScans(
      draft.lines,
      labels.filter((label) => label.length <= 128),
    );
    // The last one scanned is on top: that is where people look.
    draft.lines.unshift(
      ...added.toReversed().map((label) => /** @type {Line} */ ({ label, state: 'waits', why: '', itemId: null })),
    );
    const parts = [
      added.length === 1 ? `${added[0]} is on the list.` : added.length > 1 && `${added.length} are on the list.`,
      again.length > 0 && `Scanned already: ${again.slice(0, 5).join(', ')}${again.length > 5 ? ' …' : ''}.`,
      long.length > 0 && `${long.length} longer than 128 characters were left out.`,
    ];
    said.textContent = parts.filter(Boolean).join(' ');
    said.classList.toggle('bad', again.length > 0 || long.length > 0);
    show();
  }

  /** @param {Line} line */
  function drop(line) {
    draft.lines = draft.lines.filter((one) => one !== line);
    show();
    scan.focus();
  }

  function show() {
    const waiting = draft.lines.filter(isDue);
    const count = (/** @type {Line['state']} */ state) => draft.lines.filter((line) => line.state === state).length;
    sum.textContent = sumOf(draft.lines);
    table.replaceChildren(
      ...(draft.lines.length === 0
        ? []
        : [
            stackedTable({
              ...{ caption: 'What was scanned', titles: ['Label', 'State', 'Why', ''], look: 'scanned' },
              rows: draft.lines.map((line) => lineRow(line, isSending, () => drop(line))),
            }),
          ]),
    );
    const lacks = whyNotAllowed('stock:write');
    const why = isSending ? 'It is being sent' : lacks;
    send.replaceChildren(
      actionButton(
        waiting.length === 0 ? 'Receive' : `Receive ${waiting.length}`,
        why ?? (waiting.length === 0 ? 'Scan something first' : undefined),
        () => void receive(),
      ),
      actionButton(
        'Take done ones off',
        why ?? (count('accepted') + count('duplicate') === 0 ? 'None is done' : undefined),
        () => {
          draft.lines = draft.lines.filter(({ state }) => state !== 'accepted' && state !== 'duplicate');
          show();
          scan.focus();
        },
      ),
      actionButton(
        'Empty the list',
        why ?? (draft.lines.length === 0 ? 'It is empty' : undefined),
        () => void empty(waiting.length),
      ),
    );
  }

  /** @param {number} waiting */
  async function empty(waiting) {
    if (waiting > 0) {
      const sure = await ask({
        title: 'Empty the list',
        text: `${waiting} of its lines were scanned and are not received, as far as anybody knows: they are forgotten.`,
        fields: [],
        action: `Forget ${waiting}`,
        send: () => Promise.resolve(true),
      });
      if (!sure) return scan.focus();
    }
    draft.lines = [];
    said.textContent = '';
    show();
    scan.focus();
  }

  async function receive() {
    const { label, ...fields } = Object.fromEntries(Object.entries(values).map(([name, one]) => [name, one.read()]));
    if (fields['location'] === '') return complain(values.location, 'Say into which bin.');
    if (fields['lot'] === '') return complain(values.lot, 'Say of which LOT.');
    isSending = true;
    faults.replaceChildren();
    show();
    try {
      // What got no answer is sent again as it was, so that it is done once. Then the first one that was scanned goes first.
      const lost = draft.lines.filter(({ state }) => state === 'unknown').toReversed();
      const fresh = draft.lines.filter(({ state }) => state === 'waits').toReversed();
      for (const portion of [...inPortions(lost, AT_ONCE), ...inPortions(fresh, AT_ONCE)]) {
        await sendPortion(portion, { name: label ?? 'serial', common: bodyOf(fields) });
        show();
      }
      said.textContent = 'All lines have their answer.';
      said.classList.remove('bad');
    } catch (error) {
      faults.replaceChildren(problemBox(error, () => void receive()));
      const left = draft.lines.filter(isDue).length;
      said.textContent = `${left} of the lines are not received, or nobody knows whether they are. What is shown as received is.`;
      said.classList.add('bad');
    } finally {
      isSending = false;
      show();
      scan.focus();
    }
  }

  /** @param {Line[]} portion @param {{ name: string, common: Record<string, unknown> }} as */
  async function sendPortion(portion, { name, common }) {
    const items = portion.map((line) => ({ ...common, [name]: line.label }));
    const body = JSON.stringify(items);
    if (draft.tried.body !== body) draft.tried = { body, key: newIdempotencyKey() };
    /** @type {{ results: { did: string, id: string | null, reason: string | null }[] }} */
    let answer;
    try {
      answer = await post('/v1/stock/receipts/bulk', { items }, draft.tried.key);
    } catch (error) {
      // Refused as a whole: nothing was received. Without an answer nobody knows, until the same is sent once more.
      const isLost = !(error instanceof Problem) || error.status === 0 || error.status >= 500;
      for (const line of portion) line.state = isLost ? 'unknown' : 'waits';
      throw error;
    }
    await Promise.all(
      portion.map(async (line, nth) => {
        const result = answer.results[nth];
        if (result === undefined) return;
        if (result.did !== 'refused')
          return void Object.assign(line, { state: 'accepted', why: '', itemId: result.id });
        Object.assign(line, { state: 'rejected', why: result.reason ?? '' });
        await findThere(line);
      }),
    );
  }

  /** @param {{ input: HTMLElement }} control @param {string} message */
  function complain(control, message) {
    said.textContent = message;
    said.classList.add('bad');
    control.input.focus();
  }

  /** @param {BeforeUnloadEvent} event */
  function onUnload(event) {
    if (draft.lines.some(isDue)) event.preventDefault();
  }

  addEventListener('beforeunload', onUnload);
  addEventListener('reanimator:missing-scope', show);
  show();
  return {
    title: 'Receive',
    focus: draft.values['lot'] ? scan : values.lot.input,
    body: h(
      'div',
      { class: 'receiving' },
      h('h1', { tabindex: -1 }, 'Stock'),
      stockTabs(),
      h('p', { class: 'dim' }, 'Pieces of one LOT for one bin. Nothing is booked before “Receive”.'),
      h(
        'div',
        { class: 'receive-what' },
        Object.values(values).map(({ node }) => node),
      ),
      h('p', { class: 'field scan' }, h('label', { for: 'receive-scan' }, 'Scan or paste'), scan, said),
      faults,
      send,
      sum,
      table,
    ),
    leave() {
      removeEventListener('beforeunload', onUnload);
      removeEventListener('reanimator:missing-scope', show);
    },
  };
}
