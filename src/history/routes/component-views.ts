import { z } from 'zod';
import type { CsvColumn } from '../../core/csv.ts';
import { Nullable, Time } from '../../core/schemas.ts';
import { COMPONENT_KINDS } from '../../ports/hardware-inventory.ts';
import type { Component, InstallationView as Installation, PlaceInventory } from '../reads.ts';

export const Kind = z.enum(COMPONENT_KINDS);

export const ComponentView = z
  .object({
    id: z.string(),
    kind: z.string(),
    identity: z.enum(['serial', 'place']).meta({
      description:
        'serial: known by its serial wherever it is; place: its serial identifies nothing, it is known by its server and slot',
    }),
    vendor: Nullable.text.meta({ description: 'Normalised; with the serial it is the identity' }),
    serial: Nullable.text,
    manufacturer: Nullable.text,
    model: Nullable.text,
    part_number: Nullable.text,
    firmware: Nullable.text,
    attributes: z.record(z.string(), z.unknown()),
    lot: z.object({ id: z.string(), code: z.string(), rule: Nullable.text }).nullable(),
    lot_missing: Nullable.text.meta({ description: 'What would have to be known to tell its class' }),
    where: z
      .object({
        type: z.enum(['asset', 'location']),
        id: z.string(),
        name: Nullable.text,
        slot: Nullable.text,
        since: Time,
      })
      .nullable()
      .meta({ description: 'Where it is believed to be; null: nobody knows' }),
    first_seen_at: Nullable.time.meta({ description: 'Only where one component is asked for' }),
    merged_into: Nullable.text.meta({
      description: 'The part that somebody decided this one is; only where one component is asked for',
    }),
    created_at: Time,
  })
  .meta({ id: 'Component' });

export function viewComponent(component: Component): z.infer<typeof ComponentView> {
  const { partNumber, lotMissing, firstSeenAt, mergedInto, createdAt, ...same } = component;
  return {
    ...same,
    part_number: partNumber,
    lot_missing: lotMissing,
    first_seen_at: firstSeenAt,
    merged_into: mergedInto,
    created_at: createdAt,
  };
}

export const COMPONENT_COLUMNS: CsvColumn<Component>[] = [
  { name: 'id', of: (one) => one.id },
  { name: 'kind', of: (one) => one.kind },
  { name: 'vendor', of: (one) => one.vendor },
  { name: 'serial', of: (one) => one.serial },
  { name: 'manufacturer', of: (one) => one.manufacturer },
  { name: 'model', of: (one) => one.model },
  { name: 'part_number', of: (one) => one.partNumber },
  { name: 'firmware', of: (one) => one.firmware },
  { name: 'lot', of: (one) => one.lot?.code },
  { name: 'place_type', of: (one) => one.where?.type },
  { name: 'place', of: (one) => one.where?.name ?? one.where?.id },
  { name: 'slot', of: (one) => one.where?.slot },
  { name: 'since', of: (one) => one.where?.since },
];

export const InstallationView = z
  .object({
    id: z.string(),
    asset_id: Nullable.text,
    location_id: Nullable.text,
    place_name: Nullable.text,
    slot: Nullable.text,
    installed_after: Nullable.time.meta({
      description: 'Last known moment without it; null: nobody had looked before',
    }),
    installed_at: Time.meta({ description: 'First seen there' }),
    removed_after: Nullable.time.meta({ description: 'Last seen there' }),
    removed_at: Nullable.time.meta({ description: 'First known moment without it; null: it is there' }),
    removal_reason: z.enum(['failed', 'planned', 'moved', 'unknown']).nullable(),
    recorded_at: Time.meta({ description: 'Since when this is believed' }),
  })
  .meta({ id: 'Installation' });

export function viewInstallation(one: Installation): z.infer<typeof InstallationView> {
  return {
    id: one.id,
    asset_id: one.assetId,
    location_id: one.locationId,
    place_name: one.placeName,
    slot: one.slot,
    installed_after: one.installedAfter,
    installed_at: one.installedAt,
    removed_after: one.removedAfter,
    removed_at: one.removedAt,
    removal_reason: one.removalReason as z.infer<typeof InstallationView>['removal_reason'],
    recorded_at: one.recordedAt,
  };
}

export const InstalledView = z
  .object({
    component_id: z.string(),
    kind: z.string(),
    slot: Nullable.text,
    slots: z.array(z.string()).meta({ description: 'As each source names it that saw it last' }),
    vendor: Nullable.text,
    manufacturer: Nullable.text,
    model: Nullable.text,
    part_number: Nullable.text,
    serial: Nullable.text,
    firmware: Nullable.text,
    health: Nullable.text,
    attributes: z.record(z.string(), z.unknown()),
    lot: Nullable.text,
    installed_after: Nullable.time,
    installed_at: Time,
  })
  .meta({ id: 'InstalledComponent' });

export function viewInstalled(one: PlaceInventory['components'][number]): z.infer<typeof InstalledView> {
  const { componentId, partNumber, installedAfter, installedAt, ...same } = one;
  return {
    ...same,
    component_id: componentId,
    part_number: partNumber,
    installed_after: installedAfter,
    installed_at: installedAt,
  };
}
