import type { TxCtx } from '../../core/ctx.ts';
import { newId } from '../../core/id.ts';
import { holdProject, type NamedProject } from '../../customers/reads.ts';
import { append } from '../../events/append.ts';
import type { Place } from '../../locations/reads.ts';
import { assetRegistered } from '../events.ts';
import type { LifecycleState } from '../model.ts';
import { insertAsset, lockAssetsWith, type PlacedAsset } from '../store.ts';
import type { AssetInput } from './asset-input.ts';
import { checkPlace, conflictAt, invalidAt, locationOf, placeTexts } from './check-place.ts';

/** A server that an operator enters. @throws HubError invalid; conflict where its serial, tag or units are another one's */
export async function createAsset(tx: TxCtx, input: AssetInput): Promise<PlacedAsset> {
  const location = await locationOf(tx, input);
  const position = input.position ?? null;
  const heightU = input.height_u ?? 1;
  if (position !== null && !location) throw invalidAt('/position', 'in which rack? Say location_id too');
  const project = await projectOf(tx, input);
  await refuseTaken(tx, null, { serial: input.serial ?? null, assetTag: input.asset_tag ?? null });
  const place = location && (await checkPlace(tx, location, { assetId: null, position, heightU }));
  const now = tx.now().toISOString();
  const asset: PlacedAsset = {
    id: newId(),
    name: input.name ?? null,
    serial: input.serial ?? null,
    assetTag: input.asset_tag ?? null,
    manufacturer: input.manufacturer ?? null,
    model: input.model ?? null,
    systemUuid: null,
    ...placeTexts(place),
    position,
    projectId: project?.id ?? null,
    locationId: place?.id ?? null,
    heightU,
    state: input.state ?? firstState(place),
    stateReason: null,
    stateSince: now,
    bmcMac: null,
    bmcAddress: null,
    bmcFingerprint256: null,
    bmcUsername: null,
    bmcPasswordSealed: null,
    inventoryHash: null,
    inspectedAt: null,
    recordId: null,
    recordUrl: null,
    recordedAt: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
  await insertAsset(tx.db, asset);
  const { name, serial, state, site, rack } = asset;
  await append(tx, assetRegistered, {
    subject: { type: 'asset', id: asset.id },
    related: [
      ...(place ? [{ type: 'location' as const, id: place.id }] : []),
      ...(project ? [{ type: 'project' as const, id: project.id }] : []),
    ],
    data: { name, serial, state, origin: 'operator', site, rack, position },
  });
  return asset;
}

function firstState(place: Place | null): LifecycleState {
  if (place?.type === 'rack') return 'RACKED';
  return place?.type === 'warehouse' || place?.type === 'bin' ? 'IN_WAREHOUSE' : 'ORDERED';
}

/** The project that is meant, held; null where none is. @throws HubError invalid where there is none; conflict where it is archived */
export async function projectOf(
  tx: TxCtx,
  said: Pick<AssetInput, 'project' | 'project_id'>,
): Promise<NamedProject | null> {
  const { project_id: id, project: code } = said;
  if (typeof id !== 'string' && code === undefined) return null;
  const project = await holdProject(tx, typeof id === 'string' ? { id } : { code: code ?? '' });
  const field = typeof id === 'string' ? '/project_id' : '/project';
  if (!project) throw invalidAt(field, `there is no project ${id ?? code}: create it first`);
  if (project.archivedAt === null) return project;
  throw conflictAt(field, `project ${project.name} is archived: bring it back first, with archived: false`);
}

/** A serial and a tag are one server's. @throws HubError conflict naming it */
export async function refuseTaken(
  tx: TxCtx,
  assetId: string | null,
  said: { serial: string | null; assetTag: string | null },
): Promise<void> {
  for (const [field, pointer] of [
    ['serial', '/serial'],
    ['assetTag', '/asset_tag'],
  ] as const) {
    const value = said[field];
    if (value === null) continue;
    const other = (await lockAssetsWith(tx.db, field, value)).find(({ id }) => id !== assetId);
    if (!other) continue;
    throw conflictAt(
      pointer,
      `${value} is that of ${other.name ?? other.serial ?? other.id} already: change that one`,
      {
        other: other.id,
      },
    );
  }
}
