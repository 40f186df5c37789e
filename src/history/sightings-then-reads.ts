import type { Knex } from 'knex';
import { idFrom } from '../core/id.ts';
import { inParts } from '../core/insert-rows.ts';
import type { Moment } from './derive/look.ts';
import { sourceOf } from './identity/prepare.ts';
import { type Links, linksTo } from './link-store.ts';
import { linksKnown } from './links-known-reads.ts';
import { type LookThen, saidThen } from './looks-then-reads.ts';
import { hyphened, unpackIds } from './packed-ids.ts';

/** How a part looked. */
export type Sighting = Record<string, unknown>;

/** So many looks are gone through at once. */
const LOOKS_PER_READ = 20;

/**
 * How each of these components looked at a place, to the best source that shows it: as each source that names it saw it last. A source
 * that looks at drives today and at memory tomorrow has said both.
 * @param looks newest first
 */
export async function sightingsThen(
  db: Knex,
  placeId: string,
  componentIds: readonly string[],
  looks: readonly LookThen[],
  known: Moment | null,
): Promise<Map<string, Sighting>> {
  const newest = new Map<string, Sighting>();
  const missing = new Set(componentIds);
  const wanted = new Set(componentIds);
  for (let at = 0; at < looks.length; at += LOOKS_PER_READ) {
    // The newest look of each source counts, also where a better one has shown all parts already.
    if (missing.size === 0) break;
    const part = looks.slice(at, at + LOOKS_PER_READ);
    const said = await saidThen(
      db,
      part.map(({ hash }) => hash),
    );
    const shownBy = new Map(part.map(({ hash }) => [hash, idsIn(said.get(hash)?.observations)]));
    const rows = await shown(db, [...shownBy.values()].flat());
    const links = await linksAt(
      db,
      [...rows.values()].map((row) => String(row['component_id'])),
      known,
    );
    for (const { source, hash } of part) {
      for (const id of shownBy.get(hash) ?? []) {
        const row = rows.get(id);
        if (row === undefined) continue;
        const componentId = links.resolve(componentOf(row, placeId), placeId);
        if (!wanted.has(componentId)) continue;
        missing.delete(componentId);
        const key = `${componentId} ${source}`;
        if (!newest.has(key)) newest.set(key, row);
      }
    }
  }
  return bestOf(newest);
}

async function shown(db: Knex, ids: readonly string[]): Promise<Map<string, Sighting>> {
  const rows: Sighting[] = await inParts([...new Set(ids)], (part) =>
    db('observations')
      .leftJoin('components', 'components.id', 'observations.component_id')
      .whereIn('observations.id', part)
      .select('observations.*', { identity: 'components.identity' }),
  );
  return new Map(rows.map((row) => [String(row['id']), row]));
}

/** What is known by its place was another component as long as its evidence was thought to be another server's. */
function componentOf(row: Sighting, placeId: string): string {
  if (row['identity'] !== 'place') return String(row['component_id']);
  const slot = row['slot'] === null ? '' : String(row['slot']);
  return idFrom('positional', placeId, String(row['kind']), sourceOf(Number(row['source'])), slot);
}

async function linksAt(db: Knex, ids: readonly string[], known: Moment | null): Promise<Pick<Links, 'resolve'>> {
  return known === null ? linksTo(db, [...new Set(ids)]) : linksKnown(db, known);
}

/** What the best source does not say, the next one may; `slots`: as each of them names it. */
function bestOf(newest: ReadonlyMap<string, Sighting>): Map<string, Sighting> {
  const found = new Map<string, Sighting>();
  const rows = [...newest].toSorted(([, a], [, b]) => Number(b['source']) - Number(a['source']));
  for (const [key, row] of rows) {
    const id = key.slice(0, key.indexOf(' '));
    const saying = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
    const slots = [
      ...((found.get(id)?.['slots'] as string[] | undefined) ?? []),
      ...(row['slot'] ? [row['slot']] : []),
    ];
    found.set(id, { ...found.get(id), ...saying, slots });
  }
  return found;
}

function idsIn(packed: Buffer | undefined): string[] {
  return packed === undefined ? [] : unpackIds(packed).map(hyphened);
}
