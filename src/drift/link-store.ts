import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';
import { fromJson } from '../core/json.ts';
import { toSql } from '../core/time.ts';
import { type RecordLink, theirKey } from './model.ts';

export interface ScannedLink {
  key: string;
  hubId: string | null;
  rootHubId: string | null;
  rootTheirId: string | null;
  fingerprint: string | null;
}

/** Links of a type from `after` (exclusive) up to `upTo` (inclusive; null: to the end), in the order of pages. As few bytes as can be: a fleet goes through here. */
export async function scanLinks(
  db: Knex,
  want: { system: string; object: string; after: string; upTo: string | null },
): Promise<ScannedLink[]> {
  const bounds = want.upTo === null ? '' : ' AND their_key <= ?';
  const [rows] = await db
    .raw(
      `SELECT their_key, hub_id, root_hub_id, root_their_id, fingerprint FROM record_links
       WHERE system_id = ? AND object_type = ? AND their_key > ?${bounds} ORDER BY their_key`,
      [want.system, want.object, want.after, ...(want.upTo === null ? [] : [want.upTo])],
    )
    .options({ rowsAsArray: true });
  return (rows as [string, string | null, string | null, string | null, Buffer | null][]).map(
    ([key, hubId, rootHubId, rootTheirId, fingerprint]) => ({
      key,
      hubId,
      rootHubId,
      rootTheirId,
      fingerprint: fingerprint === null ? null : fingerprint.toString('hex'),
    }),
  );
}

export async function linksByTheirs(
  db: Knex,
  want: { system: string; object: string; ids: readonly string[] },
): Promise<RecordLink[]> {
  const rows = await inParts(want.ids, (part) =>
    db('record_links')
      .where({ system_id: want.system, object_type: want.object })
      .whereIn('their_key', part.map(theirKey))
      .select('*'),
  );
  return rows.map(toLink);
}

export async function linksByHub(
  db: Knex,
  want: { system: string; object: string; ids: readonly string[] },
): Promise<RecordLink[]> {
  const rows = await inParts(want.ids, (part) =>
    db('record_links').where({ system_id: want.system, object_type: want.object }).whereIn('hub_id', part).select('*'),
  );
  return rows.map(toLink);
}

/** Those of children, by the root that they belong to here. */
export async function linksOfRoots(
  db: Knex,
  want: { system: string; object: string; rootHubIds: readonly string[] },
): Promise<RecordLink[]> {
  const rows = await inParts(want.rootHubIds, (part) =>
    db('record_links')
      .where({ system_id: want.system, object_type: want.object })
      .whereIn('root_hub_id', part)
      .select('*'),
  );
  return rows.map(toLink);
}

/** Their id ↔ ours of a whole type; for the few types that others refer to. */
export async function allPairs(
  db: Knex,
  system: string,
  object: string,
): Promise<{ theirId: string; hubId: string }[]> {
  const rows = await db('record_links')
    .where({ system_id: system, object_type: object })
    .whereNotNull('hub_id')
    .select('their_id', 'hub_id');
  return rows.map((row) => ({ theirId: String(row.their_id), hubId: String(row.hub_id) }));
}

/** Ours that have a counterpart, from `after` (exclusive) up to `upTo` (inclusive; null: to the end), in the order of digests. */
export async function linkedHubIds(
  db: Knex,
  want: { system: string; object: string; after: string; upTo: string | null },
): Promise<string[]> {
  const query = db('record_links')
    .where({ system_id: want.system, object_type: want.object })
    .andWhere('hub_id', '>', want.after)
    .orderBy('hub_id')
    .select('hub_id');
  if (want.upTo !== null) void query.andWhere('hub_id', '<=', want.upTo);
  const rows: { hub_id: string }[] = await query;
  return rows.map((row) => String(row.hub_id));
}

export async function countLinks(db: Knex, system: string, object: string): Promise<number> {
  const [row] = await db('record_links')
    .where({ system_id: system, object_type: object })
    .whereNotNull('hub_id')
    .count({ n: '*' });
  return Number(row?.['n'] ?? 0);
}

const COLUMNS = [
  'system_id',
  'object_type',
  'their_key',
  'their_id',
  'hub_id',
  'root_hub_id',
  'root_their_id',
  'agreed',
  'fingerprint',
  'is_ours',
  'linked_at',
] as const;

/** A hub object that is linked anew loses the link that it had. */
export async function saveLinks(db: Knex, system: string, links: readonly RecordLink[], now: Date): Promise<void> {
  const sorted = links.toSorted((a, b) => order(a.object, b.object) || order(theirKey(a.theirId), theirKey(b.theirId)));
  await dropMoved(db, system, sorted);
  await insertRows(
    db,
    'record_links',
    COLUMNS,
    sorted.map((link) => [
      system,
      link.object,
      theirKey(link.theirId),
      link.theirId,
      link.hubId,
      link.rootHubId,
      link.rootTheirId,
      JSON.stringify(link.agreed),
      link.fingerprint === null ? null : Buffer.from(link.fingerprint, 'hex'),
      link.isOurs ? 1 : 0,
      toSql(now),
    ]),
    `linked_at = IF(hub_id <=> VALUES(hub_id), linked_at, VALUES(linked_at)), hub_id = VALUES(hub_id), root_hub_id = VALUES(root_hub_id),
     root_their_id = VALUES(root_their_id), agreed = VALUES(agreed), fingerprint = VALUES(fingerprint), is_ours = VALUES(is_ours)`,
  );
}

async function dropMoved(db: Knex, system: string, links: readonly RecordLink[]): Promise<void> {
  for (const [object, some] of Map.groupBy(links, (link) => link.object)) {
    const wanted = new Map(some.flatMap((link) => (link.hubId === null ? [] : [[link.hubId, link.theirId] as const])));
    const known = await linksByHub(db, { system, object, ids: [...wanted.keys()] });
    const moved = known.filter((link) => link.hubId !== null && wanted.get(link.hubId) !== link.theirId);
    await deleteLinks(
      db,
      system,
      moved.map(({ theirId }) => ({ object, theirId })),
    );
  }
}

export async function deleteLinks(
  db: Knex,
  system: string,
  links: readonly { object: string; theirId: string }[],
): Promise<void> {
  for (const { object, theirId } of links)
    await db('record_links')
      .where({ system_id: system, object_type: object, their_key: theirKey(theirId) })
      .delete();
}

/** The pair agrees on these values now: they were written, or taken over. */
export async function agree(
  db: Knex.Transaction,
  want: { system: string; object: string; theirId: string; values: Record<string, RecordLink['agreed'][string]> },
): Promise<void> {
  const where = { system_id: want.system, object_type: want.object, their_key: theirKey(want.theirId) };
  const [row] = await db('record_links').where(where).forUpdate().select('agreed');
  if (!row) return;
  const agreed = { ...fromJson<RecordLink['agreed']>(row.agreed), ...want.values };
  await db('record_links')
    .where(where)
    .update({ agreed: JSON.stringify(agreed) });
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function toLink(row: Record<string, unknown>): RecordLink {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  const fingerprint = row['fingerprint'];
  return {
    object: String(row['object_type']),
    theirId: String(row['their_id']),
    hubId: text('hub_id'),
    rootHubId: text('root_hub_id'),
    rootTheirId: text('root_their_id'),
    agreed: fromJson(row['agreed']),
    fingerprint: Buffer.isBuffer(fingerprint) ? fingerprint.toString('hex') : null,
    isOurs: Number(row['is_ours']) === 1,
  };
}
