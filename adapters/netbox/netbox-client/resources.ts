import type { paths } from './contract.d.ts';

/** The lists that we use, by our name. */
export const RESOURCES = {
  sites: '/api/dcim/sites/',
  racks: '/api/dcim/racks/',
  manufacturers: '/api/dcim/manufacturers/',
  deviceTypes: '/api/dcim/device-types/',
  deviceRoles: '/api/dcim/device-roles/',
  devices: '/api/dcim/devices/',
  interfaces: '/api/dcim/interfaces/',
  locations: '/api/dcim/locations/',
  tenants: '/api/tenancy/tenants/',
  moduleBays: '/api/dcim/module-bays/',
  moduleTypes: '/api/dcim/module-types/',
  modules: '/api/dcim/modules/',
  inventoryItems: '/api/dcim/inventory-items/',
  powerPorts: '/api/dcim/power-ports/',
  cables: '/api/dcim/cables/',
  prefixes: '/api/ipam/prefixes/',
  journalEntries: '/api/extras/journal-entries/',
  macAddresses: '/api/dcim/mac-addresses/',
  ipAddresses: '/api/ipam/ip-addresses/',
  tags: '/api/extras/tags/',
  choiceSets: '/api/extras/custom-field-choice-sets/',
  customFields: '/api/extras/custom-fields/',
  webhooks: '/api/extras/webhooks/',
  eventRules: '/api/extras/event-rules/',
  customLinks: '/api/extras/custom-links/',
  tokens: '/api/users/tokens/',
  objectPermissions: '/api/users/permissions/',
  objectTypes: '/api/core/object-types/',
  objectChanges: '/api/core/object-changes/',
} as const satisfies Record<string, keyof paths>;

export type Resource = keyof typeof RESOURCES;
type ListPath<R extends Resource> = (typeof RESOURCES)[R];
type Json<T> = { content: { 'application/json': T } };

/** An object of the list as the contract describes it. */
export type Row<R extends Resource> = paths[ListPath<R>]['get'] extends {
  responses: { 200: Json<{ results: (infer T)[] }> };
}
  ? T
  : never;

/** Set by the client itself. */
type Paging = 'limit' | 'offset' | 'start' | 'fields';
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? Omit<NonNullable<Q>, Paging> : never;
/** The filters of a list; arrays mean "one of". */
export type Query<R extends Resource> = QueryOf<paths[ListPath<R>]['get']>;

type BodyOf<O> = O extends { requestBody?: Json<infer B> } ? B : never;
export type CreateBody<R extends Resource> = paths[ListPath<R>] extends { post: infer O } ? BodyOf<O> : never;
type DetailPath<R extends Resource> = `${ListPath<R>}{id}/`;
export type PatchBody<R extends Resource> =
  DetailPath<R> extends keyof paths ? (paths[DetailPath<R>] extends { patch: infer O } ? BodyOf<O> : never) : never;

/**
 * The same filters at run time: NetBox ignores a filter that it does not know and returns the whole table, so a name that slipped
 * past the compiler must not leave. A contract test compares this table with `contract.yaml`.
 */
export const FILTERS = {
  sites: ['ordering', 'id', 'id__gt', 'id__lte', 'slug', 'name__ie', 'slug__ie'],
  racks: ['ordering', 'id', 'id__gt', 'id__lte', 'site_id', 'name__ie', 'asset_tag__ie', 'serial__ie'],
  manufacturers: ['ordering', 'id', 'id__gt', 'id__lte', 'slug', 'name__ie', 'slug__ie'],
  deviceTypes: ['ordering', 'id', 'id__gt', 'id__lte', 'slug', 'manufacturer_id', 'model__ie', 'slug__ie'],
  deviceRoles: ['ordering', 'id', 'id__gt', 'id__lte', 'slug', 'name__ie', 'slug__ie'],
  devices: [
    'ordering',
    'id',
    'id__gt',
    'id__lte',
    'name__ie',
    'serial',
    'site_id',
    'tag',
    'serial__ie',
    'asset_tag__ie',
  ],
  interfaces: ['ordering', 'id', 'id__gt', 'id__lte', 'device_id', 'mac_address', 'name__ie'],
  locations: ['ordering', 'id', 'id__gt', 'id__lte', 'site_id', 'name__ie', 'slug__ie'],
  tenants: ['ordering', 'id', 'id__gt', 'id__lte', 'name__ie', 'slug__ie'],
  moduleBays: ['ordering', 'id', 'id__gt', 'id__lte', 'device_id', 'name__ie'],
  moduleTypes: ['ordering', 'id', 'id__gt', 'id__lte', 'manufacturer_id', 'model__ie', 'part_number__ie'],
  modules: ['ordering', 'id', 'id__gt', 'id__lte', 'device_id', 'serial__ie', 'asset_tag__ie'],
  inventoryItems: ['ordering', 'id', 'id__gt', 'id__lte', 'device_id', 'name__ie', 'serial__ie', 'asset_tag__ie'],
  powerPorts: ['ordering', 'id', 'id__gt', 'id__lte', 'device_id', 'name__ie'],
  cables: ['ordering', 'id', 'id__gt', 'id__lte', 'label__ie'],
  prefixes: ['ordering', 'id', 'id__gt', 'id__lte', 'prefix'],
  journalEntries: ['ordering', 'id', 'id__gt', 'id__lte', 'assigned_object_type', 'assigned_object_id'],
  macAddresses: ['ordering', 'id', 'id__gt', 'id__lte', 'mac_address'],
  ipAddresses: ['ordering', 'id', 'id__gt', 'id__lte', 'address', 'interface_id', 'device_id', 'description'],
  tags: ['ordering', 'id', 'id__gt', 'id__lte', 'slug', 'slug__ie', 'name__ie'],
  choiceSets: ['name'],
  customFields: ['name'],
  webhooks: ['name'],
  eventRules: ['name'],
  customLinks: ['name'],
  tokens: [],
  objectPermissions: [],
  objectTypes: ['app_label'],
  objectChanges: ['ordering', 'id', 'id__gt', 'id__lte', 'time_after', 'request_id'],
} as const satisfies { [R in Resource]: readonly (keyof Query<R>)[] };
