import { atLeast } from 'netbox-client';
import type { Database, Row } from './database.ts';
import { MODELS, modelOfType, type ModelName } from './model.ts';
import { nestedNames, type Rendering, type Shape } from './shown.ts';

const INSTALLED = ['serial', 'description'];

type Derive = (with_: Rendering, row: Row) => unknown;

/** What hangs at the other end of its cable. */
const CABLE_END: Readonly<Record<string, Derive>> = {
  _occupied: (_with, row) => row.cable !== null || row.mark_connected === true,
  link_peers: (with_, row) => peersOf(with_, row)?.shown ?? [],
  link_peers_type: (with_, row) => peersOf(with_, row)?.type ?? null,
  connected_endpoints: (with_, row) => peersOf(with_, row)?.shown ?? null,
  connected_endpoints_type: (with_, row) => peersOf(with_, row)?.type ?? null,
  connected_endpoints_reachable(with_, row) {
    const reachable = peersOf(with_, row) !== undefined;
    return reachable || atLeast(with_.version, '4.5') ? reachable : null;
  },
};

/** What NetBox computes when it shows an object. */
export const DERIVED: Partial<Record<ModelName, Readonly<Record<string, Derive>>>> = {
  location: {
    _depth: ({ database }, row) => depthOf(database, 'location', row),
    rack_count: ({ database }, row) => countBelow(database, row, 'rack'),
    device_count: ({ database }, row) => countBelow(database, row, 'device'),
  },
  inventoryItem: { _depth: ({ database }, row) => depthOf(database, 'inventoryItem', row) },
  device: {
    primary_ip: (with_, row) => {
      const primary = with_.database.find('ipAddress', row.primary_ip4 ?? row.primary_ip6);
      const shown = MODELS.device.fields[row.primary_ip4 === null ? 'primary_ip6' : 'primary_ip4'];
      return primary ? with_.brief('ipAddress', primary, shown && nestedNames(shown, with_.version)) : null;
    },
  },
  interface: {
    mac_address: ({ database }, row) => database.find('macAddress', row.primary_mac_address)?.mac_address ?? null,
    mac_addresses: (with_, row) =>
      assignedTo(with_.database, 'macAddress', row).map((mac) => with_.brief('macAddress', mac)),
    count_ipaddresses: ({ database }, row) => assignedTo(database, 'ipAddress', row).length,
    ...CABLE_END,
  },
  powerPort: CABLE_END,
  powerOutlet: CABLE_END,
  moduleBay: {
    installed_module: (with_, row) => {
      const module = installedIn(with_.database, row);
      return module ? with_.brief('module', module, INSTALLED) : null;
    },
    _occupied: ({ database }, row) => installedIn(database, row) !== undefined,
  },
  macAddress: {
    assigned_object: assignedObject,
    is_primary: ({ database }, row) => database.idsBy('interface', 'primary_mac_address', row.id).length > 0,
  },
  prefix: {
    family: (_with, row) => familyOf(row.prefix),
    scope: (with_, row) => objectOf(with_, row.scope_type, row.scope_id),
  },
  ipAddress: { assigned_object: assignedObject, family: (_with, row) => familyOf(row.address) },
  journalEntry: { assigned_object: assignedObject },
  cable: {
    a_terminations: (with_, row) => terminations(with_, row, 'A'),
    b_terminations: (with_, row) => terminations(with_, row, 'B'),
  },
  cableTermination: { termination: (with_, row) => objectOf(with_, row.termination_type, row.termination_id) },
  choiceSet: { choices_count: (_with, row) => (row.extra_choices as unknown[]).length },
  tag: {
    tagged_items: ({ database }, row) =>
      database.all('device').filter((device) => (device.tags as number[]).includes(row.id)).length,
  },
  customField: { data_type: (_with, row) => (row.type === 'integer' ? 'integer' : 'string') },
};

/** Addresses of the kind that sit on this interface. */
export function assignedTo(database: Database, model: 'macAddress' | 'ipAddress', row: Row): Row[] {
  return database
    .by(model, 'assigned_object_id', row.id)
    .filter((one) => one.assigned_object_type === 'dcim.interface');
}

/** The location and all below it. */
export function withDescendants(database: Database, model: 'location' | 'inventoryItem', id: number): number[] {
  const children = database.idsBy(model, 'parent', id);
  return [id, ...children.flatMap((child) => withDescendants(database, model, child))];
}

function assignedObject(with_: Rendering, row: Row): Shape | null {
  return objectOf(with_, row.assigned_object_type, row.assigned_object_id);
}

function objectOf(with_: Rendering, type: unknown, id: unknown): Shape | null {
  const model = modelOfType(type);
  const row = model && with_.database.find(model, id);
  return row ? with_.brief(model, row) : null;
}

function installedIn(database: Database, bay: Row): Row | undefined {
  return database.by('module', 'module_bay', bay.id)[0];
}

function depthOf(database: Database, model: 'location' | 'inventoryItem', row: Row): number {
  const parent = database.find(model, row.parent);
  return parent ? depthOf(database, model, parent) + 1 : 0;
}

function countBelow(database: Database, row: Row, of: 'rack' | 'device'): number {
  const places = withDescendants(database, 'location', row.id);
  return places.reduce((sum, place) => sum + database.idsBy(of, 'location', place).length, 0);
}

/** At the other end of the cable; undefined for a loose end. */
function peersOf(with_: Rendering, row: Row): { type: string; shown: Shape[] } | undefined {
  if (row.cable === null) return undefined;
  const far = with_.database
    .by('cableTermination', 'cable', row.cable)
    .filter((one) => one.cable_end !== row.cable_end)
    .map((one) => ({
      type: String(one.termination_type),
      shape: objectOf(with_, one.termination_type, one.termination_id),
    }));
  const shown = far.map(({ shape }) => shape).filter((shape) => shape !== null);
  const [first] = far;
  return first === undefined || shown.length === 0 ? undefined : { type: first.type, shown };
}

function terminations(with_: Rendering, row: Row, end: 'A' | 'B'): Shape[] {
  return with_.database
    .by('cableTermination', 'cable', row.id)
    .filter((one) => one.cable_end === end)
    .map((one) => ({
      object_type: one.termination_type,
      object_id: one.termination_id,
      object: objectOf(with_, one.termination_type, one.termination_id),
    }));
}

function familyOf(address: unknown): { value: number; label: string } {
  return String(address).includes(':') ? { value: 6, label: 'IPv6' } : { value: 4, label: 'IPv4' };
}
