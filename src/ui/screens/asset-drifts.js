import { get, Problem } from './api.js';
import { decisionChip } from './drift-cells.js';
import { sentenceOf, valueText } from './drift-words.js';
import { h, slot } from './h.js';
import { when } from './when.js';

const SHOWN = 8;

/** What other systems say otherwise about a server. @param {string} id @param {AbortSignal} signal */
export function assetDrifts(id, signal) {
  const section = slot(
    h('section', { class: 'drifts', hidden: true }),
    (/** @type {{ items: any[], more: boolean }} */ found) => lines(found, id),
  );
  return {
    node: section.node,
    async load() {
      try {
        const query = new URLSearchParams({ asset_id: id, limit: '50', sort: '-first_seen' });
        const { items, next } = await get(`/v1/drifts?${query}`, signal);
        section.show({ items, more: next !== null });
        section.node.hidden = items.length === 0;
      } catch (error) {
        // Who may not see them is not told of them; anything else is.
        if (!(error instanceof Problem) || (error.missingScope === null && error.status !== 404)) throw error;
      }
    },
  };
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
