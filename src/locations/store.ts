import type { Knex } from 'knex';
import { toRow } from '../core/row.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import type { LocationType } from './model.ts';

export interface Location {
  id: string;
  parentId: string | null;
  type: LocationType;
  name: string;
  code: string | null;
  /** Racks: how many units. */
  heightU: number | null;
  /** Racks: at which end unit 1 is. */
  unitsFrom: 'bottom' | 'top' | null;
  widthInches: number | null;
  aisle: string | null;
  shelf: string | null;
  address: string | null;
  timeZone: string | null;
  notes: string | null;
  archivedAt: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** Also what whoever puts something in it holds meanwhile: units of a rack are given away one after the other. */
export async function lockLocation(db: Knex.Transaction, id: string): Promise<Location | undefined> {
  const [row] = await db('locations').where({ id }).forUpdate().select('*');
  return row ? toLocation(row) : undefined;
}

export async function lockLocationNamed(
  db: Knex.Transaction,
  parentId: string | null,
  name: string,
): Promise<Location | undefined> {
  const query = db('locations').forUpdate();
  // Each by its unique key, so that where there is none only that name is locked.
  if (parentId === null) void query.where({ top_name: name });
  else void query.where({ parent_id: parentId, name });
  const [row] = await query.select('*');
  return row ? toLocation(row) : undefined;
}

export async function insertLocation(db: Knex.Transaction, location: Location): Promise<void> {
  await db('locations').insert(toRow({ ...location }, TIMES));
}

export async function updateLocationRow(
  db: Knex.Transaction,
  id: string,
  changes: Partial<Omit<Location, 'id' | 'type' | 'createdAt' | 'version'>>,
): Promise<void> {
  await db('locations')
    .where({ id })
    .update({ ...toRow(changes, TIMES), version: db.raw('version + 1') });
}

/** From this one up, each held, so that two moves at once cannot make a ring of it. Ends at the top, or where it meets `stopAt`. */
export async function lockUpwards(db: Knex.Transaction, id: string, stopAt: string): Promise<Location[]> {
  const way: Location[] = [];
  for (let next: string | null = id; next !== null;) {
    const location: Location | undefined = await lockLocation(db, next);
    if (!location) return way;
    way.push(location);
    if (location.id === stopAt) return way;
    next = location.parentId;
  }
  return way;
}

/** How many levels are below it. */
export async function levelsBelow(db: Knex.Transaction, id: string): Promise<number> {
  const [rows] = await db.raw(
    `WITH RECURSIVE down (id, depth) AS (
       SELECT id, 0 FROM locations WHERE id = ?
       UNION ALL
       SELECT locations.id, down.depth + 1 FROM down JOIN locations ON locations.parent_id = down.id
     ) SELECT max(depth) AS depth FROM down`,
    [id],
  );
  return Number(rows[0]?.depth ?? 0);
}

/** The names of up to four that are in it and in use. */
export async function activeChildren(db: Knex.Transaction, parentId: string): Promise<string[]> {
  const rows: { name: string }[] = await db('locations')
    .where({ parent_id: parentId })
    .whereNull('archived_at')
    .limit(4)
    .forShare()
    .select('name');
  return rows.map(({ name }) => name);
}

const TIMES = new Set(['archivedAt', 'createdAt', 'updatedAt']);

export function toLocation(row: Record<string, unknown>): Location {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  const number = (column: string): number | null => (row[column] === null ? null : Number(row[column]));
  return {
    id: String(row['id']),
    parentId: text('parent_id'),
    type: String(row['type']) as LocationType,
    name: String(row['name']),
    code: text('code'),
    heightU: number('height_u'),
    unitsFrom: text('units_from') as Location['unitsFrom'],
    widthInches: number('width_inches'),
    aisle: text('aisle'),
    shelf: text('shelf'),
    address: text('address'),
    timeZone: text('time_zone'),
    notes: text('notes'),
    archivedAt: toIsoOrNull(text('archived_at')),
    createdAt: toIso(String(row['created_at'])),
    updatedAt: toIso(String(row['updated_at'])),
    version: Number(row['version']),
  };
}
