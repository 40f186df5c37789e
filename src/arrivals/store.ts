import type { Knex } from 'knex';
import { fromJsonOrNull } from '../core/json.ts';
import { toRow } from '../core/row.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import type { BmcState } from './model.ts';

export interface Bmc {
  id: string;
  mac: string;
  ip: string | null;
  state: BmcState;
  stateReason: string | null;
  hostname: string | null;
  vendorClass: string | null;
  subnetId: string | null;
  relay: string | null;
  source: string;
  firstSeenAt: string;
  lastSeenAt: string;
  sightings: number;
  /** What an operator said that it is; the password sealed. */
  adoption: StoredAdoption | null;
  assetId: string | null;
}

export interface StoredAdoption {
  name: string;
  serial: string | null;
  assetTag: string | null;
  site: string | null;
  rack: string | null;
  position: number | null;
  bmcUsername: string | null;
  bmcPasswordSealed: string | null;
}

export interface ExpectedMachine {
  id: string;
  bmcMac: string;
  name: string | null;
  serial: string | null;
  assetTag: string | null;
  manufacturer: string | null;
  model: string | null;
  site: string | null;
  rack: string | null;
  position: number | null;
  bmcUsername: string | null;
  bmcPasswordSealed: string | null;
  assetId: string | null;
  arrivedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export async function lockBmcByMac(db: Knex.Transaction, mac: string): Promise<Bmc | undefined> {
  const [row] = await db('bmcs').where({ mac }).forUpdate().select('*');
  return row ? toBmc(row) : undefined;
}

export async function lockBmc(db: Knex.Transaction, id: string): Promise<Bmc | undefined> {
  const [row] = await db('bmcs').where({ id }).forUpdate().select('*');
  return row ? toBmc(row) : undefined;
}

export async function insertBmc(db: Knex.Transaction, bmc: Bmc): Promise<void> {
  await db('bmcs').insert(bmcRow(bmc));
}

export async function updateBmc(
  db: Knex.Transaction,
  id: string,
  changes: Partial<Omit<Bmc, 'id' | 'mac'>>,
): Promise<void> {
  await db('bmcs').where({ id }).update(bmcRow(changes));
}

export async function lockExpectedByMac(db: Knex.Transaction, bmcMac: string): Promise<ExpectedMachine | undefined> {
  const [row] = await db('expected_machines').where({ bmc_mac: bmcMac }).forUpdate().select('*');
  return row ? toExpectedMachine(row) : undefined;
}

export async function insertExpected(db: Knex.Transaction, machine: ExpectedMachine): Promise<void> {
  await db('expected_machines').insert(toRow({ ...machine }, TIMES));
}

export async function updateExpected(
  db: Knex.Transaction,
  id: string,
  changes: Partial<Omit<ExpectedMachine, 'id'>>,
): Promise<void> {
  await db('expected_machines').where({ id }).update(toRow(changes, TIMES));
}

const TIMES = new Set(['firstSeenAt', 'lastSeenAt', 'arrivedAt', 'createdAt', 'updatedAt']);

function bmcRow(bmc: Partial<Bmc>): Record<string, unknown> {
  return toRow({ ...bmc, ...(bmc.adoption ? { adoption: JSON.stringify(bmc.adoption) } : {}) }, TIMES);
}

export function toBmc(row: Record<string, unknown>): Bmc {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    id: String(row['id']),
    mac: String(row['mac']),
    ip: text('ip'),
    state: String(row['state']) as BmcState,
    stateReason: text('state_reason'),
    hostname: text('hostname'),
    vendorClass: text('vendor_class'),
    subnetId: text('subnet_id'),
    relay: text('relay'),
    source: String(row['source']),
    firstSeenAt: toIso(String(row['first_seen_at'])),
    lastSeenAt: toIso(String(row['last_seen_at'])),
    sightings: Number(row['sightings']),
    adoption: fromJsonOrNull(row['adoption']),
    assetId: text('asset_id'),
  };
}

export function toExpectedMachine(row: Record<string, unknown>): ExpectedMachine {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    id: String(row['id']),
    bmcMac: String(row['bmc_mac']),
    name: text('name'),
    serial: text('serial'),
    assetTag: text('asset_tag'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    site: text('site'),
    rack: text('rack'),
    position: row['position'] === null ? null : Number(row['position']),
    bmcUsername: text('bmc_username'),
    bmcPasswordSealed: text('bmc_password_sealed'),
    assetId: text('asset_id'),
    arrivedAt: toIsoOrNull(text('arrived_at')),
    createdAt: toIso(String(row['created_at'])),
    updatedAt: toIso(String(row['updated_at'])),
  };
}
