import type { Knex } from 'knex';
import type { FleetCase } from './fleet-case.ts';

export type Row = Record<string, string | null>;

/** All rows that speak of the parts and places of a case, whether believed still or not. */
export interface Beliefs {
  installations: Row[];
  retracted: Row[];
  timeline: Row[];
}

const INSTALLATION =
  'id, component_id, asset_id, location_id, slot, installed_after, installed_at, removed_after, removed_at, removal_reason, recorded_at';

export async function readBeliefs(db: Knex, fleet: FleetCase): Promise<Beliefs> {
  const [assets] = await db.raw('SELECT id FROM assets WHERE name LIKE ?', [`${fleet.namespace}-%`]);
  const places: string[] = [...assets.map((row: { id: string }) => row.id), ...fleet.locations.map(({ id }) => id)];
  const [parts] = await db.raw('SELECT id FROM components WHERE vendor_serial LIKE ? OR asset_id IN (?)', [
    `${fleet.namespace}%`,
    places,
  ]);
  const components: string[] = parts.map((row: { id: string }) => row.id);
  const of = async (sql: string, ids: string[]): Promise<Row[]> =>
    ids.length === 0 ? [] : (await db.raw(sql, [ids]))[0];
  return {
    installations: await of(`SELECT ${INSTALLATION} FROM installations WHERE component_id IN (?)`, components),
    retracted: await of(
      `SELECT ${INSTALLATION}, retracted_at FROM retracted_installations WHERE component_id IN (?)`,
      components,
    ),
    timeline: await of(
      `SELECT subject_type, subject_id, timestamp, id, type, data, recorded_at, retracted_at FROM timeline_events
       WHERE actor = 'history' AND subject_id IN (?)`,
      [...components, ...places],
    ),
  };
}

/** What was believed at a moment. */
export function beliefsAt(
  { installations, retracted, timeline }: Beliefs,
  at: string,
): Pick<Beliefs, 'installations' | 'timeline'> {
  const known = (row: Row) =>
    (row['recorded_at'] ?? '') <= at && ((row['retracted_at'] ?? null) === null || (row['retracted_at'] ?? '') > at);
  return { installations: [...installations, ...retracted].filter(known), timeline: timeline.filter(known) };
}
