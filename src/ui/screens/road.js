import { h } from './h.js';
import { CHAPTERS, LIFECYCLE } from './lifecycle.js';

/**
 * The lifecycle as a road: where the server stands, and where a move leads from there.
 * @param {{ state: string, moves: { title: string, to: string }[] }} asset
 */
export function road({ state, moves }) {
  const at = LIFECYCLE.indexOf(state);
  return h(
    'ol',
    { class: 'road', 'aria-label': `Lifecycle: it is ${state}` },
    CHAPTERS.map(([title, states]) => {
      const isHere = states.some((one) => one === state);
      const isBehind = !isHere && LIFECYCLE.indexOf(states[0]) < at;
      return h(
        'li',
        { class: ['chapter', isHere && 'here', isBehind && 'behind'].filter(Boolean).join(' ') },
        h('span', { class: 'chapter-title' }, title),
        h(
          'ol',
          null,
          states.map((one) => station(one, state, moves)),
        ),
      );
    }),
  );
}

/** @param {string} name @param {string} state @param {{ title: string, to: string }[]} moves */
function station(name, state, moves) {
  const text = name.replaceAll('_', ' ').toLowerCase();
  if (name === state) return h('li', { class: 'station here', 'aria-current': 'step' }, text);
  const move = moves.find(({ to }) => to === name);
  if (move) return h('li', { class: 'station open', title: `${move.title} leads here` }, text);
  return h('li', { class: 'station' }, text);
}
