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
  macAddresses: '/api/dcim/mac-addresses/',
  ipAddresses: '/api/ipam/ip-addresses/',
  tags: '/api/extras/tags/',
  choiceSets: '/api/extras/custom-field-choice-sets/',
  customFields: '/api/extras/custom-fields/',
  webhooks: '/api/extras/webhooks/',
  eventRules: '/api/extras/event-rules/',
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
  sites: ['slug', 'name__ie'],
  racks: ['site_id', 'name__ie'],
  manufacturers: ['slug', 'name__ie'],
  deviceTypes: ['slug', 'manufacturer_id', 'model__ie'],
  deviceRoles: ['slug', 'name__ie'],
  devices: ['id', 'name__ie', 'serial', 'site_id', 'mac_address', 'tag'],
  interfaces: ['device_id', 'mgmt_only'],
  macAddresses: ['mac_address'],
  ipAddresses: ['id', 'address', 'interface_id'],
  tags: ['slug'],
  choiceSets: ['name'],
  customFields: ['name'],
  webhooks: ['name'],
  eventRules: ['name'],
  objectChanges: ['ordering', 'id__gt', 'time_after', 'request_id'],
} as const satisfies { [R in Resource]: readonly (keyof Query<R>)[] };
