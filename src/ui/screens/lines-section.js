import { get, Problem } from './api.js';
import { h, slot } from './h.js';
import { problemBox } from './problem.js';

/**
 * A part of a page that is a few lines of a list of the API, and is not there where there are none, or where the key may not see them.
 * @param {{ name: string, signal: AbortSignal, lines(found: { items: any[], more: boolean, about: any }): import('./h.js').Child }} spec
 */
export function linesSection({ name, signal, lines }) {
  const section = slot(h('section', { class: name, hidden: true }), lines);
  const faults = h('div', { hidden: true });
  /** @type {string | null} */
  let asked = null;

  /** @param {string | null} address null: of nothing @param {any} [about] what the lines are told of it */
  async function load(address, about = null) {
    asked = address;
    if (address === null) return void (section.node.hidden = true);
    try {
      const { items, next } = await get(address, signal);
      if (asked !== address) return;
      section.show({ items, more: next !== null, about });
      section.node.hidden = items.length === 0;
      faults.hidden = true;
    } catch (error) {
      if (signal.aborted || asked !== address) return;
      const isHidden = error instanceof Problem && (error.missingScope !== null || error.status === 404);
      faults.hidden = isHidden;
      faults.replaceChildren(problemBox(error, () => void load(address, about)));
    }
  }

  return { node: h('div', { class: 'lines-section' }, faults, section.node), load };
}
