import { decisionChip } from './drift-cells.js';
import { sentenceOf, valueText } from './drift-words.js';
import { h } from './h.js';
import { linesSection } from './lines-section.js';
import { when } from './when.js';

const SHOWN = 8;

/** What other systems say otherwise about a server. @param {string} id @param {AbortSignal} signal */
export function assetDrifts(id, signal) {
  const section = linesSection({ name: 'drifts', signal, lines: (found) => lines(found, id) });
  const query = new URLSearchParams({ asset_id: id, limit: '50', sort: '-first_seen' });
  return { node: section.node, load: () => section.load(`/v1/drifts?${query}`) };
}

/** @param {{ items: any[], more: boolean }} found @param {string} id */
function lines({ items, more }, id) {
  const count = `${items.length}${more ? '+' : ''}`;
  const systems = [...new Set(items.map(({ system }) => system))].join(', ');
  return [
    h(
      'h2',
      null,
      `Differs from ${systems} `,
      h(
        'small',
        null,
        h('a', { href: `/ui/drift/list?${new URLSearchParams({ server: id })}` }, `${count} to look at`),
      ),
    ),
    h(
      'ul',
      { class: 'lines' },
      items
        .slice(0, SHOWN)
        .map((drift) =>
          h(
            'li',
            null,
            decisionChip(drift),
            ' ',
            h('span', { class: 'sentence' }, sentenceOf(drift)),
            drift.field !== '' && [
              ' ',
              h('code', { class: 'clip' }, valueText(drift.theirs, drift.names)),
              h('span', { class: 'dim' }, ' there, '),
              h('code', { class: 'clip' }, valueText(drift.ours, drift.names)),
              h('span', { class: 'dim' }, ' here'),
            ],
            ' ',
            when(drift.first_seen_at, { only: 'age' }),
          ),
        ),
    ),
  ];
}
