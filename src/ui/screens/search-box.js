import { findParts, findServers } from './find-server.js';
import { h } from './h.js';
import { go } from './navigate.js';
import { KIND_NAMES } from './part-kinds.js';

const SHOWN = 12;

/** The box in the bar: `/` goes there, Enter jumps to the server or the part. */
export function searchBox() {
  const form = /** @type {HTMLFormElement} */ (document.getElementById('search'));
  const input = /** @type {HTMLInputElement} */ (document.getElementById('search-text'));
  const answer = /** @type {HTMLElement} */ (document.getElementById('search-answer'));
  /** @type {AbortController | undefined} */
  let running;

  /** @param {import('./h.js').Child[]} children */
  function say(...children) {
    answer.replaceChildren(...children.flat().filter((child) => child instanceof Node || typeof child === 'string'));
    answer.hidden = answer.childNodes.length === 0;
  }

  async function search() {
    const text = input.value.trim();
    running?.abort();
    if (text === '') return say();
    const mine = new AbortController();
    running = mine;
    const slow = setTimeout(() => say('Looking …'), 250);
    try {
      const [servers, parts] = await Promise.all([findServers(text, mine.signal), findParts(text, mine.signal)]);
      if (mine.signal.aborted) return;
      const links = [...servers.found.map(serverLink), ...parts.found.map(partLink)];
      const isComplete = servers.isComplete && parts.isComplete;
      const [only] = links;
      if (only !== undefined && links.length === 1) {
        say();
        input.value = '';
        return go(only.getAttribute('href') ?? '');
      }
      const more =
        links.length > SHOWN ? [h('span', { class: 'dim' }, `and ${links.length - SHOWN} more: write more of it`)] : [];
      const limit = isComplete ? [] : [h('span', { class: 'dim' }, 'These are not all: write more of it.')];
      if (links.length === 0)
        say(`No server has the serial, name, asset tag or MAC “${text}”, and no part the serial or number.`, ...limit);
      else say(...links.slice(0, SHOWN), ...more, ...limit);
    } catch (error) {
      if (!mine.signal.aborted) say(error instanceof Error ? error.message : 'That did not work.');
    } finally {
      clearTimeout(slow);
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void search();
  });
  input.addEventListener('input', () => say());
  addEventListener('reanimator:go', () => say());
  addEventListener('pointerdown', (event) => event.target instanceof Node && !form.contains(event.target) && say());
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && form.contains(document.activeElement)) {
      say();
      input.blur();
    }
    const isTyping =
      event.target instanceof Element &&
      event.target.closest('input, textarea, select, dialog, [contenteditable]') !== null;
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

/** @param {any} asset */
function serverLink(asset) {
  return h(
    'a',
    { href: `/ui/assets/${asset.id}` },
    h('b', null, asset.name ?? asset.serial ?? asset.id),
    ' ',
    h('span', { class: 'dim' }, asset.serial ?? ''),
  );
}

/** @param {any} part */
function partLink(part) {
  return h(
    'a',
    { href: `/ui/components/${part.id}` },
    h('b', null, part.serial ?? part.part_number ?? part.id),
    ' ',
    h('span', { class: 'dim' }, [KIND_NAMES[part.kind] ?? part.kind, part.where?.name].filter(Boolean).join(' in ')),
  );
}
