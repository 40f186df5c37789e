import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';
import { fromJson } from '../core/json.ts';
import { toIsoOrNull, toSql } from '../core/time.ts';
import { type Episode, episodeKey } from './episode.ts';

const KEYS_PER_STATEMENT = 1000;

/** What of an episode has no column: times in milliseconds, short names, because there may be many. */
interface Memory {
  s?: number;
  a?: number;
  e?: number;
  l: number;
  n: number;
  p?: string;
  w?: number[];
  t?: Episode['said'];
}

interface Row {
  subject_id: string;
  component: string;
  rule: string;
  subject_type: 'asset' | 'location';
  raised_at: string | null;
  due_at: string | null;
  memory: string;
}

/** Which rule about which part of which subject. */
export type EpisodeKey = Pick<Episode, 'subjectId' | 'component' | 'rule'>;

/**
 * What is remembered of these, locked in the order of their keys.
 * @returns by `episodeKey`
 */
export async function lockEpisodes(db: Knex.Transaction, keys: readonly EpisodeKey[]): Promise<Map<string, Episode>> {
  const sorted = inOrder([...new Map(keys.map((key) => [keyOf(key), key])).values()]);
  const found = new Map<string, Episode>();
  for (let at = 0; at < sorted.length; at += KEYS_PER_STATEMENT) {
    const some = sorted.slice(at, at + KEYS_PER_STATEMENT);
    const [rows] = await db.raw(
      `SELECT * FROM telemetry_episodes FORCE INDEX (PRIMARY) WHERE ${oneOf(some)}
       ORDER BY subject_id, component, rule FOR UPDATE`,
      some.flatMap(({ subjectId, component, rule }) => [subjectId, component, rule]),
    );
    for (const row of rows as Row[]) {
      const episode = toEpisode(row);
      found.set(keyOf(episode), episode);
    }
  }
  return found;
}

/** Of one part, without a lock. @returns by `episodeKey` */
export async function readEpisodes(
  db: Knex,
  { subjectId, component }: { subjectId: string; component: string },
): Promise<Map<string, Episode>> {
  const rows: Row[] = await db('telemetry_episodes').where({ subject_id: subjectId, component }).select('*');
  return new Map(rows.map((row) => [episodeKey(subjectId, component, row.rule), toEpisode(row)]));
}

/**
 * Makes those that are not there yet, by their keys. Somebody else may have made one at the same moment: it is then locked here, and theirs.
 * @returns the keys of those that somebody else has made
 */
export async function makeEpisodes(db: Knex.Transaction, episodes: readonly Episode[]): Promise<string[]> {
  const taken: string[] = [];
  const sorted = inOrder(episodes);
  for (let at = 0; at < sorted.length; at += KEYS_PER_STATEMENT) {
    const some = sorted.slice(at, at + KEYS_PER_STATEMENT);
    const [rows] = await db.raw(
      `INSERT IGNORE INTO telemetry_episodes (${COLUMNS.join(',')}) VALUES ${some.map(() => '(?,?,?,?,?,?,?)').join(',')}
       RETURNING subject_id, component, rule`,
      some.flatMap(toColumns) as Knex.RawBinding[],
    );
    if ((rows as object[]).length === some.length) continue;
    const made = new Set((rows as Row[]).map(({ subject_id: id, component, rule }) => episodeKey(id, component, rule)));
    taken.push(...some.map(keyOf).filter((key) => !made.has(key)));
  }
  return taken;
}

/** Of those that are there, and locked. */
export async function saveEpisodes(db: Knex.Transaction, episodes: Iterable<Episode>): Promise<void> {
  await insertRows(
    db,
    'telemetry_episodes',
    COLUMNS,
    inOrder([...episodes]).map(toColumns),
    'raised_at = VALUES(raised_at), due_at = VALUES(due_at), memory = VALUES(memory)',
  );
}

export async function removeEpisodes(db: Knex.Transaction, episodes: Iterable<Episode>): Promise<void> {
  const sorted = inOrder([...episodes]);
  for (let at = 0; at < sorted.length; at += KEYS_PER_STATEMENT) {
    const some = sorted.slice(at, at + KEYS_PER_STATEMENT);
    await db.raw(
      `DELETE FROM telemetry_episodes WHERE ${oneOf(some)}`,
      some.flatMap(({ subjectId, component, rule }) => [subjectId, component, rule]),
    );
  }
}

/** By its key. MariaDB reads, and locks, the whole table to delete `IN` a list of one. */
function oneOf(keys: readonly EpisodeKey[]): string {
  if (keys.length === 1) return 'subject_id = ? AND component = ? AND rule = ?';
  return `(subject_id, component, rule) IN (${keys.map(() => '(?,?,?)').join(',')})`;
}

/** Of these servers: the parts of which something is raised. */
export async function raisedComponents(db: Knex, subjectIds: readonly string[]): Promise<Map<string, Set<string>>> {
  const rows: Row[] = await inParts([...new Set(subjectIds)], (part) =>
    db('telemetry_episodes').whereIn('subject_id', part).whereNotNull('raised_at').select('subject_id', 'component'),
  );
  const found = new Map<string, Set<string>>();
  for (const { subject_id: id, component } of rows) found.set(id, (found.get(id) ?? new Set()).add(component));
  return found;
}

/** Of one server or place, without a lock. */
export async function raisedEpisodes(db: Knex, subjectId: string): Promise<Episode[]> {
  const rows: Row[] = await db('telemetry_episodes')
    .where({ subject_id: subjectId })
    .whereNotNull('raised_at')
    .select('*');
  return rows.map(toEpisode);
}

/** What the clock has to look at, longest due first, past what others hold. */
export async function lockDueEpisodes(db: Knex.Transaction, now: Date, limit: number): Promise<Episode[]> {
  const [rows] = await db.raw(
    'SELECT * FROM telemetry_episodes WHERE due_at <= ? ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED',
    [toSql(now), limit],
  );
  return (rows as Row[]).map(toEpisode);
}

export async function hasDueEpisodes(db: Knex, now: Date): Promise<boolean> {
  const rows = await db('telemetry_episodes').where('due_at', '<=', toSql(now)).limit(1).select('rule');
  return rows.length > 0;
}

const COLUMNS = ['subject_id', 'component', 'rule', 'subject_type', 'raised_at', 'due_at', 'memory'] as const;

function toColumns(episode: Episode): unknown[] {
  const { since, alertedAt, endedAt, lastAt, count, serial, window, said } = episode;
  const memory: Memory = { l: lastAt, n: count };
  if (since !== null) memory.s = since;
  if (alertedAt !== null) memory.a = alertedAt;
  if (endedAt !== null) memory.e = endedAt;
  if (serial !== null) memory.p = serial;
  if (window.length > 0) memory.w = window;
  if (said !== null) memory.t = said;
  const time = (ms: number | null): string | null => (ms === null ? null : toSql(new Date(ms)));
  return [
    ...[episode.subjectId, episode.component, episode.rule, episode.subjectType],
    ...[time(episode.raisedAt), time(episode.dueAt), JSON.stringify(memory)],
  ];
}

function toEpisode(row: Row): Episode {
  const memory = fromJson<Memory>(row.memory);
  const time = (sql: string | null): number | null => {
    const iso = toIsoOrNull(sql);
    return iso === null ? null : Date.parse(iso);
  };
  return {
    ...{ subjectType: row.subject_type, subjectId: row.subject_id, component: row.component, rule: row.rule },
    ...{ since: memory.s ?? null, raisedAt: time(row.raised_at), alertedAt: memory.a ?? null },
    ...{ endedAt: memory.e ?? null, lastAt: memory.l, count: memory.n, serial: memory.p ?? null },
    ...{ window: memory.w ?? [], said: memory.t ?? null, dueAt: time(row.due_at) },
  };
}

function keyOf({ subjectId, component, rule }: EpisodeKey): string {
  return episodeKey(subjectId, component, rule);
}

function inOrder<K extends EpisodeKey>(keys: readonly K[]): K[] {
  return keys
    .map((one) => ({ one, key: keyOf(one) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ one }) => one);
}
