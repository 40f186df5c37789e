import { get } from './api.js';
import { h, slot } from './h.js';
import { soon } from './soon.js';

/** How the hub stands to each system, as far as somebody who decides has to know it: whether anything comes of it by itself. */
export function driftStanding() {
  const control = new AbortController();
  const notes = slot(h('div', { class: 'standing-notes' }), (/** @type {{ systems: any[] }} */ { systems }) =>
    systems.map(noteOf),
  );
  const refresher = soon(load, 2000);

  async function load() {
    try {
      const { items } = await get('/v1/reconcile/systems', control.signal);
      notes.show({
        systems: items.map((/** @type {any} */ { system, mode, held_reason: held, compared_at: compared, drifts }) => ({
          ...{ system, mode, held, compared: compared !== null },
          decided: drifts.reduce(
            (/** @type {number} */ sum, /** @type {any} */ { state, count }) => sum + (state === 'decided' ? count : 0),
            0,
          ),
        })),
      });
    } catch {
      // Beside the list it is only a hint; why nothing comes, the list says.
    }
  }

  return {
    node: notes.node,
    load,
    refresh: refresher.ask,
    stop() {
      refresher.stop();
      control.abort();
    },
  };
}

/** @param {{ system: string, mode: string, held: string | null, compared: boolean, decided: number }} standing */
function noteOf({ system, mode, held, compared, decided }) {
  if (held !== null)
    return h(
      'p',
      { class: 'notice' },
      h('b', null, `${system} is held: `),
      `${held}. Nothing is done by itself until somebody releases it under `,
      h('a', { href: '/ui/drift/systems' }, 'Systems'),
      '.',
    );
  if (mode !== 'dry-run') return null;
  const list = `/ui/drift/list?${new URLSearchParams({ state: 'decided', system })}`;
  return h(
    'p',
    { class: 'hint' },
    h('b', null, `${system} is in dry-run`),
    compared
      ? ': what is decided here is done once a plan is approved under '
      : ', and was never compared as a whole: make a plan under ',
    h('a', { href: '/ui/drift/runs' }, 'Runs'),
    '.',
    decided > 0 && [' ', h('a', { href: list }, `${decided} decided`), ' wait for the next plan.'],
  );
}
