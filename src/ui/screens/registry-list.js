import { h } from './h.js';
import { registryTabs } from './registry-tabs.js';

/**
 * A screen of the registry that is one list.
 * @param {string} title
 * @param {any} list
 * @param {string} subjects beginning of the subjects of events that change it
 */
export async function registryList(title, list, subjects) {
  await list.update();
  return {
    title,
    body: h('div', null, h('h1', { tabindex: -1 }, 'Registry'), registryTabs(), list.node),
    update: list.update,
    refresh: list.refresh,
    onEvent: (/** @type {any} */ event) => event.subject.startsWith(subjects) && list.refresh(),
    leave: list.stop,
  };
}
