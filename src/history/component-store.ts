import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';
import { COMPONENT_KINDS, type ComponentKind } from '../ports/hardware-inventory.ts';
import type { Moment } from './derive/look.ts';

/** A component as snapshots describe it. */
export interface SeenPart {
  id: string;
  kind: ComponentKind;
  identity: 'serial' | 'place';
  vendor: string | null;
  serial: string | null;
  /** Of one that is known by its place. */
  assetId: string | null;
  manufacturer: string | null;
  model: string | null;
  partNumber: string | null;
  firmware: string | null;
  attributes: string;
  /** When it looked like this. */
  at: Moment;
  lot: { id: string | null; rule: string | null; missing: string | null };
}

const COLUMNS = [
  'id',
  'kind',
  'identity',
  'vendor',
  'vendor_serial',
  'asset_id',
  'manufacturer',
  'model',
  'part_number',
  'firmware',
  'attributes',
  'described_at',
  'lot_id',
  'lot_rule',
  'lot_missing',
  'created_at',
];

/**
 * Enters what is new, and keeps the newest description of the rest. Either way the rows are locked until the transaction ends, so that
 * of two that see one part at the same time the second one sees what the first has written.
 */
export async function upsertComponents(db: Knex.Transaction, parts: readonly SeenPart[], now: Moment): Promise<void> {
  const isNewer = '(described_at IS NULL OR VALUES(described_at) >= described_at)';
  const newer = (column: string) => `${column} = IF(${isNewer}, COALESCE(VALUES(${column}), ${column}), ${column})`;
  // A class that is known is not lost to a source that says less; one that a person chose is left alone.
  const sorted = (column: string) =>
    `${column} = IF(lot_rule = 'person' OR NOT ${isNewer} OR (VALUES(lot_id) IS NULL AND lot_id IS NOT NULL), ${column}, VALUES(${column}))`;
  await insertRows(
    db,
    'components',
    COLUMNS,
    parts
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((part) => [
        part.id,
        part.kind,
        part.identity,
        part.vendor,
        part.serial,
        part.assetId,
        cut(part.manufacturer, 150),
        cut(part.model, 200),
        cut(part.partNumber, 150),
        cut(part.firmware, 150),
        part.attributes,
        part.at,
        part.lot.id,
        part.lot.rule,
        cut(part.lot.missing, 500),
        now,
      ]),
    [
      `kind = IF(FIELD(VALUES(kind), ${KIND_LIST}) < FIELD(kind, ${KIND_LIST}), VALUES(kind), kind)`,
      newer('manufacturer'),
      newer('model'),
      newer('part_number'),
      newer('firmware'),
      newer('attributes'),
      sorted('lot_id'),
      sorted('lot_missing'),
      sorted('lot_rule'),
      'described_at = GREATEST(COALESCE(described_at, VALUES(described_at)), VALUES(described_at))',
    ].join(', '),
  );
}

const KIND_LIST = COMPONENT_KINDS.map((kind) => `'${kind}'`).join(', ');

function cut(text: string | null, length: number): string | null {
  return text === null ? null : text.slice(0, length);
}

export interface KnownComponent {
  id: string;
  kind: ComponentKind;
  identity: 'serial' | 'place';
  vendor: string | null;
  serial: string | null;
  assetId: string | null;
  firmware: string | null;
}

export async function lockComponents(
  db: Knex.Transaction,
  ids: readonly string[],
): Promise<Map<string, KnownComponent>> {
  const rows = await inParts([...new Set(ids)].toSorted(), (part) =>
    db('components')
      .whereIn('id', part)
      .orderBy('id')
      .forUpdate()
      .select('id', 'kind', 'identity', 'vendor', 'vendor_serial', 'asset_id', 'firmware'),
  );
  return new Map(
    rows.map((row: Record<string, unknown>) => [
      String(row['id']),
      {
        id: String(row['id']),
        kind: row['kind'] as ComponentKind,
        identity: row['identity'] as KnownComponent['identity'],
        vendor: row['vendor'] === null ? null : String(row['vendor']),
        serial: row['vendor_serial'] === null ? null : String(row['vendor_serial']),
        assetId: row['asset_id'] === null ? null : String(row['asset_id']),
        firmware: row['firmware'] === null ? null : String(row['firmware']),
      },
    ]),
  );
}

export async function existingComponents(db: Knex, ids: readonly string[]): Promise<Set<string>> {
  const rows = await inParts(ids, (part) => db('components').whereIn('id', part).select('id'));
  return new Set(rows.map((row: { id: string }) => String(row.id)));
}

export interface PartWithSerial {
  id: string;
  kind: ComponentKind;
  vendor: string | null;
  serial: string;
  model: string | null;
}

/** Those that have one of these serials. */
export async function componentsBySerial(db: Knex, serials: readonly string[]): Promise<PartWithSerial[]> {
  const rows = await inParts([...new Set(serials)], (part) =>
    db('components').whereIn('vendor_serial', part).select('id', 'kind', 'vendor', 'vendor_serial', 'model'),
  );
  return rows.map(toPartWithSerial);
}

/** Those of them that are known by a serial. */
export async function partsWithSerial(db: Knex, ids: readonly string[]): Promise<PartWithSerial[]> {
  const rows = await inParts([...new Set(ids)], (part) =>
    db('components')
      .whereIn('id', part)
      .whereNotNull('vendor_serial')
      .select('id', 'kind', 'vendor', 'vendor_serial', 'model'),
  );
  return rows.map(toPartWithSerial);
}

function toPartWithSerial(row: Record<string, unknown>): PartWithSerial {
  return {
    id: String(row['id']),
    kind: row['kind'] as ComponentKind,
    vendor: row['vendor'] === null ? null : String(row['vendor']),
    serial: String(row['vendor_serial']),
    model: row['model'] === null ? null : String(row['model']),
  };
}

export async function keepReadings(
  db: Knex.Transaction,
  readings: readonly { componentId: string; at: Moment; readings: string }[],
): Promise<void> {
  await insertRows(
    db,
    'component_readings',
    ['component_id', 'collected_at', 'readings'],
    readings
      .toSorted((a, b) => (a.componentId < b.componentId ? -1 : 1))
      .map(({ componentId, at, readings: text }) => [componentId, at, text]),
    'readings = IF(VALUES(collected_at) >= collected_at, VALUES(readings), readings), collected_at = GREATEST(collected_at, VALUES(collected_at))',
  );
}

/** Those that this transaction has entered, and that nobody else can have seen. */
export async function enteredNow(db: Knex.Transaction, ids: readonly string[], now: Moment): Promise<Set<string>> {
  const rows = await inParts(ids, (part) =>
    db('components').whereIn('id', part).andWhere('created_at', now).select('id'),
  );
  return new Set(rows.map((row: { id: string }) => String(row.id)));
}

/** Parts that are known by their place, at the place that it proved to be. Described by the observations that name them. */
export async function copyPositional(
  db: Knex.Transaction,
  parts: readonly { id: string; kind: ComponentKind }[],
  assetId: string,
): Promise<void> {
  await inParts(
    parts.map(({ id }) => id),
    async (part) => {
      await db.raw(
        `INSERT INTO components (id, kind, identity, asset_id, manufacturer, model, part_number, firmware, attributes, created_at)
         SELECT component_id, kind, 'place', ?, manufacturer, model, part_number, firmware, attributes, utc_timestamp(6)
         FROM observations WHERE component_id IN (?) ORDER BY component_id
         ON DUPLICATE KEY UPDATE components.id = components.id`,
        [assetId, part],
      );
      return [];
    },
  );
}

/** Another part that shows the same serial. */
export async function copyComponent(db: Knex.Transaction, from: string, to: string, now: Moment): Promise<void> {
  await db.raw(
    `INSERT INTO components (id, kind, identity, vendor, vendor_serial, asset_id, manufacturer, model, part_number, firmware, attributes,
       described_at, lot_id, lot_rule, lot_missing, created_at)
     SELECT ?, kind, identity, vendor, vendor_serial, asset_id, manufacturer, model, part_number, firmware, attributes,
       described_at, lot_id, lot_rule, lot_missing, ? FROM (SELECT * FROM components WHERE id = ?) AS known
     ON DUPLICATE KEY UPDATE components.id = components.id`,
    [to, now, from],
  );
}

/** By id. */
export async function pageOfComponents(db: Knex, after: string | null, limit: number): Promise<string[]> {
  const query = db('components').orderBy('id').limit(limit).select('id');
  if (after !== null) void query.where('id', '>', after);
  return (await query).map((row: { id: string }) => String(row.id));
}

/** The firmware that a component has now. */
export async function setFirmware(db: Knex.Transaction, firmware: ReadonlyMap<string, string>): Promise<void> {
  await inParts(
    [...firmware].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    async (part) => {
      const cases = part.map(() => 'WHEN ? THEN ?').join(' ');
      const keys = part.map(() => '?').join(', ');
      await db.raw(
        `UPDATE components FORCE INDEX (PRIMARY) SET firmware = CASE id ${cases} END WHERE id IN (${keys})`,
        [...part.flatMap(([id, version]) => [id, cut(version, 150)]), ...part.map(([id]) => id)],
      );
      return [];
    },
  );
}
