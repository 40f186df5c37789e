import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import type { Subject } from '../../core/event.ts';
import { findProject } from '../../customers/reads.ts';
import { append } from '../../events/append.ts';
import { findPlace, holdLocation } from '../../locations/reads.ts';
import { assetAssigned, assetPlaced, assetUpdated } from '../events.ts';
import { lockAsset, type PlacedAsset, updateAsset } from '../store.ts';
import type { AssetChanges } from './asset-input.ts';
import { checkPlace, invalidAt, locationOf, placeTexts } from './check-place.ts';
import { projectOf, refuseTaken } from './create-asset.ts';

/** @throws HubError not-found; invalid; conflict where it changed meanwhile, or its serial, tag or units are another one's */
export async function changeAsset(
  tx: TxCtx,
  want: { id: string; changes: AssetChanges; version: number | undefined },
): Promise<PlacedAsset> {
  // The rack before the server, as whoever adds a server to it locks them: two at once then wait instead of blocking each other.
  if (typeof want.changes.location_id === 'string') await locationOf(tx, want.changes);
  const known = await lockAsset(tx.db, want.id);
  if (!known) throw new HubError('not-found', `There is no asset ${want.id}`);
  if (want.version !== undefined && want.version !== known.version) {
    throw new HubError(
      'conflict',
      `It has changed meanwhile: version ${known.version}, not ${want.version}. Read it again`,
      { extra: { version: known.version } },
    );
  }
  return applyChanges(tx, known, want.changes);
}

/** `known` is locked. The same again changes nothing. */
export async function applyChanges(tx: TxCtx, known: PlacedAsset, wanted: AssetChanges): Promise<PlacedAsset> {
  const facts = factsOf(known, wanted);
  if (known.name !== null || known.serial !== null || known.assetTag !== null) {
    const { name, serial, assetTag } = { ...known, ...facts };
    if (name === null && serial === null && assetTag === null)
      throw invalidAt('/name', 'leave at least one of name, serial and asset_tag: it could not be found again');
  }
  await refuseTaken(tx, known.id, { serial: facts.serial ?? null, assetTag: facts.assetTag ?? null });
  const projectId = wanted.project_id === undefined ? known.projectId : wanted.project_id;
  const project = projectId === known.projectId ? null : await projectOf(tx, { project_id: projectId });
  const placed = await placeOf(tx, known, wanted);
  const moved = Object.keys(placed).length > 0;
  const assigned = projectId !== known.projectId;
  if (Object.keys(facts).length === 0 && !moved && !assigned) return known;
  const now = tx.now().toISOString();
  const changes: Partial<PlacedAsset> = { ...facts, ...placed, ...(assigned ? { projectId } : {}) };
  await updateAsset(tx.db, known.id, { ...changes, updatedAt: now });
  const asset = { ...known, ...changes, updatedAt: now, version: known.version + 1 };
  const subject = { type: 'asset' as const, id: known.id };
  if (Object.keys(facts).length > 0)
    await append(tx, assetUpdated, { subject, data: { changes: toldChanges(known, facts) } });
  if (moved) await tellPlaced(tx, known, asset);
  if (assigned) {
    const before = known.projectId === null ? undefined : await findProject(tx, known.projectId);
    await append(tx, assetAssigned, {
      subject,
      related: subjects('project', [known.projectId, projectId]),
      data: { from: before?.name ?? null, to: project?.name ?? null },
    });
  }
  return asset;
}

export async function tellPlaced(tx: TxCtx, before: PlacedAsset, after: PlacedAsset): Promise<void> {
  const spot = async ({ locationId, position, heightU }: PlacedAsset) => ({
    path: locationId === null ? null : ((await findPlace(tx, locationId))?.path ?? null),
    position,
    heightU,
  });
  const { site, rack, position } = after;
  await append(tx, assetPlaced, {
    subject: { type: 'asset', id: after.id },
    related: subjects('location', [before.locationId, after.locationId]),
    data: { from: await spot(before), to: await spot(after), site, rack, position },
  });
}

function subjects(type: Subject['type'], ids: (string | null)[]): Subject[] {
  return [...new Set(ids)].flatMap((id) => (id === null ? [] : [{ type, id }]));
}

/** Fields that are said and differ: `undefined` leaves, `null` clears. */
function factsOf(known: PlacedAsset, wanted: AssetChanges): Partial<PlacedAsset> {
  const said = {
    name: wanted.name,
    serial: wanted.serial,
    assetTag: wanted.asset_tag,
    manufacturer: wanted.manufacturer,
    model: wanted.model,
  };
  return Object.fromEntries(
    Object.entries(said).filter(([field, value]) => value !== undefined && value !== known[field as keyof PlacedAsset]),
  );
}

function toldChanges(
  known: PlacedAsset,
  facts: Partial<PlacedAsset>,
): { field: string; from: string | null; to: string | null }[] {
  const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
  return Object.entries(facts).map(([field, to]) => ({
    field,
    from: text(known[field as keyof PlacedAsset]),
    to: text(to),
  }));
}

/** What changes about its place. Somewhere else, the old unit says nothing: it is taken along only where it is said again. */
async function placeOf(tx: TxCtx, known: PlacedAsset, wanted: AssetChanges): Promise<Partial<PlacedAsset>> {
  const locationId = wanted.location_id === undefined ? known.locationId : wanted.location_id;
  const moves = locationId !== known.locationId;
  const stays = moves ? null : known.position;
  const position = wanted.position === undefined ? stays : wanted.position;
  const heightU = wanted.height_u ?? known.heightU;
  if (!moves && position === known.position && heightU === known.heightU) return {};
  if (locationId === null) {
    if (wanted.position !== undefined && wanted.position !== null)
      throw invalidAt('/position', 'in which rack? Say location_id too');
    const texts = moves && known.recordId === null ? placeTexts(null) : {};
    return { locationId, position, heightU, ...texts };
  }
  const location = moves ? await locationOf(tx, { location_id: locationId }) : await holdLocation(tx, locationId);
  if (!location) throw invalidAt('/location_id', `there is no location ${locationId}`);
  const place = await checkPlace(tx, location, { assetId: known.id, position, heightU });
  return { locationId, position, heightU, ...(moves && known.recordId === null ? placeTexts(place) : {}) };
}
