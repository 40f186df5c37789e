import type { Knex } from 'knex';
import { inOrder, type Order, type SortColumns } from '../core/sorted-list.ts';
import type { Ctx, TxCtx } from '../core/ctx.ts';
import { type Customer, type Project, toCustomer, toProject } from './store.ts';

export type { Customer, Project };
/** A project with the name of its customer. */
export type NamedProject = Project & { customer: string };

export const CUSTOMER_ORDER: SortColumns<Customer> = {
  name: { column: 'customers.name', kind: 'text', of: (customer) => customer.name },
  external_id: { column: 'customers.external_id', kind: 'text', of: (customer) => customer.externalId },
  created_at: { column: 'customers.created_at', kind: 'time', of: (customer) => customer.createdAt },
  updated_at: { column: 'customers.updated_at', kind: 'time', of: (customer) => customer.updatedAt },
};

export const PROJECT_ORDER: SortColumns<NamedProject> = {
  name: { column: 'projects.name', kind: 'text', of: (project) => project.name },
  code: { column: 'projects.code', kind: 'text', of: (project) => project.code },
  customer: { column: 'customers.name', kind: 'text', of: (project) => project.customer },
  created_at: { column: 'projects.created_at', kind: 'time', of: (project) => project.createdAt },
  updated_at: { column: 'projects.updated_at', kind: 'time', of: (project) => project.updatedAt },
};

export type WhichArchived = 'true' | 'false' | 'any';

export async function findCustomer(ctx: Ctx, id: string): Promise<Customer | undefined> {
  const [row] = await ctx.db('customers').where({ id }).select('*');
  return row ? toCustomer(row) : undefined;
}

export async function listCustomers(
  ctx: Ctx,
  want: {
    externalId?: string | undefined;
    /** Beginning of its name. */
    q?: string | undefined;
    archived: WhichArchived;
    order: Order<Customer>;
    limit: number;
  },
): Promise<Customer[]> {
  const query = ctx.db('customers').limit(want.limit);
  if (want.externalId) void query.where('customers.external_id', want.externalId);
  if (want.q) beginsWith(query, ['customers.name'], want.q);
  onlyArchived(query, 'customers.archived_at', want.archived);
  inOrder(query, 'customers.id', want.order);
  return (await query.select('customers.*')).map(toCustomer);
}

export async function findProject(ctx: Ctx, id: string): Promise<NamedProject | undefined> {
  return (await findProjects(ctx, [id])).get(id);
}

/** By id; those that are not there are left out. */
export async function findProjects(ctx: Ctx, ids: readonly string[]): Promise<Map<string, NamedProject>> {
  if (ids.length === 0) return new Map();
  const rows = await withCustomer(ctx).whereIn('projects.id', [...new Set(ids)]);
  return new Map(rows.map((row) => [String(row['id']), toNamedProject(row)]));
}

export async function listProjects(
  ctx: Ctx,
  want: {
    customerId?: string | undefined;
    code?: string | undefined;
    /** Beginning of its name or code. */
    q?: string | undefined;
    archived: WhichArchived;
    order: Order<NamedProject>;
    limit: number;
  },
): Promise<NamedProject[]> {
  const query = withCustomer(ctx).limit(want.limit);
  if (want.customerId) void query.where('projects.customer_id', want.customerId);
  if (want.code) void query.where('projects.code', want.code);
  if (want.q) beginsWith(query, ['projects.name', 'projects.code'], want.q);
  onlyArchived(query, 'projects.archived_at', want.archived);
  inOrder(query, 'projects.id', want.order);
  return (await query).map(toNamedProject);
}

/** By id or code. Whoever gives a project a server holds it meanwhile, so that it is not archived at the same moment. */
export async function holdProject(tx: TxCtx, by: { id: string } | { code: string }): Promise<NamedProject | undefined> {
  const [held] = await tx.db('projects').where(by).forShare().select('*');
  if (!held) return undefined;
  const [customer] = await tx.db('customers').where({ id: held.customer_id }).forShare().select('name');
  return toNamedProject({ ...held, customer: customer?.name });
}

function withCustomer(ctx: Ctx): Knex.QueryBuilder<Record<string, unknown>, Record<string, unknown>[]> {
  return ctx
    .db('projects')
    .join('customers', 'customers.id', 'projects.customer_id')
    .select('projects.*', 'customers.name as customer');
}

function toNamedProject(row: Record<string, unknown>): NamedProject {
  return { ...toProject(row), customer: String(row['customer']) };
}

function onlyArchived(query: Knex.QueryBuilder, column: string, archived: WhichArchived): void {
  if (archived === 'false') void query.whereNull(column);
  if (archived === 'true') void query.whereNotNull(column);
}

/** People do not type the case that the name has. */
function beginsWith(query: Knex.QueryBuilder, columns: readonly string[], q: string): void {
  const beginning = `${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
  void query.where((any) => {
    for (const column of columns) void any.orWhereRaw('?? COLLATE utf8mb4_general_ci LIKE ?', [column, beginning]);
  });
}
