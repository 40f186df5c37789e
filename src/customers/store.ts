import type { Knex } from 'knex';
import { toRow } from '../core/row.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';

export interface Customer {
  id: string;
  name: string;
  externalId: string | null;
  notes: string | null;
  archivedAt: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

export interface Project {
  id: string;
  customerId: string;
  name: string;
  code: string | null;
  notes: string | null;
  archivedAt: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

export async function lockCustomer(
  db: Knex.Transaction,
  by: { id: string } | { name: string },
): Promise<Customer | undefined> {
  const [row] = await db('customers').where(by).forUpdate().select('*');
  return row ? toCustomer(row) : undefined;
}

/** Whoever puts something under a customer holds it meanwhile, so that it is not archived at the same moment. */
export async function holdCustomer(
  db: Knex.Transaction,
  by: { id: string } | { name: string },
): Promise<Customer | undefined> {
  const [row] = await db('customers').where(by).forShare().select('*');
  return row ? toCustomer(row) : undefined;
}

export async function insertCustomer(db: Knex.Transaction, customer: Customer): Promise<void> {
  await db('customers').insert(toRow({ ...customer }, TIMES));
}

export async function updateCustomerRow(
  db: Knex.Transaction,
  id: string,
  changes: Partial<Omit<Customer, 'id' | 'createdAt' | 'version'>>,
): Promise<void> {
  await db('customers')
    .where({ id })
    .update({ ...toRow(changes, TIMES), version: db.raw('version + 1') });
}

export async function lockProject(
  db: Knex.Transaction,
  by: { id: string } | { customerId: string; name: string },
): Promise<Project | undefined> {
  const [row] = await db('projects').where(toRow(by, TIMES)).forUpdate().select('*');
  return row ? toProject(row) : undefined;
}

export async function insertProject(db: Knex.Transaction, project: Project): Promise<void> {
  await db('projects').insert(toRow({ ...project }, TIMES));
}

export async function updateProjectRow(
  db: Knex.Transaction,
  id: string,
  changes: Partial<Omit<Project, 'id' | 'createdAt' | 'version'>>,
): Promise<void> {
  await db('projects')
    .where({ id })
    .update({ ...toRow(changes, TIMES), version: db.raw('version + 1') });
}

/** The names of up to four projects of a customer that are in use. */
export async function activeProjects(db: Knex.Transaction, customerId: string): Promise<string[]> {
  const rows: { name: string }[] = await db('projects')
    .where({ customer_id: customerId })
    .whereNull('archived_at')
    .limit(4)
    .forShare()
    .select('name');
  return rows.map(({ name }) => name);
}

const TIMES = new Set(['archivedAt', 'createdAt', 'updatedAt']);

export function toCustomer(row: Record<string, unknown>): Customer {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    id: String(row['id']),
    name: String(row['name']),
    externalId: text('external_id'),
    notes: text('notes'),
    archivedAt: toIsoOrNull(text('archived_at')),
    createdAt: toIso(String(row['created_at'])),
    updatedAt: toIso(String(row['updated_at'])),
    version: Number(row['version']),
  };
}

export function toProject(row: Record<string, unknown>): Project {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    id: String(row['id']),
    customerId: String(row['customer_id']),
    name: String(row['name']),
    code: text('code'),
    notes: text('notes'),
    archivedAt: toIsoOrNull(text('archived_at')),
    createdAt: toIso(String(row['created_at'])),
    updatedAt: toIso(String(row['updated_at'])),
    version: Number(row['version']),
  };
}
