import type { TxCtx } from '../../core/ctx.ts';
import { lockAssetsWith, type PlacedAsset } from '../store.ts';
import type { AssetInput } from './asset-input.ts';
import { conflictAt, locationOf } from './check-place.ts';
import { createAsset, projectOf } from './create-asset.ts';
import { applyChanges } from './update-asset.ts';

/** By its serial, else by its asset tag, else by its name; insert or update. @throws HubError conflict where several have it */
export async function saveAsset(
  tx: TxCtx,
  input: AssetInput,
): Promise<{ id: string; did: 'created' | 'updated' | 'unchanged' }> {
  const location = await locationOf(tx, input);
  const known = await findKnown(tx, input);
  if (!known) return { id: (await createAsset(tx, input)).id, did: 'created' };
  const { location: _path, project: code, state: _state, ...changes } = input;
  const project = await projectOf(tx, input);
  const saved = await applyChanges(tx, known, {
    ...changes,
    ...(location ? { location_id: location.id } : {}),
    ...(project && code !== undefined ? { project_id: project.id } : {}),
  });
  return { id: known.id, did: saved.version === known.version ? 'unchanged' : 'updated' };
}

/** What makes two entries of a request the same server; also the order in which they are locked. */
export function keyOfAsset(input: AssetInput): string {
  const [field, value] = keyOf(input);
  return `${field} ${value}`;
}

async function findKnown(tx: TxCtx, input: AssetInput): Promise<PlacedAsset | undefined> {
  const [field, value] = keyOf(input);
  const [known, second] = await lockAssetsWith(tx.db, field, value);
  if (!known || !second) return known;
  throw conflictAt(
    field === 'assetTag' ? '/asset_tag' : `/${field}`,
    `several servers have it (${known.id}, ${second.id}): change the one that is meant by its id`,
    { others: [known.id, second.id] },
  );
}

function keyOf(input: AssetInput): ['serial' | 'assetTag' | 'name', string] {
  if (input.serial) return ['serial', input.serial];
  return input.asset_tag ? ['assetTag', input.asset_tag] : ['name', input.name ?? ''];
}
