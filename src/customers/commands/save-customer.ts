import type { TxCtx } from '../../core/ctx.ts';
import type { CustomerInput } from '../model.ts';
import { lockCustomer } from '../store.ts';
import { createCustomer } from './create-customer.ts';
import { changeCustomer } from './update-customer.ts';

/** By its name, insert or update. */
export async function saveCustomer(
  tx: TxCtx,
  input: CustomerInput,
): Promise<{ id: string; did: 'created' | 'updated' | 'unchanged' }> {
  const known = await lockCustomer(tx.db, { name: input.name });
  if (!known) return { id: (await createCustomer(tx, input)).id, did: 'created' };
  const saved = await changeCustomer(tx, known, input);
  return { id: known.id, did: saved.version === known.version ? 'unchanged' : 'updated' };
}
