import type { Knex } from 'knex';
import { idFrom } from '../core/id.ts';
import { inParts, insertRows } from '../core/insert-rows.ts';

/** Anywhere. */
export const ANYWHERE = '00000000-0000-0000-0000-000000000000';

export interface Links {
  /** Whose observations have to be looked at, too. */
  bases: string[];
  /** They, and all that they are linked with over any chain. */
  chain: string[];
  /** The component that shows itself as this one at this place. */
  resolve(baseId: string, placeId: string): string;
}

interface Link {
  baseId: string;
  placeId: string;
  componentId: string;
}

/** What operators decided about which part is which, as far as these components are concerned: whoever became one of them, over any chain. */
export async function linksTo(db: Knex, componentIds: readonly string[]): Promise<Links> {
  // Hardly anybody has decided anything: one look instead of thousands of ids.
  if ((await db('component_links').limit(1).select('base_id')).length === 0)
    return { bases: [], chain: [...componentIds], resolve: (baseId) => baseId };
  const links = new Map<string, string>();
  const bases = new Set<string>();
  const seen = new Set(componentIds);
  // Parts that became these, and what became of these: a link leads on to the next one.
  for (let open = [...seen]; open.length > 0;) {
    const rows = await inParts(open, (part) =>
      db('component_links').whereIn('component_id', part).orWhereIn('base_id', part).select('*'),
    );
    const found = rows.map(toLink);
    for (const { baseId, placeId, componentId } of found) {
      links.set(`${baseId} ${placeId}`, componentId);
      bases.add(baseId);
    }
    open = [...new Set(found.flatMap(({ baseId, componentId }) => [baseId, componentId]))].filter(
      (id) => !seen.has(id),
    );
    for (const id of open) seen.add(id);
  }
  return { bases: [...bases], chain: [...seen], resolve: (baseId, placeId) => follow(links, baseId, placeId) };
}

/** At each step what holds at this place, else what holds anywhere; a circle ends where it is closed. */
export function follow(links: ReadonlyMap<string, string>, baseId: string, placeId: string): string {
  let at = baseId;
  const seen = new Set([at]);
  for (;;) {
    const next = links.get(`${at} ${placeId}`) ?? links.get(`${at} ${ANYWHERE}`);
    if (next === undefined || seen.has(next)) return at;
    seen.add(next);
    at = next;
  }
}

/** Whether it was declared already to be another part there. */
export async function hasLink(db: Knex, baseId: string, placeId: string): Promise<boolean> {
  const rows = await db('component_links').where({ base_id: baseId, place_id: placeId }).limit(1).select('base_id');
  return rows.length > 0;
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

/** The other part with the same serial, as it is seen at one place. */
export function splitId(decision: { componentId: string; placeId: string }): string {
  return idFrom('component', decision.componentId, 'split', decision.placeId);
}
