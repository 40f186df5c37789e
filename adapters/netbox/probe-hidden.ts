import { atLeast } from 'netbox-client';
import { z } from 'zod';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { type Asking, askPage } from './probe-ask.ts';
import { LISTS } from './probe-needs.ts';
import type { AllowedByType } from './probe-permissions.ts';

/** Of how many devices the parts are counted. */
const SAMPLE = 100;
/** Rows that are summed up; a NetBox with more of these is counted in part, and says so by hiding less. */
const MOST_ROWS = 1000;

const Role = z.object({ id: z.number(), parent: z.object({ id: z.number() }).nullish(), device_count: z.number() });
const Site = z.object({ id: z.number(), device_count: z.number(), rack_count: z.number() });
const ModuleType = z.object({ module_count: z.number() });
const Parts = z.object({
  id: z.number(),
  interface_count: z.number(),
  module_bay_count: z.number(),
  inventory_item_count: z.number(),
});
const Limit = z.object({
  id: z.number(),
  name: z.string(),
  enabled: z.boolean(),
  object_types: z.array(z.string()),
  actions: z.array(z.string()),
  constraints: z.unknown(),
  groups: z.array(z.object({ id: z.number() })),
  users: z.array(z.object({ id: z.number() })),
});

export interface Hiding extends Asking {
  allowed: AllowedByType;
  version: string;
  user: { id: number; groups: number[] } | undefined;
}

interface Counted {
  objectType: string;
  /** Whose, for the sentence; '' of all. */
  of: string;
  sees: number;
  /** By NetBox's own counting, which no permission limits. */
  exist: number;
}

/**
 * Permissions with constraints hide objects without a word: a list is shorter, and what is hidden looks as if it did not exist. NetBox's
 * counters beside sites, roles, module types and devices are not limited, so that more there than in the list tells of it. What has no
 * counter (sites, addresses, cables) cannot be told this way. Names the permission where the token may see permissions.
 */
export async function hiddenChecks(hiding: Hiding): Promise<ProbeCheck[]> {
  const counted = [
    ...(await countPlaces(hiding)),
    ...(await countModules(hiding)),
    ...(await countParts(hiding)),
  ].filter(({ sees, exist }) => exist > sees);
  const limits = await askLimits(hiding);
  const named = limits.map((limit) => `"${limit.name}"`).join(', ');
  const checks: ProbeCheck[] = counted.map(({ objectType, of, sees, exist }) => ({
    name: 'permissions',
    ok: true,
    found: `sees ${sees} of ${exist} ${objectType}${of}: the others are hidden, and look here as if NetBox did not have them`,
    remedy:
      `take the constraints off the token's 'view' on ${objectType}${named === '' ? '' : ` (${named})`}, unless they are meant;` +
      " where there are none, NetBox's counters are off: netbox calculate_cached_counts",
  }));
  for (const limit of limits) {
    checks.push({
      name: 'permissions',
      ok: true,
      found: `the permission "${limit.name}" limits ${limit.actions.join(', ')} on ${limit.object_types.join(', ')} to ${JSON.stringify(limit.constraints)}`,
      remedy: 'take its constraints off, unless they are meant',
    });
  }
  return checks;
}

async function rowsOf<S extends z.ZodType>(
  asking: Asking,
  objectType: string,
  query: Record<string, string | number>,
  schema: S,
): Promise<z.output<S>[] | undefined> {
  const page = await askPage(asking, LISTS[objectType] ?? '', { limit: MOST_ROWS, ...query });
  if (typeof page === 'string') return undefined;
  return page.results.flatMap((row) => {
    const read = schema.safeParse(row);
    return read.success ? [read.data] : [];
  });
}

/** Devices by their roles (each has one, and those above it count it too) and by their sites; racks by their sites. */
async function countPlaces(hiding: Hiding): Promise<Counted[]> {
  const { allowed } = hiding;
  const roles = (await rowsOf(hiding, 'dcim.devicerole', { fields: 'id,parent,device_count' }, Role)) ?? [];
  const sites = (await rowsOf(hiding, 'dcim.site', { fields: 'id,device_count,rack_count' }, Site)) ?? [];
  const ids = new Set(roles.map(({ id }) => id));
  const top = roles.filter(({ parent }) => !parent || !ids.has(parent.id));
  const devices = Math.max(sum(top.map((role) => role.device_count)), sum(sites.map((site) => site.device_count)));
  const found: Counted[] = [];
  const seesDevices = allowed.get('dcim.device')?.sees;
  if (seesDevices !== undefined) found.push({ objectType: 'dcim.device', of: '', sees: seesDevices, exist: devices });
  const seesRacks = allowed.get('dcim.rack')?.sees;
  const racks = sum(sites.map((site) => site.rack_count));
  if (seesRacks !== undefined) found.push({ objectType: 'dcim.rack', of: '', sees: seesRacks, exist: racks });
  return found;
}

/** From 4.5 on module types say how many modules there are of each. */
async function countModules(hiding: Hiding): Promise<Counted[]> {
  const sees = hiding.allowed.get('dcim.module')?.sees;
  if (sees === undefined || !atLeast(hiding.version, '4.5')) return [];
  const types = await rowsOf(hiding, 'dcim.moduletype', { fields: 'id,module_count' }, ModuleType);
  const exist = sum((types ?? []).map((type) => type.module_count));
  return [{ objectType: 'dcim.module', of: '', sees, exist }];
}

/** What devices say of their interfaces, bays and inventory items, for the first of them. */
async function countParts(hiding: Hiding): Promise<Counted[]> {
  const { allowed } = hiding;
  if (!allowed.get('dcim.device')?.sees) return [];
  const fields = 'id,interface_count,module_bay_count,inventory_item_count';
  const devices = (await rowsOf(hiding, 'dcim.device', { fields, limit: SAMPLE }, Parts)) ?? [];
  if (devices.length === 0) return [];
  const wanted = [
    ['dcim.interface', sum(devices.map((one) => one.interface_count))],
    ['dcim.modulebay', sum(devices.map((one) => one.module_bay_count))],
    ['dcim.inventoryitem', sum(devices.map((one) => one.inventory_item_count))],
  ] as const;
  const found: Counted[] = [];
  for (const [objectType, exist] of wanted) {
    if (exist === 0 || allowed.get(objectType)?.sees === undefined) continue;
    const device_id = devices.map(({ id }) => id);
    const page = await askPage(hiding, LISTS[objectType] ?? '', { limit: 1, fields: 'id', device_id });
    if (typeof page === 'string') continue;
    found.push({ objectType, of: ` of ${devices.length} servers`, sees: page.count, exist });
  }
  return found;
}

/** Permissions of this user, or of its groups, that hold only for some objects; none where the token may not see permissions. */
async function askLimits({ client, signal, user, allowed }: Hiding): Promise<z.infer<typeof Limit>[]> {
  if (!user) return [];
  try {
    const all = await client.list('objectPermissions', {}, Limit, { signal });
    return all.filter((one) => {
      const holds = one.users.some(({ id }) => id === user.id) || one.groups.some(({ id }) => user.groups.includes(id));
      const ours = one.object_types.some((type) => allowed.has(type));
      return one.enabled && holds && ours && one.constraints !== null && one.constraints !== undefined;
    });
  } catch (error) {
    if (error instanceof AdapterError && error.kind === 'rejected') return [];
    throw error;
  }
}

function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const one of numbers) total += one;
  return total;
}
