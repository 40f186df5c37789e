import { h } from './h.js';
import { blocksOf, longestGap } from './rack-layout.js';

/** A rack from the front: its units from the top to the bottom, what stands in them, and what is free. @param {any} contents of the location */
export function rackElevation({ location, units, assets }) {
  const free = units.filter((/** @type {any} */ unit) => unit.free).length;
  const gap = longestGap(units);
  const mounted = assets.filter((/** @type {any} */ asset) => asset.position !== null);
  const loose = assets.filter((/** @type {any} */ asset) => asset.position === null);
  const blocks = blocksOf(location, mounted);
  return [
    h(
      'h2',
      null,
      'Units ',
      h(
        'small',
        null,
        `${free} of ${units.length} are free${gap === undefined ? '' : `; the longest free run is ${gap.count} U (${gap.from} to ${gap.to})`}`,
      ),
    ),
    h(
      'div',
      { class: 'rack', role: 'group', 'aria-label': `Rack ${location.name}, from the top to the bottom` },
      units.map((/** @type {any} */ unit, /** @type {number} */ index) => unitNumber(unit, index)),
      blocks.map(block),
    ),
    loose.length > 0 && [
      h('h3', null, 'In the rack, nobody says where'),
      h(
        'ul',
        { class: 'lines' },
        loose.map((/** @type {any} */ asset) => h('li', null, link(asset))),
      ),
    ],
  ];
}

/** @param {{ unit: number, free: boolean }} unit @param {number} index */
function unitNumber({ unit, free }, index) {
  const number = h('span', { class: 'unit' }, unit);
  const bay = h('span', { class: free ? 'bay free' : 'bay', title: free ? `Unit ${unit} is free` : null });
  // By the style object: the content policy refuses style attributes.
  number.style.gridRow = bay.style.gridRow = `${index * 2 + 1} / span 2`;
  return [number, bay];
}

/** @param {import('./rack-layout.js').Block} block */
function block({ row, rows, column, columns, asset }) {
  const node = h(
    'div',
    { class: `mounted${rows < 2 ? ' half' : ''}` },
    link(asset),
    asset.serial !== null && asset.name !== null && rows > 1 && h('code', null, asset.serial),
    h('span', { class: 'dim' }, sizeOf(asset)),
  );
  node.style.gridRow = `${row} / span ${rows}`;
  if (columns > 1) {
    node.style.width = `${100 / columns}%`;
    node.style.marginLeft = `${((column - 1) * 100) / columns}%`;
  }
  return node;
}

/** @param {any} asset */
function link(asset) {
  return h('a', { href: `/ui/assets/${asset.id}` }, asset.name ?? asset.serial ?? asset.id);
}

/** @param {any} asset */
function sizeOf({ position, height_u: height }) {
  return `U${position}${height > 1 ? `–${position + height - 1}` : ''}`;
}
