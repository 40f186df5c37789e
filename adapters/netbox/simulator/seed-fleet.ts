import { slugOf } from '../identifier.ts';
import type { Database } from './database.ts';
import { MODELS, type ModelName } from './model.ts';

export interface FleetPart {
  bay: string;
  manufacturer: string;
  model: string;
  serial: string;
}

export interface FleetDevice {
  name: string;
  serial: string;
  assetTag: string | null;
}

/** All the same machine, but for names and serials. */
export interface Fleet {
  devices: number;
  /** Each in a bay of its own. Default 40. */
  modulesPerDevice?: number;
  /** The first one is the BMC's, with a MAC. Default 2. */
  interfacesPerDevice?: number;
  /** Default 2. */
  sites?: number;
  /** Spread over the sites. Default: enough for 40 machines each. */
  racks?: number;
  /** What the nth device (from 0) is called. */
  device?: (device: number) => FleetDevice;
  /** What sits in its nth bay (from 0). */
  part?: (device: number, place: number) => FleetPart;
}

const U_PER_RACK = 48;

/** Rows as NetBox would have them, without rules, webhooks and change log: they are not looked at for so many. */
export function seedFleet(database: Database, fleet: Fleet): void {
  const { devices, modulesPerDevice = 40, interfacesPerDevice = 2, sites = 2 } = fleet;
  const racks = fleet.racks ?? Math.max(sites, Math.ceil(devices / 40));
  const nameOf = fleet.device ?? fleetDevice;
  const partOf = fleet.part ?? fleetPart;
  const insert = inserter(database);
  const known = new Map<string, number>();

  function once(model: ModelName, key: string, columns: () => Record<string, unknown>): number {
    const found = known.get(`${model} ${key}`);
    if (found !== undefined) return found;
    const id = insert(model, columns());
    known.set(`${model} ${key}`, id);
    return id;
  }
  const maker = (name: string): number => once('manufacturer', name, () => ({ name, slug: slugOf(name) }));

  const siteIds = Array.from({ length: sites }, (_, at) =>
    insert('site', { name: `Site ${at + 1}`, slug: `site-${at + 1}`, status: 'active' }),
  );
  const rackSites = Array.from({ length: racks }, (_, at) => siteIds[at % sites] ?? 1);
  const rackIds = rackSites.map((site, at) => insert('rack', { name: `R${at + 1}`, site, u_height: U_PER_RACK }));
  const role = insert('deviceRole', { name: 'Server', slug: 'server' });
  const type = insert('deviceType', {
    manufacturer: maker('Dell Inc.'),
    model: 'PowerEdge R650',
    slug: 'poweredge-r650',
    u_height: 1,
  });
  for (let n = 0; n < devices; n += 1) {
    const place = Math.floor(n / racks) + 1;
    const { name, serial, assetTag } = nameOf(n);
    const device = insert('device', {
      name,
      serial,
      asset_tag: assetTag,
      device_type: type,
      role,
      site: rackSites[n % racks],
      rack: rackIds[n % racks],
      ...(place <= U_PER_RACK ? { position: place, face: 'front' } : {}),
    });
    for (let port = 0; port < interfacesPerDevice; port += 1) addPort(device, n, port);
    for (let at = 0; at < modulesPerDevice; at += 1) addModule(device, partOf(n, at));
  }

  function addPort(device: number, n: number, port: number): void {
    const bmc = port === 0;
    const id = insert('interface', {
      device,
      name: bmc ? 'BMC' : `NIC.${port}`,
      type: bmc ? '1000base-t' : '25gbase-x-sfp28',
      mgmt_only: bmc,
    });
    const mac_address = fleetMac(n, port);
    const primary = insert('macAddress', {
      mac_address,
      assigned_object_type: 'dcim.interface',
      assigned_object_id: id,
    });
    const row = database.find('interface', id);
    if (row) database.set('interface', row, { primary_mac_address: primary });
  }
  function addModule(device: number, { bay, manufacturer, model, serial }: FleetPart): void {
    const moduleType = once('moduleType', `${manufacturer} ${model}`, () => ({
      manufacturer: maker(manufacturer),
      model,
    }));
    const module_bay = insert('moduleBay', { device, name: bay });
    insert('module', { device, module_bay, module_type: moduleType, serial, status: 'active' });
  }
}

export function fleetDevice(device: number): FleetDevice {
  const number = String(device + 1).padStart(5, '0');
  return { name: `srv-${number}`, serial: `SN${number}`, assetTag: `A-${number}` };
}

export function fleetMac(device: number, port: number): string {
  const digits = (device * 256 + port).toString(16).toUpperCase().padStart(10, '0');
  return `02:${(digits.match(/../g) ?? []).join(':')}`;
}

const KINDS = [
  { count: 2, bay: (at: number) => `CPU ${at + 1}`, manufacturer: 'Intel', model: 'Xeon Gold 6338' },
  {
    count: 24,
    bay: (at: number) => `DIMM ${'AB'[at % 2]}${Math.floor(at / 2) + 1}`,
    manufacturer: 'Samsung',
    model: 'M393A4K40DB3',
  },
  { count: 8, bay: (at: number) => `Disk.Bay.${at}`, manufacturer: 'Samsung', model: 'PM1733' },
  { count: 2, bay: (at: number) => `NIC.Slot.${at + 1}`, manufacturer: 'Mellanox', model: 'ConnectX-6' },
  { count: 2, bay: (at: number) => `PSU ${at + 1}`, manufacturer: 'Dell Inc.', model: '1400W' },
  { count: Infinity, bay: (at: number) => `Fan ${at + 1}`, manufacturer: 'Dell Inc.', model: 'Fan' },
];

/** Processors, memory, disks, network cards, power supplies, and fans in whatever is left. */
export function fleetPart(device: number, place: number): FleetPart {
  let at = place;
  for (const { count, bay, manufacturer, model } of KINDS) {
    if (at < count) return { bay: bay(at), manufacturer, model, serial: `P${device + 1}-${place + 1}` };
    at -= count;
  }
  throw new Error('the last kind takes everything');
}

const NO_TAGS = Object.freeze([]);
const NO_FIELDS = Object.freeze({});

/** Rows of one model are made with the same columns in the same order, and share what is empty: they are many. */
function inserter(database: Database): (model: ModelName, columns: Record<string, unknown>) => number {
  const blanks = new Map<ModelName, Record<string, unknown>>();
  let at = database.now();
  let rows = 0;

  return (model, columns) => {
    // A thousand rows to a moment: the real one writes fewer, but times of their own would cost more than the rows.
    rows += 1;
    if (rows % 1000 === 0) at = database.now();
    let blank = blanks.get(model);
    if (!blank) blanks.set(model, (blank = blankOf(model)));
    return database.insert(model, { ...blank, ...columns }, at).id;
  };
}

function blankOf(model: ModelName): Record<string, unknown> {
  const blank: Record<string, unknown> = {};
  for (const [column, field] of Object.entries(MODELS[model].fields)) {
    if (field.kind === 'tags') blank[column] = NO_TAGS;
    else if (field.kind === 'customFields') blank[column] = NO_FIELDS;
    else blank[column] = field.default ?? null;
  }
  return blank;
}
