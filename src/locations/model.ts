import { z } from 'zod';
import type { FieldFault } from '../core/error.ts';
import { Id } from '../core/schemas.ts';

export const LOCATION_TYPES = [
  'region',
  'site',
  'building',
  'room',
  'rack',
  'warehouse',
  'bin',
  'repair-centre',
] as const;
export const LocationType = z.enum(LOCATION_TYPES).meta({ id: 'LocationType' });
export type LocationType = z.infer<typeof LocationType>;

/** What may stand in what; `top`: in nothing. */
export const MAY_HOLD = {
  top: ['region', 'site', 'warehouse', 'repair-centre'],
  region: ['region', 'site', 'warehouse', 'repair-centre'],
  site: ['building', 'room', 'rack', 'warehouse', 'repair-centre'],
  building: ['room', 'rack', 'warehouse'],
  room: ['room', 'rack', 'bin'],
  rack: [],
  warehouse: ['room', 'rack', 'bin'],
  bin: ['bin'],
  'repair-centre': ['room', 'rack', 'bin'],
} as const satisfies Record<LocationType | 'top', readonly LocationType[]>;

/** Deeper than any real one, and shallow enough to walk. */
export const DEPTH_AT_MOST = 16;

/** Fields that only some types have. */
const ONLY_OF: Record<string, readonly LocationType[]> = {
  height_u: ['rack'],
  units_from: ['rack'],
  width_inches: ['rack'],
  aisle: ['bin'],
  shelf: ['bin'],
  address: ['site', 'warehouse', 'repair-centre'],
  time_zone: ['site', 'warehouse', 'repair-centre'],
};

export const PATH_SEPARATOR = ' / ';
const text = (max: number) => z.string().trim().min(1).max(max);
const NO_CONTROL = /^\P{Cc}*$/u;
const Name = text(100)
  .regex(NO_CONTROL, 'has a control character (a line break, a tab) in it: take it out')
  .refine((name) => !name.includes(PATH_SEPARATOR), 'must not have " / " in it: paths are written like that');
const TimeZone = text(64).refine(isTimeZone, 'is not a time zone: write it as in the IANA list, e.g. Europe/Amsterdam');

const described = {
  code: text(64).regex(NO_CONTROL, 'has a control character in it: take it out').nullish(),
  height_u: z.int().min(1).max(100).optional().meta({ description: 'Racks: how many units; 42 where nothing is said' }),
  units_from: z.enum(['bottom', 'top']).optional().meta({ description: 'Racks: at which end unit 1 is' }),
  width_inches: z.int().min(10).max(30).nullish().meta({ description: 'Racks' }),
  aisle: text(40).nullish().meta({ description: 'Bins' }),
  shelf: text(40).nullish().meta({ description: 'Bins' }),
  address: text(300).nullish().meta({ description: 'Sites, warehouses and repair centres' }),
  time_zone: TimeZone.nullish().meta({ description: 'Sites, warehouses and repair centres' }),
  notes: text(2000).nullish(),
};

/** Absent fields are left as they are on an update; null clears. */
export const LocationInput = z
  .strictObject({
    parent_id: Id.nullish().meta({ description: 'What it is in; null for one at the top' }),
    parent: text(1000).nullish().meta({ description: 'Its path instead of parent_id, e.g. "ams1 / room 2"' }),
    type: LocationType,
    name: Name.meta({ description: 'Once per parent' }),
    ...described,
  })
  .superRefine((input, ctx) => {
    if (typeof input.parent_id === 'string' && typeof input.parent === 'string')
      ctx.addIssue({ code: 'custom', path: ['parent'], message: 'say parent_id or parent, not both' });
    for (const { field, message } of strayFields(input.type, input))
      ctx.addIssue({ code: 'custom', path: [field], message });
  })
  .meta({ id: 'LocationInput' });
export type LocationInput = z.infer<typeof LocationInput>;

export const LocationChanges = z
  .strictObject({
    parent_id: Id.nullable().optional().meta({ description: 'Moves it, with all that is in it' }),
    name: Name.optional(),
    ...described,
    archived: z.boolean().optional().meta({ description: 'true: out of the lists; refused while it holds anything' }),
    version: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'The version that was read; refused when it has changed meanwhile. Or send If-Match' }),
  })
  .meta({ id: 'LocationChanges' });
export type LocationChanges = z.infer<typeof LocationChanges>;

/** What is said of a location that its type does not have. */
export function strayFields(type: LocationType, said: Record<string, unknown>): FieldFault[] {
  return Object.entries(ONLY_OF).flatMap(([field, types]) => {
    const isThere = said[field] !== undefined && said[field] !== null;
    if (!isThere || types.includes(type)) return [];
    return [{ field, message: `a ${type} has none: only ${types.join(', ')}` }];
  });
}

/** Why this may not stand there; undefined when it may. */
export function whyNotIn(type: LocationType, parent: LocationType | null): string | undefined {
  const allowed: readonly LocationType[] = MAY_HOLD[parent ?? 'top'];
  if (allowed.includes(type)) return undefined;
  const holders = [...LOCATION_TYPES].filter((one) => (MAY_HOLD[one] as readonly LocationType[]).includes(type));
  const where = (MAY_HOLD.top as readonly LocationType[]).includes(type) ? ['nothing', ...holders] : holders;
  return `a ${type} cannot be in ${parent === null ? 'nothing' : `a ${parent}`}: put it in ${where.join(', ')}`;
}

export function pathOf(names: readonly string[]): string {
  return names.join(PATH_SEPARATOR);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false; // RangeError is how Intl says no
  }
}
