import type { Row } from './database.ts';
import { slugOf } from '../identifier.ts';
import type { ModelName } from './model.ts';
import { create } from './operations.ts';
import type { Operation } from './tell.ts';

export interface SeedModule {
  bay: string;
  model: string;
  /** Default: the device's. */
  manufacturer?: string;
  partNumber?: string;
  serial?: string;
}

export interface SeedDevice {
  name: string;
  site: string;
  rack?: string;
  position?: number;
  serial?: string;
  assetTag?: string;
  tenant?: string;
  /** Default `planned`. */
  status?: string;
  /** Default `Dell Inc.`, `PowerEdge R650`, 1 U. */
  manufacturer?: string;
  model?: string;
  uHeight?: number;
  /** Default `Server`. */
  role?: string;
  /** Makes a management interface with this MAC as primary. */
  bmcMac?: string;
  /** With prefix length; becomes the out-of-band address. Needs `bmcMac`. */
  bmcIp?: string;
  customFields?: Record<string, unknown>;
  modules?: readonly SeedModule[];
}

export interface Seed {
  sites?: readonly string[];
  /** Names from the outside in: `['Room 1', 'Row A']`. */
  locations?: readonly { site: string; path: readonly string[] }[];
  racks?: readonly { site: string; name: string; uHeight?: number; location?: readonly string[] }[];
  devices?: readonly SeedDevice[];
}

/** Puts a small world there as a person would have; what is there already stays. Answers with the devices' ids by name. */
export function seedWorld(operation: Operation, seed: Seed): Map<string, number> {
  const { database } = operation.world;

  function get(model: ModelName, find: (row: Row) => boolean, body: Record<string, unknown>): number {
    return (database.all(model).find(find) ?? create(operation, model, body)).id;
  }
  function named(model: ModelName, name: string): number {
    return get(model, (row) => row.name === name, { name, slug: slugOf(name) });
  }
  function location(site: string, path: readonly string[]): number | null {
    const at = named('site', site);
    let parent: number | null = null;
    for (const name of path) {
      const above: number | null = parent;
      const here = (row: Row): boolean => row.name === name && row.site === at && row.parent === above;
      parent = get('location', here, { name, slug: slugOf(name), site: at, parent: above });
    }
    return parent;
  }
  function rack(site: string, name: string, uHeight = 42, path: readonly string[] = []): number {
    const at = named('site', site);
    const body = { name, site: at, u_height: uHeight, location: location(site, path) };
    return get('rack', (row) => row.name === name && row.site === at, body);
  }

  for (const site of seed.sites ?? []) named('site', site);
  for (const one of seed.locations ?? []) location(one.site, one.path);
  for (const one of seed.racks ?? []) rack(one.site, one.name, one.uHeight, one.location);
  const ids = new Map<string, number>();
  for (const device of seed.devices ?? []) ids.set(device.name, seedDevice(device));
  return ids;

  function seedDevice(device: SeedDevice): number {
    const site = named('site', device.site);
    const present = database.by('device', 'name', device.name).find((row) => row.site === site);
    if (present) return present.id;
    const manufacturer = named('manufacturer', device.manufacturer ?? 'Dell Inc.');
    const model = device.model ?? 'PowerEdge R650';
    const type = get('deviceType', (row) => row.model === model && row.manufacturer === manufacturer, {
      manufacturer,
      model,
      slug: slugOf(model),
      u_height: device.uHeight ?? 1,
    });
    const row = create(operation, 'device', {
      name: device.name,
      device_type: type,
      role: named('deviceRole', device.role ?? 'Server'),
      site,
      status: device.status ?? 'planned',
      serial: device.serial ?? '',
      asset_tag: device.assetTag ?? null,
      ...(device.tenant === undefined ? {} : { tenant: named('tenant', device.tenant) }),
      ...(device.rack === undefined ? {} : { rack: rack(device.site, device.rack) }),
      ...(device.position === undefined ? {} : { position: device.position, face: 'front' }),
      ...(device.customFields ? { custom_fields: device.customFields } : {}),
    });
    if (device.bmcMac !== undefined) seedBmc(row, device.bmcMac, device.bmcIp);
    for (const module of device.modules ?? []) seedModule(row, manufacturer, module);
    return row.id;
  }

  function seedBmc(device: Row, mac: string, address: string | undefined): void {
    const port = create(operation, 'interface', {
      device: device.id,
      name: 'BMC',
      type: '1000base-t',
      mgmt_only: true,
    });
    const assigned = { assigned_object_type: 'dcim.interface', assigned_object_id: port.id };
    const primary = create(operation, 'macAddress', { mac_address: mac, ...assigned }).id;
    database.set('interface', port, { primary_mac_address: primary });
    if (address === undefined) return;
    database.set('device', device, { oob_ip: create(operation, 'ipAddress', { address, ...assigned }).id });
  }

  function seedModule(device: Row, maker: number, { bay, model, manufacturer, partNumber, serial }: SeedModule): void {
    const by = manufacturer === undefined ? maker : named('manufacturer', manufacturer);
    const type = get('moduleType', (row) => row.model === model && row.manufacturer === by, {
      manufacturer: by,
      model,
      part_number: partNumber ?? '',
    });
    const made = create(operation, 'moduleBay', { device: device.id, name: bay });
    create(operation, 'module', { device: device.id, module_bay: made.id, module_type: type, serial: serial ?? '' });
  }
}
