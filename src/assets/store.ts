import type { Knex } from 'knex';
import { snakeCase, toRow } from '../core/row.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import type { LifecycleState } from './model.ts';

/** A server as the hub keeps it. Times are ISO 8601. */
export interface Asset {
  id: string;
  name: string | null;
  serial: string | null;
  assetTag: string | null;
  manufacturer: string | null;
  model: string | null;
  systemUuid: string | null;
  site: string | null;
  rack: string | null;
  position: number | null;
  state: LifecycleState;
  stateReason: string | null;
  stateSince: string;
  bmcMac: string | null;
  bmcAddress: string | null;
  bmcFingerprint256: string | null;
  bmcUsername: string | null;
  bmcPasswordSealed: string | null;
  inventoryHash: string | null;
  inspectedAt: string | null;
  recordId: string | null;
  recordUrl: string | null;
  recordedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

/** A server with its place in the registry. */
export interface PlacedAsset extends Asset {
  projectId: string | null;
  locationId: string | null;
  /** How many units of a rack it fills. */
  heightU: number;
  version: number;
}

/** Where the column is not named as the field. */
const RENAMED: Record<string, string> = { serial: 'vendor_serial', state: 'lifecycle_state' };

const TIMES = new Set<string>(['stateSince', 'inspectedAt', 'recordedAt', 'createdAt', 'updatedAt']);

export async function lockAsset(db: Knex.Transaction, id: string): Promise<PlacedAsset | undefined> {
  const [row] = await db('assets').where({ id }).forUpdate().select('*');
  return row ? toAsset(row) : undefined;
}

export async function lockAssetByBmcMac(db: Knex.Transaction, bmcMac: string): Promise<Asset | undefined> {
  const [row] = await db('assets').where({ bmc_mac: bmcMac }).forUpdate().select('*');
  return row ? toAsset(row) : undefined;
}

/** By the record's id, else by the serial; never a server whose BMC has another MAC already. */
export async function lockAssetByIdentity(
  db: Knex.Transaction,
  identity: { recordId: string | null; serial: string | null },
): Promise<Asset | undefined> {
  for (const where of [{ record_id: identity.recordId }, { vendor_serial: identity.serial }]) {
    if (Object.values(where)[0] === null) continue;
    const rows = await db('assets').where(where).whereNull('bmc_mac').forUpdate().select('*');
    if (rows.length === 1) return toAsset(rows[0]);
  }
  return undefined;
}

export async function lockAssetsAt(db: Knex.Transaction, bmcAddress: string): Promise<Asset[]> {
  return (await db('assets').where({ bmc_address: bmcAddress }).forUpdate().select('*')).map(toAsset);
}

/** Whoever has it; locked, and where nobody has it, nobody else takes it before this transaction ends. */
export async function lockAssetsWith(
  db: Knex.Transaction,
  field: 'serial' | 'assetTag' | 'name',
  value: string,
): Promise<PlacedAsset[]> {
  const column = RENAMED[field] ?? snakeCase(field);
  return (
    await db('assets')
      .where({ [column]: value })
      .limit(2)
      .forUpdate()
      .select('*')
  ).map(toAsset);
}

export async function insertAsset(db: Knex.Transaction, asset: Asset | PlacedAsset): Promise<void> {
  await db('assets').insert(assetRow(asset));
}

/** `undefined` leaves, `null` clears. */
export async function updateAsset(
  db: Knex.Transaction,
  id: string,
  changes: Partial<Omit<PlacedAsset, 'id' | 'createdAt' | 'version'>>,
): Promise<void> {
  await db('assets')
    .where({ id })
    .update({ ...assetRow(changes), version: db.raw('version + 1') });
}

function assetRow(asset: Partial<PlacedAsset>): Record<string, unknown> {
  return toRow(asset, TIMES, (field) => RENAMED[field] ?? snakeCase(field));
}

export function toAsset(row: Record<string, unknown>): PlacedAsset {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    id: String(row['id']),
    name: text('name'),
    serial: text('vendor_serial'),
    assetTag: text('asset_tag'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    systemUuid: text('system_uuid'),
    site: text('site'),
    rack: text('rack'),
    position: row['position'] === null ? null : Number(row['position']),
    projectId: text('project_id'),
    locationId: text('location_id'),
    heightU: Number(row['height_u']),
    state: String(row['lifecycle_state']) as LifecycleState,
    stateReason: text('state_reason'),
    stateSince: toIso(String(row['state_since'])),
    bmcMac: text('bmc_mac'),
    bmcAddress: text('bmc_address'),
    bmcFingerprint256: text('bmc_fingerprint256'),
    bmcUsername: text('bmc_username'),
    bmcPasswordSealed: text('bmc_password_sealed'),
    inventoryHash: text('inventory_hash'),
    inspectedAt: toIsoOrNull(text('inspected_at')),
    recordId: text('record_id'),
    recordUrl: text('record_url'),
    recordedAt: toIsoOrNull(text('recorded_at')),
    createdAt: toIso(String(row['created_at'])),
    updatedAt: toIso(String(row['updated_at'])),
    version: Number(row['version']),
  };
}
