import { h } from './h.js';

/**
 * A screen that is one list, of something that is not in the feed of events: asked for again while somebody looks.
 * @param {string} title
 * @param {any} list
 * @param {number} everyMs
 */
export async function polledPage(title, list, everyMs) {
  addEventListener('reanimator:missing-scope', list.redraw);
  const timer = setInterval(() => !document.hidden && list.refresh(), everyMs);
  await list.update();
  return {
    title,
    body: h('div', null, h('h1', { tabindex: -1 }, title), list.node),
    update: list.update,
    refresh: list.refresh,
    leave() {
      clearInterval(timer);
      removeEventListener('reanimator:missing-scope', list.redraw);
      list.stop();
    },
  };
}
