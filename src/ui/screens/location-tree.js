import { get } from './api.js';
import { h } from './h.js';
import { problemBox } from './problem.js';

/** These hold no other locations. */
const LEAVES = new Set(['rack']);
/** What is open stays open when the tree is drawn anew, and when somebody comes back. @type {Set<string>} */
const open = new Set();

/**
 * Locations that lie side by side, each of which opens to what is in it.
 * @param {any[]} locations @param {AbortSignal} signal @returns {HTMLElement}
 */
export function locationBranch(locations, signal) {
  return h(
    'ul',
    null,
    locations.map((one) => branch(one, signal)),
  );
}

/** @param {any} one @param {AbortSignal} signal */
function branch(one, signal) {
  const link = h('a', { href: `/ui/registry/locations/${one.id}` }, one.name);
  const type = h('span', { class: 'dim' }, ` ${one.type}${one.code ? `, ${one.code}` : ''}`);
  if (LEAVES.has(one.type)) return h('li', null, h('span', { class: 'twig' }), link, type);
  const inside = h('div', { hidden: true });
  const button = h('button', { type: 'button', class: 'quiet twig', 'aria-expanded': 'false', 'aria-label': `What is in ${one.name}`, onclick: toggle }, '▸');
  let isLoaded = false;

  function toggle() {
    const isOpen = inside.hidden;
    inside.hidden = !isOpen;
    button.setAttribute('aria-expanded', String(isOpen));
    button.textContent = isOpen ? '▾' : '▸';
    if (isOpen) open.add(one.id);
    else open.delete(one.id);
    if (isOpen && !isLoaded) void load();
  }

  async function load() {
    try {
      const { items, next } = await get(`/v1/locations?parent_id=${one.id}&limit=1000`, signal);
      isLoaded = true;
      inside.replaceChildren(
        items.length === 0 ? h('p', { class: 'dim' }, 'No other location is in it.') : locationBranch(items, signal),
        ...(next === null ? [] : [h('p', { class: 'dim' }, 'There are more: search by name.')]),
      );
    } catch (error) {
      if (!signal.aborted) inside.replaceChildren(problemBox(error, () => void load()));
    }
  }

  if (open.has(one.id)) toggle();
  return h('li', null, button, link, type, inside);
}
