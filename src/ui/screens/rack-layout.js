/**
 * @typedef {{ id: string, name: string | null, serial: string | null, position: number, height_u: number }} Mounted
 * @typedef {{ row: number, rows: number, column: number, columns: number, asset: Mounted }} Block rows count halves of units from the top, from 1
 */

/**
 * Where each server is drawn. Units may be halved, and two that share one (half-width, or a fault in the record) lie side by side.
 * @param {{ height_u: number, units_from: string }} rack
 * @param {Mounted[]} assets
 * @returns {Block[]}
 */
export function blocksOf(rack, assets) {
  const halves = rack.height_u * 2;
  const spans = assets.map((asset) => {
    const low = (asset.position - 1) * 2;
    const rows = Math.max(1, Math.round(asset.height_u * 2));
    const top = rack.units_from === 'top' ? low : halves - low - rows;
    return { asset, row: Math.round(top) + 1, rows };
  });
  spans.sort((a, b) => a.row - b.row || b.rows - a.rows);
  /** @type {Block[]} */
  const blocks = [];
  /** @type {Block[]} */
  let crowd = [];
  let end = 0;
  for (const span of spans) {
    if (span.row >= end) {
      settle(crowd);
      crowd = [];
    }
    const taken = new Set(crowd.filter((one) => one.row + one.rows > span.row).map(({ column }) => column));
    let column = 1;
    while (taken.has(column)) column += 1;
    const block = { ...span, column, columns: 1 };
    crowd.push(block);
    blocks.push(block);
    end = Math.max(end, span.row + span.rows);
  }
  settle(crowd);
  return blocks;
}

/** Those that touch share the width evenly. @param {Block[]} crowd */
function settle(crowd) {
  let columns = 1;
  for (const { column } of crowd) columns = Math.max(columns, column);
  for (const block of crowd) block.columns = columns;
}

/** The longest run of free units, which is what a new server needs. @param {{ unit: number, free: boolean }[]} units from the top @returns {{ count: number, from: number, to: number } | undefined} */
export function longestGap(units) {
  /** @type {{ count: number, from: number, to: number } | undefined} */
  let best;
  let start = 0;
  for (let at = 0; at <= units.length; at += 1) {
    if (units[at]?.free) continue;
    const [first, last] = [units[start], units[at - 1]];
    if (first && last && at - start > (best?.count ?? 0))
      best = { count: at - start, from: Math.min(first.unit, last.unit), to: Math.max(first.unit, last.unit) };
    start = at + 1;
  }
  return best;
}
