import { z } from 'zod';
import { movesFrom } from '../core/moves.ts';
import { Nullable, Time } from '../core/schemas.ts';
import { lifecycle, LifecycleMove, LifecycleState } from './model.ts';
import type { Asset, AssetInventory } from './reads.ts';

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
    state: LifecycleState,
    state_reason: Nullable.text,
    state_since: Time,
    state_due: Nullable.time.meta({ description: 'When it counts as stuck; null where its state has no limit' }),
    moves: z
      .array(z.object({ move: LifecycleMove, title: z.string(), to: LifecycleState }))
      .meta({ description: 'What an operator may do now' }),
    bmc: z.object({ mac: Nullable.text, address: Nullable.text, fingerprint256: Nullable.text }),
    inspected_at: Nullable.time,
    record: z
      .object({ id: z.string(), url: z.string().nullable(), written_at: Nullable.time })
      .nullable()
      .meta({ description: 'Its device in the system of record' }),
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: 'Asset' });

export function viewAsset(asset: Asset): z.infer<typeof AssetView> {
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
    record: asset.recordId === null ? null : { id: asset.recordId, url: asset.recordUrl, written_at: asset.recordedAt },
    created_at: asset.createdAt,
    updated_at: asset.updatedAt,
  };
}

export const ComponentView = z
  .object({
    kind: z.string(),
    slot: z.string(),
    manufacturer: Nullable.text,
    model: Nullable.text,
    part_number: Nullable.text,
    serial: Nullable.text,
    firmware: Nullable.text,
    health: Nullable.text,
    attributes: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'ObservedComponent' });

export const InventoryView = z
  .object({
    source: z.string(),
    first_collected_at: Time.meta({ description: 'Since when it has looked like this' }),
    last_collected_at: Time,
    scope: z
      .array(z.string())
      .meta({ description: 'Kinds that were looked at completely; nothing else may be concluded absent' }),
    warnings: z.array(z.string()),
    system: z.record(z.string(), z.unknown()),
    manager: z.record(z.string(), z.unknown()),
    components: z.array(ComponentView),
    firmware: z.array(
      z.object({ id: z.string(), name: z.string(), version: Nullable.text, updateable: z.boolean().nullable() }),
    ),
  })
  .meta({ id: 'Inventory' });

export function viewInventory(inventory: AssetInventory): z.infer<typeof InventoryView> {
  const { body } = inventory;
  return {
    source: inventory.source,
    first_collected_at: inventory.firstCollectedAt,
    last_collected_at: inventory.lastCollectedAt,
    scope: inventory.scope,
    warnings: inventory.warnings,
    system: body.system,
    manager: body.manager,
    components: body.components.map(({ partNumber, ...part }) => ({ ...part, part_number: partNumber })),
    firmware: body.firmware,
  };
}
