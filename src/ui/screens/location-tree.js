import { get } from './api.js';
import { h } from './h.js';
import { problemBox } from './problem.js';

/** These hold no other locations. */
const LEAVES = new Set(['rack']);
/** What is open stays open when the tree is drawn anew, and when somebody comes back. @type {Map<string, boolean>} */
const open = new Map();

/**
 * Locations that lie side by side, each of which opens to what is in it.
 * @param {any[]} locations @param {AbortSignal} signal @param {boolean} [isOpen] from the start @returns {HTMLElement}
 */
export function locationBranch(locations, signal, isOpen = false) {
  return h(
    'ul',
    null,
    locations.map((one) => branch(one, signal, isOpen)),
  );
}

/** @param {any} one @param {AbortSignal} signal @param {boolean} isOpen */
function branch(one, signal, isOpen) {
  const link = h('a', { href: `/ui/registry/locations/${one.id}` }, one.name);
  const type = h('span', { class: 'dim' }, ` ${one.type}${one.code ? `, ${one.code}` : ''}`);
  if (LEAVES.has(one.type)) return h('li', null, h('span', { class: 'twig' }), link, type);
  const inside = h('div', { hidden: true });
  const button = h(
    'button',
    {
      type: 'button',
      class: 'quiet twig',
      'aria-expanded': 'false',
      'aria-label': `What is in ${one.name}`,
      onclick: toggle,
    },
    '▸',
  );
  let isLoaded = false;

  function toggle() {
    const opens = inside.hidden;
    inside.hidden = !opens;
    button.setAttribute('aria-expanded', String(opens));
    button.textContent = opens ? '▾' : '▸';
    if (opens) open.set(one.id, true);
    else open.set(one.id, false);
    if (opens && !isLoaded) void load();
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

  if (open.get(one.id) ?? isOpen) toggle();
  return h('li', null, button, link, type, inside);
}
