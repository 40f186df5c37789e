import type { Knex } from 'knex';
import { inParts } from '../core/insert-rows.ts';
import { partsOfBarcodes } from '../stock/reads.ts';

/** By what of it something was found. */
export type By = 'serial' | 'barcode' | 'tag' | 'name' | 'code' | 'key' | 'start of the serial';

/** Something that is known by a word. */
export interface Known {
  type: 'asset' | 'component' | 'project' | 'ticket';
  id: string;
  by: By;
  /** The word as it is kept. */
  is: string;
  /** The server that it is in, or is about. */
  assetId: string | null;
}

/** What is known by words, each in upper case. */
export type KnownWords = Map<string, Known[]>;

/** Looks for the beginning of serials: cut off, or with something behind. Only so many, as each costs a range of its own. */
const STARTS_AT_MOST = 300;
const PER_START = 4;
const STARTS_PER_STATEMENT = 100;

/**
 * Everything that one of these words names, in a handful of look-ups by index for all of them. Serials and names are kept as they were
 * given, so each word is asked for in upper, in lower and in its own case.
 */
export async function findKnown(db: Knex, words: readonly string[]): Promise<KnownWords> {
  const known: KnownWords = new Map();
  const add = (word: string, one: Known): void => {
    const key = word.toUpperCase();
    const all = known.get(key) ?? [];
    if (!all.some(({ type, id }) => type === one.type && id === one.id)) known.set(key, [...all, one]);
  };
  const cases = [...new Set(words.flatMap((word) => [word, word.toUpperCase(), word.toLowerCase()]))];
  for (const [column, by] of [
    ['vendor_serial', 'serial'],
    ['asset_tag', 'tag'],
    ['name', 'name'],
  ] as const) {
    const rows = await inParts<string, Row>(cases, (part) =>
      db('assets').whereIn(column, part).select('id', 'merged_into', { word: column }),
    );
    for (const row of rows) {
      const id = row.merged_into ?? row.id;
      add(row.word, { type: 'asset', id, by, is: row.word, assetId: id });
    }
  }
  const parts = await inParts<string, Row>(cases, (part) => components(db).whereIn('components.vendor_serial', part));
  for (const row of parts)
    add(row.word, { type: 'component', id: row.id, by: 'serial', is: row.word, assetId: row.asset_id ?? null });
  for (const { barcode, componentId, assetId } of await partsOfBarcodes(db, cases))
    add(barcode, { type: 'component', id: componentId, by: 'barcode', is: barcode, assetId });
  for (const [column, by] of [
    ['code', 'code'],
    ['name', 'name'],
  ] as const) {
    const rows = await inParts<string, Row>(cases, (part) =>
      db('projects').whereIn(column, part).select('id', { word: column }),
    );
    for (const row of rows) add(row.word, { type: 'project', id: row.id, by, is: row.word, assetId: null });
  }
  const tickets = await inParts<string, Row>(cases, (part) =>
    db('tickets').whereIn('external_key', part).select('id', 'asset_id', { word: 'external_key' }),
  );
  for (const row of tickets)
    add(row.word, { type: 'ticket', id: row.id, by: 'key', is: row.word, assetId: row.asset_id ?? null });
  return known;
}

/** For words that name nothing by themselves: parts and servers whose serial begins so. More than a few would say nothing. */
export async function findByStart(db: Knex, words: readonly string[]): Promise<KnownWords> {
  const known: KnownWords = new Map();
  const wanted = words.slice(0, STARTS_AT_MOST);
  for (let at = 0; at < wanted.length; at += STARTS_PER_STATEMENT) {
    const some = wanted.slice(at, at + STARTS_PER_STATEMENT);
    // Each a range of the index, in the column's own order of bytes; a few rows of each are enough to know that it says nothing.
    const one = (table: string, columns: string): string =>
      `(SELECT ? AS start, ${columns} FROM ${table} WHERE vendor_serial BETWEEN ? AND ? LIMIT ${PER_START})`;
    const statement = some.flatMap(() => [
      one('components', "id, vendor_serial AS word, 'component' AS type, NULL AS merged_into"),
      one('assets', "id, vendor_serial AS word, 'asset' AS type, merged_into"),
    ]);
    const values = some.flatMap((word) => Array.from({ length: 2 }, () => [word, word, `${word}\u{10ffff}`]).flat());
    const [rows] = (await db.raw(statement.join(' UNION ALL '), values)) as [(Row & { start: string; type: string })[]];
    for (const [start, own] of Map.groupBy(rows, (row) => row.start)) {
      if (own.length >= PER_START) continue;
      known.set(start, own.map(startOf));
    }
  }
  return known;
}

function startOf(row: Row & { type: string }): Known {
  const by = 'start of the serial' as const;
  if (row.type === 'component') return { type: 'component', id: row.id, by, is: row.word, assetId: null };
  const id = row.merged_into ?? row.id;
  return { type: 'asset', id, by, is: row.word, assetId: id };
}

interface Row {
  id: string;
  word: string;
  merged_into?: string | null;
  asset_id?: string | null;
}

function components(db: Knex): Knex.QueryBuilder<object, Row[]> {
  return db('components')
    .leftJoin('installations', (on) =>
      on.on('installations.component_id', 'components.id').andOnNull('installations.removed_at'),
    )
    .where('components.identity', 'serial')
    .select({ id: 'components.id', word: 'components.vendor_serial', asset_id: 'installations.asset_id' });
}
