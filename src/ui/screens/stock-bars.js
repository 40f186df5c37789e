import { s } from './svg.js';

const WIDTH = 220;
const HEIGHT = 16;

/**
 * Where the parts of a bar lie, in the same scale for all rows: what is free, then what is reserved, then what cannot be used; and where the minimum is.
 * @param {{ available: number, reserved: number, unusable: number, min: number | null }} sum
 * @param {number} most the largest number that any row shows
 * @param {number} width
 */
export function layBar(sum, most, width) {
  const scale = most === 0 ? 0 : width / most;
  const free = sum.available * scale;
  const held = sum.reserved * scale;
  return {
    free: { x: 0, width: free },
    held: { x: free, width: held },
    unusable: { x: free + held, width: sum.unusable * scale },
    min: sum.min === null ? null : sum.min * scale,
    isBelow: sum.min !== null && sum.available < sum.min,
  };
}

/** The largest number that a bar shows. @param {readonly { available: number, reserved: number, unusable: number, min: number | null }[]} sums */
export function mostOf(sums) {
  return Math.max(
    0,
    ...sums.map(({ available, reserved, unusable, min }) => Math.max(available + reserved + unusable, min ?? 0)),
  );
}

/** @param {any} sum @param {number} most */
export function stockBar(sum, most) {
  const laid = layBar(sum, most, WIDTH - 4);
  const said = [
    `${sum.available} free`,
    `${sum.reserved} reserved`,
    ...(sum.unusable > 0 ? [`${sum.unusable} not usable`] : []),
    sum.min === null ? 'no minimum' : `at least ${sum.min}`,
  ].join(', ');
  const part = (/** @type {'free' | 'held' | 'unusable'} */ name) =>
    laid[name].width > 0 &&
    s('rect', { class: name, x: 1 + laid[name].x, y: 3, width: laid[name].width, height: HEIGHT - 6 });
  return s(
    'svg',
    {
      class: laid.isBelow ? 'stock-bar below' : 'stock-bar',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      width: WIDTH,
      height: HEIGHT,
      role: 'img',
      'aria-label': said,
    },
    s('title', null, said),
    s('rect', { class: 'track', x: 0.5, y: 3, width: WIDTH - 1, height: HEIGHT - 6 }),
    part('free'),
    part('held'),
    part('unusable'),
    laid.min !== null && s('line', { class: 'min', x1: 1 + laid.min, x2: 1 + laid.min, y1: 0, y2: HEIGHT }),
  );
}
