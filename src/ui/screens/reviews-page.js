import { get, post } from './api.js';
import { actionButton, ask } from './ask.js';
import { knowNames } from './asset-names.js';
import { chip } from './chip.js';
import { decideButtons } from './decide.js';
import { h } from './h.js';
import { listPage } from './list-page.js';
import { evidenceOf, questionOf, serversOf } from './review-words.js';
import { whyNotAllowed } from './session.js';
import { subjectLink } from './subject-link.js';
import { tabs } from './tabs.js';
import { when } from './when.js';

const TABS = /** @type {const} */ ([
  ['/ui/reviews', 'Questions'],
  ['/ui/reviews/decisions', 'Decisions'],
]);

/** What the evidence leaves open. */
export async function reviewsPage() {
  return listPage((list) => ({
    ...frame('Reviews'),
    path: '/v1/identity/reviews',
    fixed: { state: 'open' },
    filters: [
      {
        name: 'state',
        api: 'state',
        label: 'State',
        none: 'open',
        options: [
          ['decided', 'decided'],
          ['obsolete', 'answered by newer evidence'],
        ],
      },
      {
        name: 'kind',
        api: 'kind',
        label: 'About',
        options: [
          ['evidence-of-several-servers', 'evidence of several servers'],
          ['serial-claimed-twice', 'a serial claimed twice'],
          ['component-in-two-places', 'a part in two places'],
          ['maybe-one-component', 'maybe one part'],
          ['bundle-without-place', 'a bundle of nobody knows which server'],
        ],
      },
    ],
    columns: [
      {
        title: 'Question',
        head: true,
        cell: (review) => h('div', { class: 'question' }, h('p', null, questionOf(review)), evidenceOf(review)),
      },
      { title: 'State', cell: (review) => chip(review.state) },
      { title: 'Asked', cell: (review) => when(review.opened_at, { only: 'age' }) },
      { title: 'Decide', cell: (review) => decideButtons(review, () => list.refresh()) },
    ],
    key: (review) => review.id,
    assetOf: serversOf,
    empty: h('p', null, 'No questions: the evidence of all collections fits together.'),
  }));
}

/** What people decided about it. */
export async function decisionsPage() {
  return listPage((list) => ({
    ...frame('Decisions'),
    path: '/v1/identity/decisions',
    filters: [],
    columns: [
      { title: 'What', head: true, cell: (decision) => decision.kind.replaceAll('-', ' ') },
      { title: 'About', cell: (decision) => h('span', { class: 'why' }, aboutOf(decision)) },
      { title: 'Reason', cell: (decision) => h('span', { class: 'why' }, decision.reason) },
      { title: 'By', cell: (decision) => decision.decided_by },
      { title: 'When', cell: (decision) => when(decision.decided_at, { only: 'age' }) },
      {
        title: 'Do',
        cell: (decision) =>
          decision.revoked_at === null
            ? actionButton('Take back', whyNotAllowed('components:write'), () => void takeBack(decision, list.refresh))
            : h(
                'span',
                { class: 'dim' },
                'taken back by ',
                decision.revoked_by,
                ' ',
                when(decision.revoked_at, { only: 'age' }),
              ),
      },
    ],
    key: (decision) => decision.id,
    assetOf: (decision) =>
      Object.entries(decision.about).flatMap(([name, id]) => (typeOf(decision.kind, name) === 'asset' ? [id] : [])),
    empty: h('p', null, 'Nobody has decided anything yet.'),
  }));
}

/** @param {any} decision @param {() => void} onDone */
async function takeBack(decision, onDone) {
  const done = await ask({
    title: `Take back: ${decision.kind.replaceAll('-', ' ')}`,
    text: 'Everything is as if it had not been decided: the histories that it concerns are worked out again.',
    fields: [{ name: 'reason', label: 'Reason', kind: 'area', required: true, max: 500 }],
    action: 'Take back',
    send: (values, key) => post(`/v1/identity/decisions/${decision.id}/revoke`, { reason: values['reason'] }, key),
  });
  if (done) onDone();
}

/** @type {Record<string, [title: string, type: string]>} */
const ABOUT = {
  cardId: ['evidence', ''],
  assetId: ['server', 'asset'],
  componentId: ['part', 'component'],
  placeId: ['in', ''],
  reviewId: ['question', 'review'],
  sha256: ['bundle', 'bundle'],
};

/** @param {string} kind of the decision @param {string} name @returns {string} of what it names; empty: it has no screen */
function typeOf(kind, name) {
  if (name === 'from' || name === 'to') return kind === 'merge-assets' ? 'asset' : 'component';
  return ABOUT[name]?.[1] ?? '';
}

/** @param {any} decision */
function aboutOf({ kind, about }) {
  return Object.entries(about).map(([name, value]) => {
    const [id, type] = [String(value), typeOf(kind, name)];
    return [
      h('span', { class: 'dim' }, `${ABOUT[name]?.[0] ?? name} `),
      type === '' ? h('code', { title: id }, id.slice(-12)) : subjectLink(type, id),
      ' ',
    ];
  });
}

/** One question, as events link to it. @param {string} id */
export async function reviewPage(id) {
  const place = h('div', { class: 'question' });
  async function load() {
    const review = await get(`/v1/identity/reviews/${id}`);
    await knowNames(serversOf(review), AbortSignal.timeout(30_000));
    place.replaceChildren(
      h(
        'p',
        null,
        chip(review.state),
        ' asked ',
        when(review.opened_at),
        review.closed_at !== null && [', closed ', when(review.closed_at)],
      ),
      h('p', { class: 'large' }, questionOf(review)),
      ...[evidenceOf(review), decideButtons(review, () => void load())].filter((node) => node instanceof Node),
    );
  }
  await load();
  return {
    title: 'Review',
    body: h(
      'article',
      null,
      h('p', { class: 'crumb' }, h('a', { href: '/ui/reviews' }, 'Reviews')),
      h('h1', { tabindex: -1 }, 'A question'),
      place,
    ),
    refresh: () => void load(),
  };
}

/** What both lists have. @param {string} title */
function frame(title) {
  return {
    ...{ title, heading: 'Reviews', tabs: tabs('Reviews', TABS) },
    isAbout: (/** @type {any} */ event) => event.subject.includes('/reviews/'),
  };
}
