import { post } from './api.js';
import { actionButton, ask } from './ask.js';
import { effectOf, endOfDay, sentenceOf, VERDICT_TITLES } from './drift-words.js';
import { h } from './h.js';
import { whyNotAllowed } from './session.js';
import { toSearch } from './url-state.js';

/** @typedef {import('./drift-words.js').Verdict} Verdict */

const VERDICTS = /** @type {Verdict[]} */ (Object.keys(VERDICT_TITLES));

/** @param {Verdict} verdict @returns {import('./ask.js').Field[]} */
function fieldsOf(verdict) {
  const reason = /** @type {import('./ask.js').Field} */ ({
    name: 'reason',
    label: 'Reason',
    kind: 'area',
    required: verdict === 'ignore',
    max: 500,
    hint: 'Stands beside the decision and on the timeline; it can be taken back.',
  });
  if (verdict !== 'ignore') return [reason];
  return [
    reason,
    {
      name: 'until',
      label: 'Until the end of',
      kind: 'date',
      hint: 'Left empty: for as long as both values stay as they are.',
    },
  ];
}

/** @param {Verdict} verdict @param {Record<string, any>} values */
function saying(verdict, values) {
  return {
    verdict,
    reason: values['reason'],
    ...(verdict === 'ignore' ? { until: endOfDay(values['until']) } : {}),
  };
}

/** What can be said of one drift, as buttons. @param {any} drift @param {() => void} onDone */
export function verdictButtons(drift, onDone) {
  if (drift.state === 'resolved') return null;
  const lacks = whyNotAllowed('reconcile:write');
  if (drift.verdict !== null)
    return h(
      'span',
      { class: 'row-actions' },
      actionButton('Take back', lacks, () => void takeBack(drift, onDone)),
    );
  return h(
    'span',
    { class: 'row-actions' },
    drift.verdicts.map((/** @type {{ verdict: Verdict, why_not: string | null }} */ { verdict, why_not: why }) =>
      actionButton(
        VERDICT_TITLES[verdict],
        lacks ?? why ?? undefined,
        () => void decideOne(drift, verdict, onDone),
        `${VERDICT_TITLES[verdict]}: ${drift.label} ${drift.field}`.trim(),
      ),
    ),
  );
}

/** @param {any} drift @param {Verdict} verdict @param {() => void} onDone */
async function decideOne(drift, verdict, onDone) {
  const done = await ask({
    title: `${VERDICT_TITLES[verdict]}: ${drift.label}`,
    text: `${sentenceOf(drift)}. ${effectOf(verdict, drift.kind)}`,
    fields: fieldsOf(verdict),
    action: VERDICT_TITLES[verdict],
    send: (values, key) =>
      post(`/v1/drifts/${drift.id}/decision`, { ...saying(verdict, values), version: drift.version }, key),
  });
  if (done) onDone();
}

/** @param {any} drift @param {() => void} onDone */
async function takeBack(drift, onDone) {
  const done = await ask({
    title: `Take back: ${drift.label}`,
    text: `${sentenceOf(drift)}. It is open again, and what the mapping says holds.`,
    fields: [],
    action: 'Take back',
    send: (_values, key) => post(`/v1/drifts/${drift.id}/decision`, { verdict: null, version: drift.version }, key),
  });
  if (done) onDone();
}

/**
 * The same for many at once, as buttons.
 * @param {{ title: string, label: string, filter(): Record<string, unknown>, count: number, kind: string | null, verdicts?: { verdict: Verdict, why_not: string | null }[], isDecided?: boolean, address(): Record<string, string | undefined> }} many
 * isDecided: something was said of them, which can be taken back; address: of the list that shows them, whatever their state
 * @param {(outcome: import('./h.js').Child) => void} onDone is told what became of them
 */
export function manyButtons(many, onDone) {
  const lacks = whyNotAllowed('reconcile:write') ?? (many.count === 0 ? 'There is none' : undefined);
  const options = many.verdicts ?? VERDICTS.map((verdict) => ({ verdict, why_not: null }));
  return h(
    'span',
    { class: 'row-actions' },
    options.map(({ verdict, why_not: why }) =>
      actionButton(
        VERDICT_TITLES[verdict],
        lacks ?? why ?? undefined,
        () => void decideMany(many, verdict, onDone),
        `${VERDICT_TITLES[verdict]}: ${many.label}`,
      ),
    ),
    many.isDecided &&
      actionButton('Take back', lacks, () => void takeBackMany(many, onDone), `Take back: ${many.label}`),
  );
}

/** @param {Parameters<typeof manyButtons>[0]} many @param {(outcome: import('./h.js').Child) => void} onDone */
async function takeBackMany({ title, filter, count }, onDone) {
  const done = await ask({
    title: `Take back: ${count} at once`,
    text: `${title}. They are open again, and what the mapping says holds. What was done already is not undone.`,
    fields: [],
    action: `Take back ${count}`,
    send: (_values, key) => post('/v1/drifts/decisions', { filter: filter(), verdict: null, expect: count }, key),
  });
  if (done) onDone(outcomeOf(done.answer, 'taken back'));
}

/** @param {Parameters<typeof manyButtons>[0]} many @param {Verdict} verdict @param {(outcome: import('./h.js').Child) => void} onDone */
async function decideMany({ title, filter, count, kind, address }, verdict, onDone) {
  const done = await ask({
    title: `${VERDICT_TITLES[verdict]}: ${count} at once`,
    text: `${title}. ${effectOf(verdict, kind)}`,
    fields: fieldsOf(verdict),
    action: `${VERDICT_TITLES[verdict]} for ${count}`,
    send: (values, key) =>
      post('/v1/drifts/decisions', { filter: filter(), ...saying(verdict, values), expect: count }, key),
  });
  const state = verdict === 'ignore' ? 'ignored' : 'decided';
  if (done) onDone(outcomeOf(done.answer, 'decided', `/ui/drift/list${toSearch({ ...address(), state })}`));
}

/** @param {{ decided: number, refused: number, reasons: any[] }} answer @param {string} what @param {string} [where] the list of them */
function outcomeOf({ decided, refused, reasons }, what, where) {
  return h(
    'div',
    { class: 'notice' },
    h(
      'p',
      null,
      `${decided} ${what}${refused > 0 ? `, ${refused} not:` : '.'}`,
      where !== undefined && decided > 0 && [' ', h('a', { href: where }, 'See them, or take it back')],
    ),
    refused > 0 &&
      h(
        'ul',
        null,
        reasons.map(({ reason, count, example }) =>
          h('li', null, `${count} × ${reason} `, h('span', { class: 'dim' }, `(e.g. ${example.label})`)),
        ),
      ),
  );
}
