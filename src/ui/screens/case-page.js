import { get, newIdempotencyKey, post } from './api.js';
import { actionButton, ask } from './ask.js';
import { caseState, linkedTo, SUBJECTS, sureness } from './case-words.js';
import { h, outside, slot } from './h.js';
import { panelLine } from './panel-line.js';
import { problemBox } from './problem.js';
import { whyNotAllowed } from './session.js';
import { soon } from './soon.js';
import { stackedTable } from './stacked-table.js';
import { when } from './when.js';

/** @typedef {import('./case-words.js').CaseLink} CaseLink */

/** One case: what it is about and why, which people confirm or correct, and what its makers wrote. @param {string} id */
export async function casePage(id) {
  const control = new AbortController();
  const { signal } = control;
  const path = `/v1/cases/${id}`;
  const faults = h('div', null);
  const title = h('h1', { tabindex: -1 }, 'Case');
  const head = slot(h('div', null), headOf);
  const links = slot(
    h('section', { class: 'panel', 'aria-label': 'What it is about' }),
    (/** @type {{ links: CaseLink[], lacks: string | null }} */ shown) => linksOf(shown),
  );
  const words = slot(h('section', { class: 'panel', 'aria-label': 'What its makers wrote' }), wordsOf);

  async function load() {
    try {
      const one = await get(path, signal);
      title.textContent = `${one.key} ${one.summary}`;
      head.show(one);
      links.show({ links: one.links, lacks: whyNotAllowed('tickets:write') ?? null });
      words.show({ text: one.text, fields: one.fields, labels: one.labels });
      faults.replaceChildren();
    } catch (error) {
      if (!signal.aborted) faults.replaceChildren(problemBox(error, () => void load()));
    }
  }

  /** @param {{ links: CaseLink[], lacks: string | null }} shown */
  function linksOf({ links: all, lacks }) {
    return [
      h('h2', null, 'What it is about ', h('small', null, 'imports leave alone what a person said')),
      all.length === 0
        ? h('p', { class: 'dim' }, 'Its words name nothing that is known here.')
        : stackedTable({
            caption: 'What it is about',
            titles: ['What', 'How sure', 'Found by', 'Since', ''],
            look: 'case-links',
            rows: all.map((link) => linkRow(link, lacks ?? undefined)),
          }),
      h(
        'p',
        { class: 'actions' },
        actionButton('It is about something else…', lacks ?? undefined, () => void askOther()),
      ),
    ];
  }

  /** @param {CaseLink} link @param {string | undefined} lacks */
  function linkRow(link, lacks) {
    const name = `${SUBJECTS[link.subject_type] ?? link.subject_type} ${link.subject_name ?? link.subject_id}`;
    const say = (/** @type {boolean} */ isRight) => () => void judge(link, isRight);
    return h(
      'tr',
      { class: link.verdict === 'wrong' ? 'wrong' : null },
      h('th', { scope: 'row' }, `${SUBJECTS[link.subject_type] ?? link.subject_type} `, linkedTo(link)),
      h('td', { 'data-title': 'How sure' }, sureness(link)),
      h('td', { 'data-title': 'Found by' }, h('span', { class: 'why' }, link.why)),
      h('td', { 'data-title': 'Since' }, when(link.created_at, { only: 'age' })),
      h(
        'td',
        { class: 'judge' },
        link.verdict !== 'right' && actionButton('Confirm', lacks, say(true), `Confirm: it is about ${name}`),
        ' ',
        link.verdict !== 'wrong' && actionButton('Remove', lacks, say(false), `Remove: it is not about ${name}`),
      ),
    );
  }

  /** Whatever was said can be said otherwise: nobody is asked twice. @param {CaseLink} link @param {boolean} isRight */
  async function judge(link, isRight) {
    try {
      const body = { subject_type: link.subject_type, subject_id: link.subject_id, is_right: isRight };
      await post(`${path}/links`, body, newIdempotencyKey());
      await load();
    } catch (error) {
      faults.replaceChildren(problemBox(error));
    }
  }

  async function askOther() {
    const done = await ask({
      title: 'What it is about',
      text: 'Imports leave it so.',
      fields: [
        {
          name: 'subject_type',
          label: 'What',
          kind: 'choice',
          required: true,
          options: Object.entries(SUBJECTS),
        },
        {
          name: 'subject_name',
          label: 'Which',
          required: true,
          hint: 'The serial, name or asset tag of a server; the serial of a part; the code of a project; the key of a ticket.',
        },
      ],
      action: 'Link',
      send: (values, key) => post(`${path}/links`, { ...values, is_right: true }, key),
    });
    if (done) await load();
  }

  const refresher = soon(load, 1000);
  addEventListener('reanimator:missing-scope', refresher.ask);
  await load();
  return {
    title: title.textContent ?? 'Case',
    body: h(
      'article',
      { class: 'case' },
      h(
        'p',
        { class: 'crumb' },
        h('a', { href: '/ui/tickets' }, 'Tickets'),
        ' / ',
        h('a', { href: '/ui/tickets/cases' }, 'Cases of others'),
      ),
      title,
      faults,
      head.node,
      links.node,
      words.node,
    ),
    refresh: refresher.ask,
    onEvent: (/** @type {any} */ event) => event.subject === path && refresher.ask(),
    leave() {
      removeEventListener('reanimator:missing-scope', refresher.ask);
      refresher.stop();
      control.abort();
    },
  };
}

/** @param {any} one */
function headOf(one) {
  return [
    h('p', null, caseState(one), one.priority && [' ', h('span', { class: 'chip plain' }, one.priority)]),
    h(
      'dl',
      { class: 'facts stock-facts' },
      panelLine('Case', outside(one.url, one.key)),
      panelLine('Source', one.source),
      panelLine('Assignee', one.assignee),
      panelLine('Opened', when(one.opened_at)),
      panelLine('Changed', when(one.changed_at)),
      panelLine('Resolved', one.resolved_at ? when(one.resolved_at) : 'not yet'),
      panelLine('Imported', when(one.imported_at)),
    ),
  ];
}

/** @param {any} one */
function wordsOf({ text, fields, labels }) {
  const said = Object.entries(fields).filter(([, value]) => value !== null && value !== '');
  return [
    h('h2', null, 'What its makers wrote'),
    text === '' ? h('p', { class: 'dim' }, 'It has no text.') : h('p', { class: 'written' }, text),
    labels.length > 0 &&
      h(
        'p',
        null,
        labels.map((/** @type {string} */ label) => [h('code', null, label), ' ']),
      ),
    said.length > 0 &&
      h(
        'dl',
        { class: 'facts stock-facts' },
        said.map(([name, value]) => panelLine(name, String(value))),
      ),
  ];
}
