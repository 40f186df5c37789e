import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { isDuplicate } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import { changesOf, toldChanges } from '../changes.ts';
import { customerArchived, customerRestored, customerUpdated } from '../events.ts';
import type { CustomerChanges } from '../model.ts';
import { activeProjects, type Customer, lockCustomer, updateCustomerRow } from '../store.ts';
import { externalIdTaken, nameTaken } from './create-customer.ts';

/** @throws HubError not-found; conflict where it changed meanwhile, a name is taken, or what is to be archived has projects */
export async function updateCustomer(
  tx: TxCtx,
  want: { id: string; changes: CustomerChanges; version: number | undefined },
): Promise<Customer> {
  const known = await lockCustomer(tx.db, { id: want.id });
  if (!known) throw new HubError('not-found', `There is no customer ${want.id}`);
  if (want.version !== undefined && want.version !== known.version) {
    throw new HubError(
      'conflict',
      `It has changed meanwhile: version ${known.version}, not ${want.version}. Read it again`,
      { extra: { version: known.version } },
    );
  }
  return changeCustomer(tx, known, want.changes);
}

/** `known` is locked. The same again changes nothing. */
export async function changeCustomer(tx: TxCtx, known: Customer, wanted: CustomerChanges): Promise<Customer> {
  const { name, external_id: externalId, notes, archived } = wanted;
  const fields = changesOf<Customer>(known, {
    ...(name === undefined ? {} : { name }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(notes === undefined ? {} : { notes }),
  });
  const turns = archived !== undefined && archived !== (known.archivedAt !== null);
  if (Object.keys(fields).length === 0 && !turns) return known;
  if (fields.name !== undefined) {
    const taken = await lockCustomer(tx.db, { name: fields.name });
    if (taken) throw nameTaken(taken);
  }
  if (turns && archived) await refuseArchiving(tx, known);
  const now = tx.now().toISOString();
  const changes: Partial<Customer> = { ...fields, ...(turns ? { archivedAt: archived ? now : null } : {}) };
  try {
    await updateCustomerRow(tx.db, known.id, { ...changes, updatedAt: now });
  } catch (error) {
    if (isDuplicate(error)) throw externalIdTaken(fields.externalId ?? null, error);
    throw error;
  }
  const customer = { ...known, ...changes, updatedAt: now, version: known.version + 1 };
  const subject = { type: 'customer' as const, id: known.id };
  const told = { name: customer.name };
  if (Object.keys(fields).length > 0)
    await append(tx, customerUpdated, { subject, data: { ...told, changes: toldChanges(known, fields) } });
  if (turns) await append(tx, archived ? customerArchived : customerRestored, { subject, data: told });
  return customer;
}

async function refuseArchiving(tx: TxCtx, customer: Customer): Promise<void> {
  const projects = await activeProjects(tx.db, customer.id);
  if (projects.length === 0) return;
  const message = `${customer.name} has projects (${projects.join(', ')}): archive them first`;
  throw new HubError('conflict', message, { fields: [{ field: '/archived', message }] });
}
