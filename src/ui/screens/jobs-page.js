import { post } from './api.js';
import { actionButton, ask } from './ask.js';
import { chip } from './chip.js';
import { h } from './h.js';
import { createList } from './list.js';
import { polledPage } from './polled-page.js';
import { whyNotAllowed } from './session.js';
import { subjectLink } from './subject-link.js';
import { when } from './when.js';

const POLL_MS = 3000;

export async function jobsPage() {
  const list = createList({
    path: '/v1/jobs',
    title: 'Jobs',
    filters: [
      {
        name: 'state',
        api: 'state',
        label: 'State',
        options: [['dead', 'dead (letters)'], 'waiting', 'active', 'done', 'cancelled'],
      },
      { name: 'name', api: 'name', label: 'Name' },
      { name: 'subject', api: 'subject', label: 'About (id)' },
      { name: 'cause', api: 'cause', label: 'Cause (id)' },
    ],
    columns: [
      { title: 'Job', head: true, cell: (job) => h('span', { title: job.id }, job.name) },
      { title: 'State', cell: (job) => chip(job.state) },
      { title: 'About', cell: (job) => (job.subject === null ? '' : subjectLink(job.subject.type, job.subject.id)) },
      { title: 'Asked', cell: (job) => when(job.created_at) },
      { title: 'Next or last', wide: true, cell: lastTime },
      { title: 'Runs', number: true, wide: true, cell: (job) => job.attempts },
      { title: 'Failed', number: true, wide: true, cell: (job) => job.failures },
      { title: 'What came of it', cell: outcome },
      {
        title: 'Do',
        cell: (job) =>
          job.state === 'dead' &&
          actionButton('Replay', whyNotAllowed('jobs:write'), () => void replay(job), `Replay ${job.name}`),
      },
    ],
    key: (job) => job.id,
    assetOf: (job) => (job.subject?.type === 'asset' ? job.subject.id : null),
    tone: (job) => (job.state === 'dead' ? 'ill' : undefined),
    empty: h('p', null, 'There are no jobs yet: they come with events, e.g. when a BMC appears.'),
  });

  /** @param {any} job */
  async function replay(job) {
    const done = await ask({
      title: `Replay ${job.name}`,
      text: [
        h('span', { class: 'fault' }, String(job.error?.message ?? 'No reason is known.')),
        job.error?.remedy && ` Remedy: ${job.error.remedy}.`,
      ],
      fields: [],
      action: 'Replay',
      send: (_values, key) => post(`/v1/jobs/${job.id}/replay`, undefined, key),
    });
    if (done) list.refresh();
  }

  return polledPage('Jobs', list, POLL_MS);
}

/** @param {any} job */
function lastTime(job) {
  if (job.finished_at !== null) return when(job.finished_at);
  if (job.state === 'active' && job.started_at !== null) return ['started ', when(job.started_at, { only: 'age' })];
  return ['due ', when(job.due_at, { only: 'age' })];
}

/** @param {any} job */
function outcome({ error, result, progress, input, cause, reaction }) {
  const line =
    error === null
      ? h('span', { class: 'clip long' }, short(result ?? progress ?? {}))
      : h(
          'span',
          { class: 'why' },
          h('span', { class: 'fault' }, String(error.message ?? error.kind ?? 'failed')),
          error.remedy && h('b', null, ` Remedy: ${error.remedy}.`),
        );
  return h(
    'details',
    { class: 'more' },
    h('summary', null, line),
    h(
      'pre',
      null,
      JSON.stringify(
        { input, ...(error && { error }), ...(progress && { progress }), ...(result && { result }), reaction, cause },
        null,
        2,
      ),
    ),
  );
}

/** @param {Record<string, unknown>} data */
function short(data) {
  const parts = Object.entries(data).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return parts.join(', ') || '–';
}
