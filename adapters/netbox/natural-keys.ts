import type { NetBoxClient } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { slugOf } from './identifier.ts';
import { DeviceRole, DeviceType, Manufacturer, Rack, Site, Tag } from './schema.ts';

export interface Ensuring {
  client: NetBoxClient;
  system: string;
  key: string;
  signal: AbortSignal;
}

interface Named {
  id: number;
  name: string;
}

/**
 * Finds by name (ignoring case), else creates. When the creation is refused because somebody else just made it, finds that one.
 * @throws AdapterError rejected where several objects have the name
 */
async function ensure<T extends { id: number }>(what: {
  find(): Promise<T | undefined>;
  create(): Promise<T>;
}): Promise<T> {
  const found = await what.find();
  if (found) return found;
  try {
    return await what.create();
  } catch (error) {
    const lost = error instanceof AdapterError && error.kind === 'rejected' && error.status === 400;
    const other = lost ? await what.find() : undefined;
    if (other) return other;
    throw error;
  }
}

/** The only one, or the one written exactly so. */
function single<T extends Named>(rows: T[], name: string, label: string, system: string): T | undefined {
  if (rows.length < 2) return rows[0];
  const exact = rows.filter((row) => row.name === name);
  if (exact.length === 1) return exact[0];
  throw new AdapterError(
    'rejected',
    `${system}: ${rows.length} ${label}s are called "${name}" (${rows.map((row) => row.id).join(', ')})`,
    { system },
  );
}

/** By slug or name. */
export async function findSite(
  client: NetBoxClient,
  system: string,
  site: string,
  signal: AbortSignal,
): Promise<Named | undefined> {
  const byName = single(await client.list('sites', { name__ie: [site] }, Site, { signal }), site, 'site', system);
  return byName ?? (await client.list('sites', { slug: [slugOf(site)] }, Site, { signal }))[0];
}

export async function ensureSite(with_: Ensuring, site: string): Promise<number> {
  const { client, system, key, signal } = with_;
  const found = await ensure({
    find: () => findSite(client, system, site, signal),
    create: async () =>
      (
        await client.create('sites', { name: site, slug: slugOf(site), status: 'active' }, Site, {
          signal,
          message: key,
        })
      ).value,
  });
  return found.id;
}

export async function ensureRack(with_: Ensuring, siteId: number, rack: string): Promise<number> {
  const { client, system, key, signal } = with_;
  // Racks without a location have no unique constraint: a blind repeat would make a second one.
  const found = await ensure({
    find: async () =>
      single(
        await client.list('racks', { site_id: [siteId], name__ie: [rack] }, Rack, { signal }),
        rack,
        'rack',
        system,
      ),
    create: async () =>
      (await client.create('racks', { name: rack, site: siteId, status: 'active' }, Rack, { signal, message: key }))
        .value,
  });
  return found.id;
}

export async function ensureDeviceType(with_: Ensuring, manufacturer: string, model: string): Promise<number> {
  const { client, system, key, signal } = with_;
  const maker = await ensure({
    find: async () =>
      single(
        await client.list('manufacturers', { name__ie: [manufacturer] }, Manufacturer, { signal }),
        manufacturer,
        'manufacturer',
        system,
      ) ?? (await client.list('manufacturers', { slug: [slugOf(manufacturer)] }, Manufacturer, { signal }))[0],
    create: async () =>
      (
        await client.create('manufacturers', { name: manufacturer, slug: slugOf(manufacturer) }, Manufacturer, {
          signal,
          message: key,
        })
      ).value,
  });
  const named = (row: { id: number; model: string }): Named => ({ id: row.id, name: row.model });
  const type = await ensure({
    find: async () => {
      const rows = await client.list('deviceTypes', { manufacturer_id: [maker.id], model__ie: [model] }, DeviceType, {
        signal,
      });
      return single(rows.map(named), model, 'device type', system);
    },
    create: async () => {
      const body = { manufacturer: maker.id, model, slug: slugOf(model) };
      return named((await client.create('deviceTypes', body, DeviceType, { signal, message: key })).value);
    },
  });
  return type.id;
}

export async function ensureRole(with_: Ensuring, role: string): Promise<number> {
  const { client, system, key, signal } = with_;
  const found = await ensure({
    find: async () =>
      single(
        await client.list('deviceRoles', { name__ie: [role] }, DeviceRole, { signal }),
        role,
        'device role',
        system,
      ) ?? (await client.list('deviceRoles', { slug: [slugOf(role)] }, DeviceRole, { signal }))[0],
    create: async () => {
      const body = { name: role, slug: slugOf(role), color: '607d8a' };
      return (await client.create('deviceRoles', body, DeviceRole, { signal, message: key })).value;
    },
  });
  return found.id;
}

/** NetBox answers 500 to an unknown tag in `add_tags`, and 400 in `tags`: it must be there first. */
export async function ensureTag(with_: Ensuring, slug: string): Promise<void> {
  const { client, key, signal } = with_;
  await ensure({
    find: async () => (await client.list('tags', { slug: [slug] }, Tag, { signal }))[0],
    create: async () =>
      (await client.create('tags', { name: slug, slug, color: '607d8a' }, Tag, { signal, message: key })).value,
  });
}
