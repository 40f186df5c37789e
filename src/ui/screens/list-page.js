import { h } from './h.js';
import { createList } from './list.js';
import { csvButton } from './save-file.js';
import { soon } from './soon.js';

/**
 * @typedef {ReturnType<typeof createList<any>>} List
 * @typedef {Omit<Parameters<typeof createList<any>>[0], 'tools'> & {
 *   heading?: string, tabs?: import('./h.js').Child, tools?: import('./h.js').Child, csv?: string, isAbout(event: any): boolean,
 *   aside?(signal: AbortSignal): { node: Node, load(): Promise<void>, isAbout(event: any): boolean },
 * }} ListScreen
 * heading: where it is not the title. csv: how the file of all rows is called, where the API writes one. aside: what else is told of what the address
 * names, below the list.
 */

/**
 * A screen that is one list, read again whenever the feed tells of something in it.
 * @param {ListScreen | ((list: Pick<List, 'refresh' | 'query'>) => ListScreen)} screen said with the list in hand where its cells or tools need it
 */
export async function listPage(screen) {
  const handle = { refresh: () => list.refresh(), query: () => list.query() };
  const said = typeof screen === 'function' ? screen(handle) : screen;
  const { heading = said.title, tabs = null, tools, csv, isAbout, aside: beside, ...spec } = said;
  const control = new AbortController();
  const aside = beside?.(control.signal);
  const buttons = [tools, csv === undefined ? undefined : csvButton(spec.path, csv, handle.query)].filter(
    (one) => one !== undefined,
  );
  /** @type {List} */
  const list = createList(buttons.length === 0 ? spec : { ...spec, tools: buttons.flatMap((one) => [one, ' ']) });
  const again = soon(async () => aside?.load());

  async function update() {
    await Promise.all([list.update(), aside?.load()]);
  }

  addEventListener('reanimator:missing-scope', list.redraw);
  await update();
  return {
    title: spec.title,
    body: h('div', null, h('h1', { tabindex: -1 }, heading), tabs, list.node, aside?.node),
    update,
    refresh: list.refresh,
    onEvent(/** @type {any} */ event) {
      if (isAbout(event)) list.refresh();
      if (aside?.isAbout(event)) again.ask();
    },
    leave() {
      removeEventListener('reanimator:missing-scope', list.redraw);
      again.stop();
      list.stop();
      control.abort();
    },
  };
}
