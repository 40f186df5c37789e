import { get } from './api.js';
import { chip } from './chip.js';
import { h } from './h.js';
import { problemBox } from './problem.js';

const OVER = new Set(['done', 'dead', 'cancelled']);
const GIVE_UP_MS = 30 * 60_000;

/**
 * Shows the jobs that do what was asked for, until each has come to its end.
 * @param {HTMLElement} node
 * @param {string} jobs the address that the 202 gave
 * @param {AbortSignal} signal
 * @param {() => void} onEnd
 */
export async function followJobs(node, jobs, signal, onEnd) {
  node.replaceChildren(h('p', { class: 'job' }, chip('waiting'), ' asked for; the job starts in a moment'));
  const started = Date.now();
  for (let pause = 300; Date.now() - started < GIVE_UP_MS; pause = Math.min(pause * 1.3, 3000)) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (signal.aborted) return;
    try {
      const { items } = await get(jobs, signal);
      if (items.length > 0) node.replaceChildren(...items.map(line));
      if (items.length > 0 && items.every((/** @type {any} */ job) => OVER.has(job.state))) return onEnd();
      if (items.length === 0 && Date.now() - started > 30_000) {
        node.replaceChildren(
          h(
            'p',
            { class: 'job' },
            'No job has taken it up yet: is a worker running? See ',
            h('a', { href: '/ui/jobs' }, 'Jobs'),
            '.',
          ),
        );
      }
    } catch (error) {
      if (signal.aborted) return;
      node.replaceChildren(problemBox(error));
      if (/** @type {{ status?: number }} */ (error).status === 403) return;
    }
  }
}

/** @param {any} job */
function line(job) {
  return h(
    'p',
    { class: 'job' },
    chip(job.state),
    ' ',
    h('a', { href: `/ui/jobs?cause=${encodeURIComponent(job.cause ?? '')}` }, job.name),
    ` run ${job.attempts}`,
    job.error &&
      h('span', { class: 'fault' }, ` ${job.error.message ?? ''}${job.error.remedy ? `: ${job.error.remedy}` : ''}`),
  );
}
