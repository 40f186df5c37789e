import type { TxCtx } from '../../core/ctx.ts';
import type { ProjectInput } from '../model.ts';
import { lockProject } from '../store.ts';
import { createProject, customerOf } from './create-project.ts';
import { changeProject } from './update-project.ts';

/** By its customer and its name, insert or update. */
export async function saveProject(
  tx: TxCtx,
  input: ProjectInput,
): Promise<{ id: string; did: 'created' | 'updated' | 'unchanged' }> {
  const customer = await customerOf(tx, input);
  const known = await lockProject(tx.db, { customerId: customer.id, name: input.name });
  if (!known) return { id: (await createProject(tx, input)).id, did: 'created' };
  const { code, notes } = input;
  const saved = await changeProject(tx, known, { code, notes });
  return { id: known.id, did: saved.version === known.version ? 'unchanged' : 'updated' };
}
