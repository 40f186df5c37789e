import { z } from 'zod';
import type { CsvColumn } from '../core/csv.ts';
import { Nullable, Time } from '../core/schemas.ts';
import { LocationType } from './model.ts';
import type { InRack, Location, Place } from './reads.ts';
import type { Unit } from './units.ts';

export const LocationView = z
  .object({
    id: z.string(),
    parent_id: Nullable.text,
    type: LocationType,
    name: z.string(),
    path: z.string().meta({ description: 'Names from the top down', examples: ['ams1 / room 2 / rack 12'] }),
    site: Nullable.text.meta({ description: 'Name of the site that it is in, or is' }),
    code: Nullable.text,
    height_u: Nullable.number,
    units_from: z.enum(['bottom', 'top']).nullable(),
    width_inches: Nullable.number,
    aisle: Nullable.text,
    shelf: Nullable.text,
    address: Nullable.text,
    time_zone: Nullable.text,
    notes: Nullable.text,
    archived: z.boolean(),
    archived_at: Nullable.time,
    created_at: Time,
    updated_at: Time,
    version: z.int().meta({ description: 'For `version` or If-Match of a change' }),
  })
  .meta({ id: 'Location' });
type LocationView = z.infer<typeof LocationView>;

export type PlacedLocation = Location & { place: Place | undefined };

export function viewLocation(location: PlacedLocation): LocationView {
  return {
    id: location.id,
    parent_id: location.parentId,
    type: location.type,
    name: location.name,
    path: location.place?.path ?? location.name,
    site: location.place?.site ?? null,
    code: location.code,
    height_u: location.heightU,
    units_from: location.unitsFrom,
    width_inches: location.widthInches,
    aisle: location.aisle,
    shelf: location.shelf,
    address: location.address,
    time_zone: location.timeZone,
    notes: location.notes,
    archived: location.archivedAt !== null,
    archived_at: location.archivedAt,
    created_at: location.createdAt,
    updated_at: location.updatedAt,
    version: location.version,
  };
}

export const LOCATION_COLUMNS: CsvColumn<PlacedLocation>[] = LocationView.keyof().options.map((name) => ({
  name,
  of: (location) => viewLocation(location)[name],
}));

const AssetThere = z
  .object({
    id: z.string(),
    name: Nullable.text,
    serial: Nullable.text,
    position: Nullable.number.meta({ description: 'Racks: the lowest unit number that it fills' }),
    height_u: z.number(),
  })
  .meta({ id: 'AssetThere' });

export const ContentsView = z
  .object({
    location: LocationView,
    children: z.array(LocationView),
    assets: z.array(AssetThere),
    is_complete: z
      .boolean()
      .meta({ description: 'false: there is more; list by parent_id and by location_id instead' }),
    units: z
      .array(z.object({ unit: z.int(), free: z.boolean(), assets: z.array(AssetThere) }))
      .nullable()
      .meta({ description: 'Racks: its units from the top to the bottom' }),
  })
  .meta({ id: 'LocationContents' });

export type There = Omit<InRack, 'position'> & { position: number | null };

export function viewContents(contents: {
  location: PlacedLocation;
  children: PlacedLocation[];
  assets: There[];
  isComplete: boolean;
  units: Unit[] | null;
}): z.infer<typeof ContentsView> {
  return {
    location: viewLocation(contents.location),
    children: contents.children.map(viewLocation),
    assets: contents.assets.map(viewThere),
    is_complete: contents.isComplete,
    units: contents.units?.map(({ unit, free, assets }) => ({ unit, free, assets: assets.map(viewThere) })) ?? null,
  };
}

function viewThere(asset: There): z.infer<typeof AssetThere> {
  return {
    id: asset.id,
    name: asset.name,
    serial: asset.serial,
    position: asset.position,
    height_u: asset.heightU,
  };
}
