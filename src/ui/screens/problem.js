import { Problem } from './api.js';
import { h } from './h.js';

/** What went wrong, with the fields that it names and what to do. @param {unknown} error @param {() => void} [again] */
export function problemBox(error, again) {
  const problem =
    error instanceof Problem
      ? error
      : new Problem({
          status: -1,
          title: 'This screen failed',
          detail: error instanceof Error ? error.message : String(error),
        });
  const scope = problem.missingScope;
  // The detail of one fault is that fault; of several it is only the first and how many more.
  const isListed = problem.errors.length > 1;
  return h(
    'div',
    { class: 'problem', role: 'alert' },
    h('strong', null, problem.title),
    isListed || h('p', null, problem.message),
    isListed &&
      h(
        'ul',
        null,
        problem.errors.map(({ field, message }) => h('li', null, h('code', null, field), ' ', message)),
      ),
    scope !== null &&
      h('p', null, 'Ask for a key that has ', h('code', null, scope), ', then sign out and in with it.'),
    problem.requestId !== null &&
      problem.status >= 500 &&
      h('p', { class: 'dim' }, 'Request ', h('code', null, problem.requestId), ': the log has it under this id.'),
    again && h('button', { type: 'button', onclick: again }, 'Try again'),
  );
}
