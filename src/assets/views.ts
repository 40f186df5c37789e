import { z } from 'zod';
import type { CsvColumn } from '../core/csv.ts';
import { movesFrom } from '../core/moves.ts';
import { Nullable, Time } from '../core/schemas.ts';
import { lifecycle, LifecycleMove, LifecycleState } from './model.ts';
import type { ShownAsset } from './reads.ts';

export const AssetView = z
  .object({
    id: z.string(),
    name: Nullable.text,
    serial: Nullable.text,
    asset_tag: Nullable.text,
    manufacturer: Nullable.text,
    model: Nullable.text,
    system_uuid: Nullable.text,
    site: Nullable.text,
    rack: Nullable.text,
    position: Nullable.number.meta({ description: 'Lowest U' }),
    height_u: z.number().meta({ description: 'How many units of a rack it fills' }),
    location: z.object({ id: z.string(), type: z.string(), name: z.string(), path: z.string() }).nullable().meta({
      description: 'Where it stands in the tree of locations; site and rack are what the system of record says',
    }),
    project: z.object({ id: z.string(), name: z.string(), code: Nullable.text, customer: z.string() }).nullable(),
    state: LifecycleState,
    state_reason: Nullable.text,
    state_since: Time,
    state_due: Nullable.time.meta({ description: 'When it counts as stuck; null where its state has no limit' }),
    moves: z
      .array(z.object({ move: LifecycleMove, title: z.string(), to: LifecycleState }))
      .meta({ description: 'What an operator may do now' }),
    bmc: z.object({ mac: Nullable.text, address: Nullable.text, fingerprint256: Nullable.text }),
    inspected_at: Nullable.time,
    first_seen_at: Nullable.time.meta({ description: 'The earliest that was collected of it' }),
    merged_into: Nullable.text.meta({
      description: 'The server that it proved to be; its history is there, and lists leave it out',
    }),
    record: z
      .object({ id: z.string(), url: z.string().nullable(), written_at: Nullable.time })
      .nullable()
      .meta({ description: 'Its device in the system of record' }),
    created_at: Time,
    updated_at: Time,
    version: z.int().meta({ description: 'For `version` or If-Match of a change' }),
  })
  .meta({ id: 'Asset' });

export function viewAsset(asset: ShownAsset): z.infer<typeof AssetView> {
  const hours = lifecycle.timeLimitHours[asset.state];
  return {
    id: asset.id,
    name: asset.name,
    serial: asset.serial,
    asset_tag: asset.assetTag,
    manufacturer: asset.manufacturer,
    model: asset.model,
    system_uuid: asset.systemUuid,
    site: asset.site,
    rack: asset.rack,
    position: asset.position,
    height_u: asset.heightU,
    location: asset.place && {
      id: asset.place.id,
      type: asset.place.type,
      name: asset.place.name,
      path: asset.place.path,
    },
    project: asset.project && {
      id: asset.project.id,
      name: asset.project.name,
      code: asset.project.code,
      customer: asset.project.customer,
    },
    state: asset.state,
    state_reason: asset.stateReason,
    state_since: asset.stateSince,
    state_due: hours === undefined ? null : new Date(Date.parse(asset.stateSince) + hours * 3_600_000).toISOString(),
    moves: movesFrom(lifecycle, asset.state)
      .map((move) => ({ move, ...lifecycle.moves[move] }))
      .filter(({ by }) => by === 'operator')
      .map(({ move, title, to }) => ({ move, title, to })),
    bmc: { mac: asset.bmcMac, address: asset.bmcAddress, fingerprint256: asset.bmcFingerprint256 },
    inspected_at: asset.inspectedAt,
    first_seen_at: asset.firstSeenAt ?? null,
    merged_into: asset.mergedInto ?? null,
    record: asset.recordId === null ? null : { id: asset.recordId, url: asset.recordUrl, written_at: asset.recordedAt },
    created_at: asset.createdAt,
    updated_at: asset.updatedAt,
    version: asset.version,
  };
}

export const ASSET_COLUMNS: CsvColumn<ShownAsset>[] = [
  { name: 'id', of: (asset) => asset.id },
  { name: 'name', of: (asset) => asset.name },
  { name: 'serial', of: (asset) => asset.serial },
  { name: 'asset_tag', of: (asset) => asset.assetTag },
  { name: 'manufacturer', of: (asset) => asset.manufacturer },
  { name: 'model', of: (asset) => asset.model },
  { name: 'system_uuid', of: (asset) => asset.systemUuid },
  { name: 'customer', of: (asset) => asset.project?.customer },
  { name: 'project', of: (asset) => asset.project?.name },
  { name: 'project_code', of: (asset) => asset.project?.code },
  { name: 'location', of: (asset) => asset.place?.path },
  { name: 'site', of: (asset) => asset.site },
  { name: 'rack', of: (asset) => asset.rack },
  { name: 'position', of: (asset) => asset.position },
  { name: 'height_u', of: (asset) => asset.heightU },
  { name: 'state', of: (asset) => asset.state },
  { name: 'state_reason', of: (asset) => asset.stateReason },
  { name: 'state_since', of: (asset) => asset.stateSince },
  { name: 'bmc_mac', of: (asset) => asset.bmcMac },
  { name: 'bmc_address', of: (asset) => asset.bmcAddress },
  { name: 'inspected_at', of: (asset) => asset.inspectedAt },
  { name: 'record_id', of: (asset) => asset.recordId },
  { name: 'record_url', of: (asset) => asset.recordUrl },
  { name: 'created_at', of: (asset) => asset.createdAt },
  { name: 'updated_at', of: (asset) => asset.updatedAt },
  { name: 'version', of: (asset) => asset.version },
];
