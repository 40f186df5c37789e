import type { RawRow, Resource } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordType } from '#src/ports/record-objects.ts';
import type { Kind } from './reference-kinds.ts';

/** One of NetBox's models, with what reading and writing it needs to know. */
export interface NetboxType extends RecordType {
  resource: Resource;
  /** As change log and webhooks write it. */
  objectType: string;
  /** Of the page for a person. */
  page: string;
  /** Fields that tell the parent. */
  parentFields: readonly string[];
  parentOf(row: RawRow): number | null;
  /** Fields by which one is known, beside its parent: what `create` looks for first, in this order. */
  natural: readonly string[];
  /** Fields that narrow `natural` down, e.g. the site of a rack. */
  within: readonly string[];
  /** What a field points to, where a mapping may name it by something else than its id. */
  references: Readonly<Record<string, Kind>>;
  /** Made from the name where a draft has none. */
  hasSlug: boolean;
}

type Given = Pick<NetboxType, 'name' | 'resource' | 'objectType' | 'page'> & Partial<NetboxType>;

function type(given: Given): NetboxType {
  return {
    parent: null,
    findBy: [],
    canCreate: true,
    canRemove: true,
    isCabling: false,
    parentFields: [],
    parentOf: () => null,
    natural: [],
    within: [],
    references: {},
    hasSlug: false,
    ...given,
  };
}

function ofDevice(given: Given): NetboxType {
  return type({ parent: 'device', parentFields: ['device'], parentOf: (row) => idIn(row['device']), ...given });
}

export const TYPES: readonly NetboxType[] = [
  type({
    ...{ name: 'site', resource: 'sites', objectType: 'dcim.site', page: '/dcim/sites/' },
    ...{ findBy: ['name', 'slug'], natural: ['name', 'slug'], hasSlug: true, references: { tenant: 'tenant' } },
  }),
  type({
    ...{ name: 'location', resource: 'locations', objectType: 'dcim.location', page: '/dcim/locations/' },
    ...{ findBy: ['name', 'slug'], natural: ['name', 'slug'], within: ['site', 'parent'], hasSlug: true },
    references: { site: 'site', parent: 'location', tenant: 'tenant' },
  }),
  type({
    ...{ name: 'rack', resource: 'racks', objectType: 'dcim.rack', page: '/dcim/racks/' },
    ...{ findBy: ['name', 'serial', 'asset_tag'], natural: ['name'], within: ['site', 'location'] },
    references: { site: 'site', location: 'location', tenant: 'tenant' },
  }),
  type({
    ...{ name: 'manufacturer', resource: 'manufacturers', objectType: 'dcim.manufacturer' },
    ...{ page: '/dcim/manufacturers/', findBy: ['name', 'slug'], natural: ['name', 'slug'], hasSlug: true },
  }),
  type({
    ...{ name: 'device-type', resource: 'deviceTypes', objectType: 'dcim.devicetype', page: '/dcim/device-types/' },
    ...{ findBy: ['model', 'slug'], natural: ['model'], within: ['manufacturer'], hasSlug: true },
    references: { manufacturer: 'manufacturer' },
  }),
  type({
    ...{ name: 'tenant', resource: 'tenants', objectType: 'tenancy.tenant', page: '/tenancy/tenants/' },
    ...{ findBy: ['name', 'slug'], natural: ['name', 'slug'], hasSlug: true },
  }),
  type({
    ...{ name: 'device', resource: 'devices', objectType: 'dcim.device', page: '/dcim/devices/' },
    ...{ findBy: ['serial', 'name', 'asset_tag'], natural: ['serial', 'name'], within: ['site'] },
    references: {
      ...{ site: 'site', location: 'location', rack: 'rack', tenant: 'tenant' },
      ...{ role: 'role', device_type: 'deviceType' },
    },
  }),
  ofDevice({
    ...{ name: 'interface', resource: 'interfaces', objectType: 'dcim.interface', page: '/dcim/interfaces/' },
    ...{ findBy: ['name'], natural: ['name'], isCabling: true },
  }),
  type({
    ...{ name: 'ip-address', parent: 'device', resource: 'ipAddresses', objectType: 'ipam.ipaddress' },
    ...{ page: '/ipam/ip-addresses/', findBy: ['address'], natural: ['address'] },
    parentFields: ['assigned_object_type', 'assigned_object'],
    // On something else than an interface of a device (a virtual machine's, an FHRP group) it belongs to none.
    parentOf: (row) =>
      row['assigned_object_type'] === 'dcim.interface'
        ? idIn((row['assigned_object'] as { device?: unknown } | null)?.device)
        : null,
    references: { tenant: 'tenant' },
  }),
  ofDevice({
    ...{ name: 'module-bay', resource: 'moduleBays', objectType: 'dcim.modulebay', page: '/dcim/module-bays/' },
    ...{ findBy: ['name'], natural: ['name'] },
  }),
  type({
    ...{ name: 'module-type', resource: 'moduleTypes', objectType: 'dcim.moduletype', page: '/dcim/module-types/' },
    ...{ findBy: ['model', 'part_number'], natural: ['model'], within: ['manufacturer'] },
    references: { manufacturer: 'manufacturer' },
  }),
  ofDevice({
    ...{ name: 'module', resource: 'modules', objectType: 'dcim.module', page: '/dcim/modules/' },
    ...{ findBy: ['serial', 'asset_tag'], natural: ['module_bay'] },
    references: { module_bay: 'moduleBay', module_type: 'moduleType' },
  }),
  ofDevice({
    ...{ name: 'inventory-item', resource: 'inventoryItems', objectType: 'dcim.inventoryitem' },
    ...{ page: '/dcim/inventory-items/', findBy: ['name', 'serial', 'asset_tag'], natural: ['name'] },
    references: { manufacturer: 'manufacturer' },
  }),
  ofDevice({
    ...{ name: 'power-port', resource: 'powerPorts', objectType: 'dcim.powerport', page: '/dcim/power-ports/' },
    ...{ findBy: ['name'], canCreate: false, canRemove: false, isCabling: true },
  }),
  // One that is taken away is told of by itself and by its ends, and by none of the ports that they were on.
  type({
    ...{ name: 'cable', resource: 'cables', objectType: 'dcim.cable', page: '/dcim/cables/' },
    ...{ findBy: ['label'], canCreate: false, canRemove: false, isCabling: true },
  }),
  type({
    ...{ name: 'tag', resource: 'tags', objectType: 'extras.tag', page: '/extras/tags/' },
    ...{ findBy: ['name', 'slug'], natural: ['name', 'slug'], hasSlug: true },
  }),
];

const BY_NAME = new Map(TYPES.map((one) => [one.name, one]));

/** @throws AdapterError unsupported */
export function typeNamed(system: string, name: string): NetboxType {
  const found = BY_NAME.get(name);
  if (found) return found;
  const known = TYPES.map((one) => one.name).join(', ');
  throw new AdapterError('unsupported', `${system} has no object type "${name}" here; there are ${known}`, { system });
}

/** Of a nested object as NetBox shows it. */
export function idIn(nested: unknown): number | null {
  const id = (nested as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'number' ? id : null;
}
