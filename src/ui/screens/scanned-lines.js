import { get, Problem } from './api.js';
import { actionButton } from './ask.js';
import { h } from './h.js';

/**
 * @typedef {{ label: string, state: 'waits' | 'accepted' | 'duplicate' | 'rejected' | 'unknown', why: string, itemId: string | null }} Line
 * unknown: sent, and no answer came.
 */
const STATES = /** @type {const} */ ({
  waits: ['wait', 'not sent yet'],
  unknown: ['warn', 'no answer'],
  rejected: ['bad', 'rejected'],
  duplicate: ['warn', 'duplicate'],
  accepted: ['good', 'received'],
});

/** Not received, as far as anybody knows. @param {Line} line */
export function isDue({ state }) {
  return state === 'waits' || state === 'unknown';
}

/** @param {readonly Line[]} lines */
export function sumOf(lines) {
  const counts = Object.entries(STATES).flatMap(([state, [, words]]) => {
    const many = lines.filter((line) => line.state === state).length;
    return many === 0 ? [] : [`${many} ${words}`];
  });
  return counts.length === 0 ? 'Nothing scanned yet.' : `${counts.join(', ')}.`;
}

/** @param {Line} line @param {boolean} isSending @param {() => void} drop */
export function lineRow({ label, state, why, itemId }, isSending, drop) {
  const [tone, words] = STATES[state];
  const code = h('code', null, label);
  const lost = state === 'unknown' ? 'It may be received: send it once more first' : undefined;
  return h(
    'tr',
    null,
    h('th', { scope: 'row' }, itemId === null ? code : h('a', { href: `/ui/stock/items/${itemId}` }, code)),
    h('td', { 'data-title': 'State' }, h('span', { class: `chip ${tone}` }, words)),
    h('td', { 'data-title': 'Why' }, why),
    h(
      'td',
      null,
      state !== 'accepted' && actionButton('Remove', isSending ? 'It is being sent' : lost, drop, `Remove ${label}`),
    ),
  );
}

/** What was refused because it lies there already is no fault of the part. @param {Line} line */
export async function findThere(line) {
  try {
    const { items } = await get(`/v1/stock/lookup?${new URLSearchParams({ label: line.label })}`);
    const there = items.find((/** @type {any} */ { quantity }) => quantity > 0);
    if (there === undefined) return;
    const where = there.place ?? 'a place that nobody has said';
    Object.assign(line, { state: 'duplicate', why: `in stock already, at ${where}`, itemId: there.id });
  } catch (error) {
    // Then it stands as rejected, with the reason that came with it.
    if (!(error instanceof Problem)) throw error;
  }
}
