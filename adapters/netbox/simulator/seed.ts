import type { Row } from './database.ts';
import { slugOf } from '../identifier.ts';
import { create, type Operation } from './operations.ts';
import type { ModelName } from './model.ts';

export interface SeedDevice {
  name: string;
  site: string;
  rack?: string;
  position?: number;
  serial?: string;
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
}

export interface Seed {
  sites?: readonly string[];
  racks?: readonly { site: string; name: string; uHeight?: number }[];
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
  function rack(site: string, name: string, uHeight = 42): number {
    const at = named('site', site);
    return get('rack', (row) => row.name === name && row.site === at, { name, site: at, u_height: uHeight });
  }

  for (const site of seed.sites ?? []) named('site', site);
  for (const one of seed.racks ?? []) rack(one.site, one.name, one.uHeight);
  const ids = new Map<string, number>();
  for (const device of seed.devices ?? []) ids.set(device.name, seedDevice(device));
  return ids;

  function seedDevice(device: SeedDevice): number {
    const site = named('site', device.site);
    const present = database.all('device').find((row) => row.name === device.name && row.site === site);
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
      ...(device.rack === undefined ? {} : { rack: rack(device.site, device.rack) }),
      ...(device.position === undefined ? {} : { position: device.position, face: 'front' }),
      ...(device.customFields ? { custom_fields: device.customFields } : {}),
    });
    if (device.bmcMac !== undefined) seedBmc(row, device.bmcMac, device.bmcIp);
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
    port.primary_mac_address = create(operation, 'macAddress', { mac_address: mac, ...assigned }).id;
    if (address !== undefined) device.oob_ip = create(operation, 'ipAddress', { address, ...assigned }).id;
  }
}
