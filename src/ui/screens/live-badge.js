import { duration, utc } from './format.js';

/** Says whether what stands here is what is. @param {HTMLElement} node */
export function liveBadge(node) {
  /** @type {import('./live.js').LiveState | undefined} */
  let state;

  function draw() {
    if (!state) return;
    const { kind, since, why } = state;
    const text = {
      connecting: 'connecting',
      live: 'live',
      stale: `stale since ${duration(Date.now() - since)}`,
      paused: 'paused',
      refused: 'not live',
    }[kind];
    node.className = `pulse ${kind}`;
    if (node.textContent !== text) node.textContent = text;
    node.title =
      kind === 'live'
        ? 'Changes appear here as they happen'
        : `${why}${kind === 'stale' ? `; last heard ${utc(new Date(since).toISOString())}` : ''}`;
  }

  setInterval(() => state?.kind === 'stale' && draw(), 5000);
  return {
    /** @param {import('./live.js').LiveState | undefined} next */
    show(next) {
      state = next;
      node.hidden = next === undefined;
      draw();
    },
  };
}
