import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';

/** Anywhere. */
export const ANYWHERE = '00000000-0000-0000-0000-000000000000';

export interface Links {
  /** Whose observations have to be looked at, too. */
  bases: string[];
  /** The component that shows itself as this one at this place. */
  resolve(baseId: string, placeId: string): string;
}

interface Link {
  baseId: string;
  placeId: string;
  componentId: string;
}

/** What operators decided about which part is which, as far as these components are concerned. */
export async function linksTo(db: Knex, componentIds: readonly string[]): Promise<Links> {
  const rows = await inParts(componentIds, (part) =>
    db('component_links').whereIn('component_id', part).orWhereIn('base_id', part).select('*'),
  );
  if (rows.length === 0) return { bases: [], resolve: (baseId) => baseId };
  const touched = rows.map(toLink);
  // Of a part that is spoken of, all that is decided about it counts.
  const more = await inParts(
    touched.flatMap(({ baseId, componentId }) => [baseId, componentId]),
    (part) => db('component_links').whereIn('base_id', part).select('*'),
  );
  const links = new Map(
    [...touched, ...more.map(toLink)].map((link) => [`${link.baseId} ${link.placeId}`, link.componentId]),
  );
  const resolve = (baseId: string, placeId: string): string => {
    const split = links.get(`${baseId} ${placeId}`);
    let at = split ?? baseId;
    for (let hops = 0; hops < 20; hops += 1) {
      const next = links.get(`${at} ${ANYWHERE}`);
      if (next === undefined || next === at) return at;
      at = next;
    }
    return at;
  };
  return { bases: [...new Set(touched.map(({ baseId }) => baseId))], resolve };
}

export async function insertLink(
  db: Knex.Transaction,
  link: { baseId: string; placeId: string; componentId: string; decisionId: string },
): Promise<void> {
  await insertRows(
    db,
    'component_links',
    ['base_id', 'place_id', 'component_id', 'decision_id'],
    [[link.baseId, link.placeId, link.componentId, link.decisionId]],
  );
}

export async function deleteLinks(db: Knex.Transaction, decisionId: string): Promise<void> {
  await db('component_links').where({ decision_id: decisionId }).delete();
}

function toLink(row: Record<string, unknown>): Link {
  return {
    baseId: String(row['base_id']),
    placeId: String(row['place_id']),
    componentId: String(row['component_id']),
  };
}
