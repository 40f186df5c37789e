import { atLeast } from 'netbox-client';
import { assignedTo, withDescendants } from './derive.ts';
import type { Database, Row } from './database.ts';
import { existing, existingOrNull, naturalFilter, yesOrNo } from './field-filters.ts';
import { BadFilter, NoChoice, noChoice, union, wholeNumber, type Filter, type MakeFilter } from './filter-shape.ts';
import { CABLED, cabledOfType, MODELS, type ModelName } from './model.ts';
import { Crash } from './refusals.ts';
import { hostOf, isWithin, macOf } from './value.ts';

const onInterface = (row: Row): number | undefined =>
  row.assigned_object_type === 'dcim.interface' ? (row.assigned_object_id as number) : undefined;
const deviceOf = (database: Database, row: Row): number | undefined =>
  database.find('interface', onInterface(row))?.device as number | undefined;

/** By an interface's id; null for what is on none. */
const byInterface =
  (model: 'macAddress' | 'ipAddress'): MakeFilter =>
  (database, values, key) => {
    const ids = existingOrNull(database, 'interface', key, values);
    const among = ids.has(null) ? undefined : [...ids].map((id) => database.idsBy(model, 'assigned_object_id', id));
    return { ...(among ? { among: union(among) } : {}), passes: (row) => ids.has(onInterface(row) ?? null) };
  };
/** Of addresses any number is taken: a device that is not there has none. */
const byDevice =
  (model: 'macAddress' | 'ipAddress'): MakeFilter =>
  (database, values, key) => {
    const devices = new Set(values.map((value) => wholeNumber(key, value)));
    const ports = [...devices].flatMap((id) => database.by('interface', 'device', id));
    const among = ports.flatMap((port) => assignedTo(database, model, port).map((row) => row.id));
    return { among: union([among, []]), passes: (row) => devices.has(deviceOf(database, row) ?? -1) };
  };
const byDeviceName: MakeFilter = (database, values) => {
  const devices = new Set(values.flatMap((value) => database.idsBy('device', 'name', value)));
  return { passes: (row) => devices.has(deviceOf(database, row) ?? -1) };
};
/** Whether an interface has one of these MACs, or for null none at all. */
function byOwnMac(database: Database, values: readonly string[], key: string): (port: Row) => boolean {
  const macs = values.filter((value) => value !== 'null').map((value) => mac(key, value));
  const ports = new Set(macs.flatMap((one) => database.by('macAddress', 'mac_address', one)).map(onInterface));
  const bare = values.includes('null');
  return (port) => ports.has(port.id) || (bare && assignedTo(database, 'macAddress', port).length === 0);
}
const byMac: MakeFilter = (_database, values, key) => {
  const macs = values.filter((value) => value !== 'null').map((value) => mac(key, value));
  return { passes: (row) => macs.includes(String(row.mac_address)) };
};
const byContentType =
  (column: string): MakeFilter =>
  (_database, values) => ({
    passes: ({ [column]: have }) =>
      Array.isArray(have) ? values.some((one) => have.includes(one)) : values.includes(String(have)),
  });
/** Rows below the places, whatever the depth. */
const inTree =
  (of: ModelName, column: string, self: boolean): MakeFilter =>
  (database, values, key) => {
    const roots = values
      .filter((value) => value !== 'null')
      .map((value) =>
        key.endsWith('_id') ? existing(database, 'location', key, value) : bySlug(database, key, value),
      );
    const places = new Set<unknown>(roots.flatMap((id) => withDescendants(database, 'location', id)));
    if (!self) for (const id of roots) places.delete(id);
    if (column === 'id') return { passes: (row) => places.has(row.id) };
    if (values.includes('null')) places.add(null);
    return {
      among: union([[...places].flatMap((id) => database.idsBy(of, column, id)), []]),
      passes: (row) => places.has(row[column]),
    };
  };
/** By what the device of a component is. */
const viaDevice =
  (column: string, to: ModelName): MakeFilter =>
  (database, values, key) => {
    const at = (row: Row): unknown => database.find('device', row.device)?.[column];
    if (!key.endsWith('_id')) return naturalFilter(database, key, column, to, values, at);
    const ids = existingOrNull(database, to, key, values);
    return { passes: (row) => ids.has(at(row) ?? null) };
  };
const viaType =
  (through: 'deviceType' | 'moduleType', column: string, ref: string, to: ModelName): MakeFilter =>
  (database, values, key) => {
    const at = (row: Row): unknown => database.find(through, row[ref])?.[column];
    if (!key.endsWith('_id')) return naturalFilter(database, key, column, to, values, at);
    const ids = existingOrNull(database, to, key, values);
    return { passes: (row) => ids.has(at(row) ?? null) };
  };
/** Of cables: where either end is. Any number is taken. */
const byEnd =
  (at: (database: Database, port: Row) => unknown, models: readonly (typeof CABLED)[number][] = CABLED): MakeFilter =>
  (database, values, key) => {
    const ids = new Set<unknown>(values.map((value) => wholeNumber(key, value)));
    const ends = (row: Row): Row[] =>
      database
        .by('cableTermination', 'cable', row.id)
        .map((end) => {
          const model = cabledOfType(end.termination_type);
          return model && models.includes(model) ? database.find(model, end.termination_id) : undefined;
        })
        .filter((port) => port !== undefined);
    return { passes: (row) => ends(row).some((port) => ids.has(at(database, port))) };
  };
const atDevice =
  (column: string) =>
  (database: Database, port: Row): unknown =>
    database.find('device', port.device)?.[column];
const within =
  (column: string, self: boolean): MakeFilter =>
  (_database, values) => ({
    passes: (row) => values.some((value) => (self || row[column] !== value) && isWithin(String(row[column]), value)),
  });
const byFamily =
  (column: string): MakeFilter =>
  (_database, values) => ({ passes: (row) => values.includes(String(row[column]).includes(':') ? '6' : '4') });
/** There are none of these here: every row has none. */
const nothing: MakeFilter = (_database, values, key) => {
  const other = values.find((value) => value !== 'null');
  if (other !== undefined) throw new NoChoice(key, noChoice(other));
  return { passes: () => true };
};
const flag =
  (test: (database: Database, row: Row) => boolean): MakeFilter =>
  (database, values): Filter =>
    yesOrNo(values, (row) => test(database, row));

const COMPONENT: Readonly<Record<string, MakeFilter>> = {
  site_id: viaDevice('site', 'site'),
  site: viaDevice('site', 'site'),
  // Of components the place itself, not what is below it.
  location_id: viaDevice('location', 'location'),
  location: viaDevice('location', 'location'),
  rack_id: viaDevice('rack', 'rack'),
  rack: viaDevice('rack', 'rack'),
  tenant_id: viaDevice('tenant', 'tenant'),
  tenant: viaDevice('tenant', 'tenant'),
  device_type_id: viaDevice('device_type', 'deviceType'),
  device_role_id: viaDevice('role', 'deviceRole'),
  device_role: viaDevice('role', 'deviceRole'),
  role: viaDevice('role', 'deviceRole'),
};
const ASSIGNED = (model: 'macAddress' | 'ipAddress'): Readonly<Record<string, MakeFilter>> => ({
  interface_id: byInterface(model),
  device_id: byDevice(model),
  device: byDeviceName,
  assigned_object_type: byContentType('assigned_object_type'),
});

/** What is not modelled at all, so that there is none: VRFs, platforms, clusters… */
const ABSENT = [
  'vrf',
  'vlan',
  'platform',
  'cluster',
  'virtual_chassis',
  'config_template',
  'rack_type',
  'region',
  'group',
  'role',
];

/** The filter by something that the model has in NetBox and never has here. Undefined: no such one. */
export function absentFilter(model: ModelName, key: string): MakeFilter | undefined {
  const column = key.replace(/_id$/, '');
  return ABSENT.includes(column) && MODELS[model].constant?.[column] === null ? nothing : undefined;
}

/** Filters that are more than a column of the model. */
export const SPECIAL: Partial<Record<ModelName, Readonly<Record<string, MakeFilter>>>> = {
  location: { ancestor_id: inTree('location', 'id', false), ancestor: inTree('location', 'id', false) },
  rack: { location_id: inTree('rack', 'location', true), location: inTree('rack', 'location', true) },
  device: {
    location_id: inTree('device', 'location', true),
    location: inTree('device', 'location', true),
    manufacturer_id: viaType('deviceType', 'manufacturer', 'device_type', 'manufacturer'),
    manufacturer: viaType('deviceType', 'manufacturer', 'device_type', 'manufacturer'),
    model: (database, values, key) => naturalFilter(database, key, 'device_type', 'deviceType', values),
    has_primary_ip: flag((_database, row) => row.primary_ip4 !== null || row.primary_ip6 !== null),
    has_oob_ip: flag((_database, row) => row.oob_ip !== null),
    mac_address: (database, values, key) => {
      const fits = byOwnMac(database, values, key);
      const holders = values.flatMap((value) => database.by('macAddress', 'mac_address', macOf(value)));
      const devices = holders.map((row) => deviceOf(database, row)).filter((id) => id !== undefined);
      return {
        ...(values.includes('null') ? {} : { among: union([devices, []]) }),
        passes: ({ id }) => {
          const ports = database.by('interface', 'device', id);
          return ports.some(fits) || (ports.length === 0 && values.includes('null'));
        },
      };
    },
  },
  interface: {
    ...COMPONENT,
    cabled: flag((_database, row) => row.cable !== null),
    mac_address: (database, values, key) => ({ passes: byOwnMac(database, values, key) }),
  },
  moduleBay: {
    ...COMPONENT,
    installed_module_id: (database, values, key, version) => {
      if (!atLeast(version, '4.7')) throw new Crash('Cannot query: Must be "Module" instance.');
      const ids = values.map((value) => existing(database, 'module', key, value));
      const bays = new Set(ids.map((id) => database.find('module', id)?.module_bay));
      return { passes: (row) => bays.has(row.id) };
    },
  },
  module: {
    ...COMPONENT,
    manufacturer_id: viaType('moduleType', 'manufacturer', 'module_type', 'manufacturer'),
    manufacturer: viaType('moduleType', 'manufacturer', 'module_type', 'manufacturer'),
    profile_id: viaType('moduleType', 'profile', 'module_type', 'moduleTypeProfile'),
    profile: viaType('moduleType', 'profile', 'module_type', 'moduleTypeProfile'),
  },
  inventoryItem: COMPONENT,
  powerPort: COMPONENT,
  powerOutlet: COMPONENT,
  cable: {
    interface_id: byEnd((_database, port) => port.id, ['interface']),
    device_id: byEnd((_database, port) => port.device),
    rack_id: byEnd(atDevice('rack')),
    location_id: byEnd(atDevice('location')),
    site_id: byEnd(atDevice('site')),
    unterminated: flag(
      (database, row) => new Set(database.by('cableTermination', 'cable', row.id).map((end) => end.cable_end)).size < 2,
    ),
  },
  macAddress: {
    ...ASSIGNED('macAddress'),
    mac_address: byMac,
    assigned: flag((_database, row) => row.assigned_object_id !== null),
    primary: flag((database, row) => database.idsBy('interface', 'primary_mac_address', row.id).length > 0),
  },
  ipAddress: {
    ...ASSIGNED('ipAddress'),
    // With a prefix length it must be the same one; without, any. What is no address matches nothing, without an error.
    address: (_database, values) => ({
      passes: (row) =>
        values.some(
          (value) => row.address === value || (!value.includes('/') && hostOf(String(row.address)) === value),
        ),
    }),
    parent: within('address', true),
    family: byFamily('address'),
    assigned: flag((_database, row) => row.assigned_object_id !== null),
    assigned_to_interface: flag((_database, row) => onInterface(row) !== undefined),
  },
  prefix: {
    prefix: (_database, values) => ({ passes: (row) => values.includes(String(row.prefix)) }),
    within: within('prefix', false),
    within_include: within('prefix', true),
    contains: (_database, values) => ({
      passes: (row) => values.some((value) => isWithin(value, String(row.prefix))),
    }),
    family: byFamily('prefix'),
    scope_type: byContentType('scope_type'),
    site_id: (database, values, key) => {
      const ids = new Set<unknown>(values.map((value) => existing(database, 'site', key, value)));
      return { passes: (row) => row.scope_type === 'dcim.site' && ids.has(row.scope_id) };
    },
  },
  journalEntry: { assigned_object_type: byContentType('assigned_object_type') },
  customLink: { object_type: byContentType('object_types') },
  customField: { object_type: byContentType('object_types') },
  eventRule: { object_type: byContentType('object_types'), event_type: byContentType('event_types') },
};

function bySlug(database: Database, key: string, value: string): number {
  const id = database.idsBy('location', 'slug', value)[0];
  if (id === undefined) throw new NoChoice(key, noChoice(value));
  return id;
}

function mac(key: string, value: string): string {
  const found = macOf(value);
  if (!found) throw new BadFilter(key, `Invalid MAC address format: ${value}`);
  return found;
}
