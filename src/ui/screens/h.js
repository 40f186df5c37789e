/** @typedef {Node | string | number | null | undefined | boolean} Leaf */
/** @typedef {Leaf | Child[]} Child */

/** Addresses come from other systems: what is not plainly an address becomes no link. */
const SAFE_ADDRESS = /^(?:https?:\/\/|\/(?!\/)|[?#]|blob:)/i;

/**
 * Makes an element. Children are text or nodes, so data is never read as HTML.
 * `on…` are listeners, true is an empty attribute; null, undefined and false are left out.
 * @param {string} tag
 * @param {Record<string, unknown> | null} [attributes]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on') && typeof value === 'function') {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (name === 'href' && !SAFE_ADDRESS.test(String(value))) {
      continue;
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...toNodes(children));
  return element;
}

/** @param {Child} children @returns {(Node | string)[]} */
export function toNodes(children) {
  if (Array.isArray(children)) return children.flatMap(toNodes);
  if (children === null || children === undefined || typeof children === 'boolean') return [];
  return [typeof children === 'number' ? String(children) : children];
}

/** An address of another system, in a tab of its own; plain text where it is none. @param {string | null} url @param {string} text */
export function outside(url, text) {
  if (url === null || !/^https?:\/\//i.test(url)) return h('span', null, text);
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', class: 'outside' }, text);
}

/**
 * A place whose content is made anew only when its data changed: what did not change does not flicker or lose focus.
 * @template T
 * @param {HTMLElement} node
 * @param {(data: T) => Child} render
 */
export function slot(node, render) {
  /** @type {string | undefined} */
  let shown;
  return {
    node,
    /** @param {T} data */
    show(data) {
      const signature = JSON.stringify(data);
      if (signature === shown) return;
      shown = signature;
      node.replaceChildren(...toNodes(render(data)));
    },
  };
}
