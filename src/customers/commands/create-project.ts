import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { isDuplicate } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import { projectCreated } from '../events.ts';
import type { ProjectInput } from '../model.ts';
import type { NamedProject } from '../reads.ts';
import { type Customer, holdCustomer, insertProject, lockProject, type Project } from '../store.ts';

/** @throws HubError invalid where there is no such customer; conflict where it is archived, or the name or code is taken */
export async function createProject(tx: TxCtx, input: ProjectInput): Promise<NamedProject> {
  const customer = await customerOf(tx, input);
  if (customer.archivedAt !== null)
    throw new HubError('conflict', `Customer ${customer.name} is archived: bring it back first, with archived: false`);
  const taken = await lockProject(tx.db, { customerId: customer.id, name: input.name });
  if (taken) throw projectTaken(taken);
  const now = tx.now().toISOString();
  const project: Project = {
    id: newId(),
    customerId: customer.id,
    name: input.name,
    code: input.code ?? null,
    notes: input.notes ?? null,
    archivedAt: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
  try {
    await insertProject(tx.db, project);
  } catch (error) {
    if (isDuplicate(error)) throw codeTaken(project.code, error);
    throw error;
  }
  await append(tx, projectCreated, {
    subject: { type: 'project', id: project.id },
    related: [{ type: 'customer', id: customer.id }],
    data: { name: project.name, code: project.code, customer: customer.name },
  });
  return { ...project, customer: customer.name };
}

/** @throws HubError invalid where there is none */
export async function customerOf(tx: TxCtx, input: Pick<ProjectInput, 'customer' | 'customer_id'>): Promise<Customer> {
  const { customer_id: id, customer: name = '' } = input;
  const customer = await holdCustomer(tx.db, id === undefined ? { name } : { id });
  if (customer) return customer;
  const [field, said] = id === undefined ? ['/customer', name] : ['/customer_id', id];
  const message = `there is no customer ${said}: create it first`;
  throw new HubError('invalid', message, { fields: [{ field, message }] });
}

export function projectTaken(taken: Project): HubError {
  const remedy = taken.archivedAt === null ? 'change that one' : 'it is archived: bring it back with archived: false';
  const message = `this customer has a project ${taken.name} already (${taken.id}); ${remedy}`;
  return new HubError('conflict', message, { fields: [{ field: '/name', message }], extra: { other: taken.id } });
}

export function codeTaken(code: string | null, cause: unknown): HubError {
  const message = `another project has the code ${code} already: see /v1/projects?archived=any&code=`;
  return new HubError('conflict', message, { fields: [{ field: '/code', message }], cause });
}
