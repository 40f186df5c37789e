import type { Knex } from 'knex';
import { fromJson } from '../core/json.ts';
import { toRow } from '../core/row.ts';
import type { Part } from './classify.ts';
import { BY_PERSON, type Placement } from './model.ts';

/** A component as far as its class goes. */
export interface PlacedPart extends Part, Placement {
  id: string;
  assetId: string | null;
}

const COLUMNS = [
  'id',
  'kind',
  'vendor',
  'manufacturer',
  'model',
  'part_number',
  'attributes',
  'asset_id',
  'lot_id',
  'lot_rule',
  'lot_missing',
];

/** The next ones by id, locked; without those whose lot a person chose. */
export async function lockPage(db: Knex.Transaction, after: string | null, limit: number): Promise<PlacedPart[]> {
  const query = db('components')
    .where((any) => any.whereNull('lot_rule').orWhereNot('lot_rule', BY_PERSON))
    .orderBy('id')
    .limit(limit)
    .forUpdate();
  if (after !== null) void query.where('id', '>', after);
  return (await query.select(COLUMNS)).map(toPlacedPart);
}

export async function lockComponent(db: Knex.Transaction, id: string): Promise<PlacedPart | undefined> {
  const [row] = await db('components').where({ id }).forUpdate().select(COLUMNS);
  return row ? toPlacedPart(row) : undefined;
}

export async function placeComponents(
  db: Knex.Transaction,
  ids: readonly string[],
  placement: Placement,
): Promise<void> {
  const { lotId, lotRule, lotMissing } = placement;
  await db('components')
    .whereIn('id', ids)
    .update(toRow({ lotId, lotRule, lotMissing: lotMissing?.slice(0, 500) ?? null }, new Set()));
}

/** Codes by id. */
export async function codesOf(db: Knex, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows: { id: string; code: string }[] = await db('lots').whereIn('id', ids).select('id', 'code');
  return new Map(rows.map(({ id, code }) => [id, code]));
}

function toPlacedPart(row: Record<string, unknown>): PlacedPart {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    id: String(row['id']),
    kind: String(row['kind']) as Part['kind'],
    vendor: text('vendor'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    partNumber: text('part_number'),
    attributes: fromJson(row['attributes']),
    assetId: text('asset_id'),
    lotId: text('lot_id'),
    lotRule: text('lot_rule'),
    lotMissing: text('lot_missing'),
  };
}
