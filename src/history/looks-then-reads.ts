import type { Knex } from 'knex';
import { fromJson } from '../core/json.ts';
import { inParts } from '../core/insert-rows.ts';
import { type Source, SOURCES } from '../ports/bundle-format.ts';
import { DERIVER } from './belief-store.ts';
import type { Moment } from './derive/look.ts';
import type { SnapshotFacts } from './identity/prepare.ts';
import { sourceNumber } from './identity/prepare.ts';

/** Since when a source said something at a place, as it was known at the time that is asked for. */
export interface LookThen {
  source: Source;
  first: Moment;
  last: Moment;
  /** Of the inventory. */
  hash: string;
}

export interface SaidThen {
  hash: string;
  scope: string[];
  facts: SnapshotFacts;
  /** Ids of what it shows, 16 bytes each. */
  observations: Buffer;
}

/**
 * Newest first. The runs are today's; what they were at another time stands on the place's timeline, because runs grow, split and go to
 * other servers with their evidence. How long they lasted is told of the newest of each source only.
 */
export async function looksThen(
  db: Knex,
  place: { type: 'asset' | 'location'; id: string },
  at: Moment | null,
  known: Moment | null,
): Promise<LookThen[]> {
  const found = known === null ? await looksNow(db, place.id, at) : await looksKnown(db, place, at, known);
  const looks = found.toSorted((a, b) => compare(b.first, a.first) || compare(a.hash, b.hash));
  if (at === null && known === null) return looks;
  for (const source of SOURCES) {
    const newest = looks.find((look) => look.source === source);
    if (newest !== undefined) newest.last = await lastLook(db, newest, at, known);
  }
  return looks;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

async function looksNow(db: Knex, placeId: string, at: Moment | null): Promise<LookThen[]> {
  const query = db('runs')
    .join('inventories', 'inventories.id', 'runs.inventory_id')
    .where('runs.place_id', placeId)
    .select('runs.source', 'runs.first_at', 'runs.last_at', 'inventories.hash');
  if (at !== null) void query.where('runs.first_at', '<=', at);
  const rows: Record<string, unknown>[] = await query;
  return rows.flatMap((row) => {
    const source = SOURCES[Number(row['source'])];
    const [first, last] = [String(row['first_at']), String(row['last_at'])];
    return source === undefined ? [] : [{ source, first, last, hash: (row['hash'] as Buffer).toString('hex') }];
  });
}

async function looksKnown(
  db: Knex,
  place: { type: 'asset' | 'location'; id: string },
  at: Moment | null,
  known: Moment,
): Promise<LookThen[]> {
  const query = db('timeline_events')
    .where({ subject_type: place.type, subject_id: place.id, type: 'LOG_COLLECTED', actor: DERIVER })
    .andWhere('recorded_at', '<=', known)
    .andWhere((held) => held.whereNull('retracted_at').orWhere('retracted_at', '>', known))
    .orderBy(['timestamp', 'id'])
    .select('timestamp', 'data');
  if (at !== null) void query.where('timestamp', '<=', at);
  const rows: Record<string, unknown>[] = await query;
  return rows.flatMap((row) => {
    const { source: named, inventory: hash } = fromJson<{ source: string; inventory: string }>(row['data']);
    const source = SOURCES.find((one) => one === named);
    const first = String(row['timestamp']);
    return source === undefined ? [] : [{ source, first, last: first, hash }];
  });
}

/** The last look by then that said this, of those that had come by then. */
async function lastLook(db: Knex, look: LookThen, at: Moment | null, known: Moment | null): Promise<Moment> {
  const query = db('inventories')
    .join('identity_cards', 'identity_cards.id', 'inventories.card_id')
    .join('snapshots', (on) =>
      on
        .on('snapshots.place_id', 'identity_cards.place_id')
        .andOn('snapshots.inventory_id', 'inventories.id')
        .andOnVal('snapshots.source', sourceNumber(look.source)),
    )
    .join('log_bundles', 'log_bundles.id', 'snapshots.bundle_id')
    .where('inventories.hash', Buffer.from(look.hash, 'hex'))
    .andWhere('snapshots.collected_at', '>=', look.first)
    .max({ at: 'snapshots.collected_at' });
  if (at !== null) void query.andWhere('snapshots.collected_at', '<=', at);
  if (known !== null) void query.andWhere('log_bundles.received_at', '<=', known);
  const [row] = await query;
  return row?.at ? String(row.at) : look.first;
}

export async function saidThen(db: Knex, hashes: readonly string[]): Promise<Map<string, SaidThen>> {
  const rows = await inParts([...new Set(hashes)], (part) =>
    db('inventories')
      .whereIn(
        'hash',
        part.map((hash) => Buffer.from(hash, 'hex')),
      )
      .select('hash', 'scope', 'facts', 'observations'),
  );
  return new Map(
    rows.map((row: Record<string, unknown>) => {
      const hash = (row['hash'] as Buffer).toString('hex');
      const scope = row['scope'] === '' ? [] : String(row['scope']).split(',');
      return [hash, { hash, scope, facts: fromJson(row['facts']), observations: row['observations'] as Buffer }];
    }),
  );
}
