import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import type { LocationInput } from '../model.ts';
import { lockLocationNamed } from '../store.ts';
import { addLocation, parentOf } from './create-location.ts';
import { changeLocation } from './update-location.ts';

/** By its parent and its name, insert or update. @throws HubError conflict where the one that is there is of another type */
export async function saveLocation(
  tx: TxCtx,
  input: LocationInput,
): Promise<{ id: string; did: 'created' | 'updated' | 'unchanged' }> {
  const parent = await parentOf(tx, input);
  const known = await lockLocationNamed(tx.db, parent?.id ?? null, input.name);
  if (!known) return { id: (await addLocation(tx, input, parent)).id, did: 'created' };
  if (known.type !== input.type) {
    const message = `${known.name} is a ${known.type}; a location does not change its type: take another name`;
    throw new HubError('conflict', message, { fields: [{ field: '/type', message }] });
  }
  const { parent: _path, parent_id: _parentId, type: _type, name: _name, ...changes } = input;
  const saved = await changeLocation(tx, known, changes);
  return { id: known.id, did: saved.version === known.version ? 'unchanged' : 'updated' };
}
