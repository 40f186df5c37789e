import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { isDuplicate } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import { customerCreated } from '../events.ts';
import type { CustomerInput } from '../model.ts';
import { type Customer, insertCustomer, lockCustomer } from '../store.ts';

/** @throws HubError conflict where the name or the external id is taken */
export async function createCustomer(tx: TxCtx, input: CustomerInput): Promise<Customer> {
  const taken = await lockCustomer(tx.db, { name: input.name });
  if (taken) throw nameTaken(taken);
  const now = tx.now().toISOString();
  const customer: Customer = {
    id: newId(),
    name: input.name,
    externalId: input.external_id ?? null,
    notes: input.notes ?? null,
    archivedAt: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
  try {
    await insertCustomer(tx.db, customer);
  } catch (error) {
    if (isDuplicate(error)) throw externalIdTaken(customer.externalId, error);
    throw error;
  }
  await append(tx, customerCreated, {
    subject: { type: 'customer', id: customer.id },
    data: { name: customer.name, externalId: customer.externalId },
  });
  return customer;
}

export function nameTaken(taken: Customer): HubError {
  const remedy = taken.archivedAt === null ? 'change that one' : 'it is archived: bring it back with archived: false';
  const message = `there is a customer ${taken.name} already (${taken.id}); ${remedy}`;
  return new HubError('conflict', message, { fields: [{ field: '/name', message }], extra: { other: taken.id } });
}

export function externalIdTaken(externalId: string | null, cause: unknown): HubError {
  const message = `another customer has the external id ${externalId} already: see /v1/customers?archived=any&external_id=`;
  return new HubError('conflict', message, { fields: [{ field: '/external_id', message }], cause });
}
