import type { Database, Row } from './database.ts';

export interface Field {
  kind: 'text' | 'choice' | 'number' | 'boolean' | 'ref' | 'json' | 'texts' | 'mac' | 'address' | 'tags' | 'customFields';
  required?: boolean;
  nullable?: boolean;
  default?: unknown;
  /** Of a text. */
  max?: number;
  /** Of a ref: the model's name. */
  to?: ModelName;
  /** Of a choice: value → label. */
  choices?: Readonly<Record<string, string>>;
}

export interface Model {
  name: ModelName;
  objectType: string;
  /** API path. */
  path: string;
  /** Path of the pages for people. */
  page: string;
  /** As in "No Device matches the given query." */
  label: string;
  fields: Readonly<Record<string, Field>>;
  /** What an object shows of itself inside another one. */
  brief: readonly string[];
  /** What NetBox shows and we do not model: always so. */
  constant?: Readonly<Record<string, unknown>>;
  /** Columns whose combination must be unique, with NetBox's words for it. */
  unique?: readonly { by: readonly string[]; field: string; message: string; ignoreCase?: boolean }[];
  display?(row: Row, database: Database): string;
}

export type ModelName =
  | 'site'
  | 'rack'
  | 'manufacturer'
  | 'deviceType'
  | 'deviceRole'
  | 'device'
  | 'interface'
  | 'macAddress'
  | 'ipAddress'
  | 'tag'
  | 'choiceSet'
  | 'customField'
  | 'webhook'
  | 'eventRule';

const text = (more: Partial<Field> = {}): Field => ({ kind: 'text', default: '', max: 200, ...more });
const bool = (value: boolean): Field => ({ kind: 'boolean', default: value });
const ref = (to: ModelName, more: Partial<Field> = {}): Field => ({ kind: 'ref', to, nullable: true, default: null, ...more });
const number = (more: Partial<Field> = {}): Field => ({ kind: 'number', nullable: true, default: null, ...more });
const tagged: Record<string, Field> = { tags: { kind: 'tags', default: [] }, custom_fields: { kind: 'customFields', default: {} } };
const slug = (label: string) => [
  { by: ['name'], field: 'name', message: `${label} with this name already exists.` },
  { by: ['slug'], field: 'slug', message: `${label} with this slug already exists.` },
];
const named: Record<string, Field> = { name: text({ required: true, max: 100 }), slug: text({ required: true, max: 100 }), description: text() };
const assignable: Record<string, Field> = {
  assigned_object_type: text({ nullable: true, default: null }),
  assigned_object_id: number(),
  description: text(),
  ...tagged,
};
const anyTitle = (row: Row): string => String(row.name ?? row.id);

const STATUS = { offline: 'Offline', active: 'Active', planned: 'Planned', staged: 'Staged', failed: 'Failed', inventory: 'Inventory', decommissioning: 'Decommissioning' };
const FIELD_TYPES = { text: 'Text', longtext: 'Text (long)', integer: 'Integer', decimal: 'Decimal', boolean: 'Boolean', date: 'Date', datetime: 'Date & time', url: 'URL', json: 'JSON', select: 'Selection', multiselect: 'Multiple selection', object: 'Object', multiobject: 'Multiple objects' };

export const MODELS: Readonly<Record<ModelName, Model>> = {
  site: {
    name: 'site', objectType: 'dcim.site', path: '/api/dcim/sites/', page: '/dcim/sites/', label: 'Site',
    fields: { ...named, status: { kind: 'choice', default: 'active', choices: { planned: 'Planned', staging: 'Staging', active: 'Active', decommissioning: 'Decommissioning', retired: 'Retired' } }, facility: text(), ...tagged },
    brief: ['name', 'slug', 'description'],
    constant: { region: null, group: null, tenant: null, time_zone: null, physical_address: '', shipping_address: '', latitude: null, longitude: null, owner: null, comments: '', asns: [] },
    unique: slug('site'),
  },
  rack: {
    name: 'rack', objectType: 'dcim.rack', path: '/api/dcim/racks/', page: '/dcim/racks/', label: 'Rack',
    fields: { name: text({ required: true, max: 100 }), site: ref('site', { required: true, nullable: false }), status: { kind: 'choice', default: 'active', choices: { reserved: 'Reserved', available: 'Available', planned: 'Planned', active: 'Active', deprecated: 'Deprecated' } }, u_height: number({ default: 42 }), serial: text(), description: text(), ...tagged },
    brief: ['name', 'description'],
    constant: { facility_id: null, location: null, group: null, tenant: null, role: null, asset_tag: null, rack_type: null, form_factor: null, width: { value: 19, label: '19 inches' }, starting_unit: 1, desc_units: false, owner: null, comments: '' },
  },
  manufacturer: {
    name: 'manufacturer', objectType: 'dcim.manufacturer', path: '/api/dcim/manufacturers/', page: '/dcim/manufacturers/', label: 'Manufacturer',
    fields: { ...named, ...tagged }, brief: ['name', 'slug', 'description'], constant: { owner: null, comments: '' }, unique: slug('manufacturer'),
  },
  deviceType: {
    name: 'deviceType', objectType: 'dcim.devicetype', path: '/api/dcim/device-types/', page: '/dcim/device-types/', label: 'DeviceType',
    fields: { manufacturer: ref('manufacturer', { required: true, nullable: false }), model: text({ required: true, max: 100 }), slug: text({ required: true, max: 100 }), part_number: text(), u_height: number({ default: 1 }), description: text(), ...tagged },
    brief: ['manufacturer', 'model', 'slug', 'description'],
    constant: { default_platform: null, exclude_from_utilization: false, is_full_depth: true, subdevice_role: null, airflow: null, weight: null, weight_unit: null, front_image: null, rear_image: null, owner: null, comments: '' },
    unique: [
      { by: ['manufacturer', 'model'], field: '__all__', message: 'Device type with this Manufacturer and Model already exists.' },
      { by: ['manufacturer', 'slug'], field: '__all__', message: 'Device type with this Manufacturer and Slug already exists.' },
    ],
    display: (row) => String(row.model),
  },
  deviceRole: {
    name: 'deviceRole', objectType: 'dcim.devicerole', path: '/api/dcim/device-roles/', page: '/dcim/device-roles/', label: 'DeviceRole',
    fields: { ...named, color: text({ default: '9e9e9e', max: 6 }), ...tagged }, brief: ['name', 'slug', 'description'],
    constant: { vm_role: true, config_template: null, parent: null, owner: null, comments: '', _depth: 0 }, unique: slug('device role'),
  },
  device: {
    name: 'device', objectType: 'dcim.device', path: '/api/dcim/devices/', page: '/dcim/devices/', label: 'Device',
    fields: {
      name: text({ nullable: true, default: null, max: 64 }),
      device_type: ref('deviceType', { required: true, nullable: false }),
      role: ref('deviceRole', { required: true, nullable: false }),
      serial: text({ max: 50 }),
      asset_tag: text({ nullable: true, default: null, max: 50 }),
      site: ref('site', { required: true, nullable: false }),
      rack: ref('rack'),
      position: number(),
      face: { kind: 'choice', nullable: true, default: null, choices: { front: 'Front', rear: 'Rear' } },
      status: { kind: 'choice', default: 'active', choices: STATUS },
      oob_ip: ref('ipAddress'),
      primary_ip4: ref('ipAddress'),
      description: text(),
      comments: text({ max: 1e6 }),
      ...tagged,
    },
    brief: ['name', 'description'],
    constant: { tenant: null, platform: null, location: null, latitude: null, longitude: null, parent_device: null, airflow: null, primary_ip6: null, cluster: null, virtual_chassis: null, vc_position: null, vc_priority: null, owner: null, config_template: null, config_context: {}, local_context_data: null },
    unique: [
      { by: ['site', 'name'], field: '__all__', message: 'Device name must be unique per site and tenant.', ignoreCase: true },
      { by: ['asset_tag'], field: 'asset_tag', message: 'device with this asset tag already exists.' },
    ],
    display: (row, database) => String(row.name ?? database.find('deviceType', row.device_type)?.model ?? row.id),
  },
  interface: {
    name: 'interface', objectType: 'dcim.interface', path: '/api/dcim/interfaces/', page: '/dcim/interfaces/', label: 'Interface',
    fields: {
      device: ref('device', { required: true, nullable: false }),
      name: text({ required: true, max: 64 }),
      label: text(),
      type: { kind: 'choice', required: true, choices: { '1000base-t': '1000BASE-T (1GE)', '10gbase-t': '10GBASE-T (10GE)', '25gbase-x-sfp28': 'SFP28 (25GE)', virtual: 'Virtual', other: 'Other' } },
      enabled: bool(true),
      mgmt_only: bool(false),
      primary_mac_address: ref('macAddress'),
      description: text(),
      ...tagged,
    },
    brief: ['device', 'name', 'description'],
    constant: { vdcs: [], module: null, parent: null, bridge: null, lag: null, mtu: null, speed: null, duplex: null, wwn: null, mode: null, untagged_vlan: null, tagged_vlans: [], cable: null, cable_end: '', link_peers: [], connected_endpoints: null, vrf: null, mark_connected: false, _occupied: false },
    unique: [{ by: ['device', 'name'], field: '__all__', message: 'Interface with this Device and Name already exists.' }],
  },
  macAddress: {
    name: 'macAddress', objectType: 'dcim.macaddress', path: '/api/dcim/mac-addresses/', page: '/dcim/mac-addresses/', label: 'MACAddress',
    fields: { mac_address: { kind: 'mac', required: true }, ...assignable },
    brief: ['mac_address', 'description'], constant: { owner: null, comments: '' },
    display: (row) => String(row.mac_address),
  },
  ipAddress: {
    name: 'ipAddress', objectType: 'ipam.ipaddress', path: '/api/ipam/ip-addresses/', page: '/ipam/ip-addresses/', label: 'IPAddress',
    fields: { address: { kind: 'address', required: true }, status: { kind: 'choice', default: 'active', choices: { active: 'Active', reserved: 'Reserved', deprecated: 'Deprecated', dhcp: 'DHCP', slaac: 'SLAAC' } }, dns_name: text(), ...assignable },
    brief: ['address', 'dns_name', 'description'],
    constant: { vrf: null, tenant: null, role: null, nat_inside: null, nat_outside: [], owner: null, comments: '' },
    display: (row) => String(row.address),
  },
  tag: {
    name: 'tag', objectType: 'extras.tag', path: '/api/extras/tags/', page: '/extras/tags/', label: 'Tag',
    fields: { ...named, color: text({ default: '9e9e9e', max: 6 }), object_types: { kind: 'texts', default: [] } },
    brief: ['name', 'slug', 'color'], constant: { weight: 1000 }, unique: slug('tag'),
  },
  choiceSet: {
    name: 'choiceSet', objectType: 'extras.customfieldchoiceset', path: '/api/extras/custom-field-choice-sets/', page: '/extras/custom-field-choices/', label: 'CustomFieldChoiceSet',
    fields: { name: text({ required: true, max: 100 }), description: text(), extra_choices: { kind: 'json', required: true }, order_alphabetically: bool(false) },
    brief: ['name', 'description'], constant: { base_choices: null, choice_colors: {}, owner: null },
    unique: [{ by: ['name'], field: 'name', message: 'custom field choice set with this name already exists.' }],
  },
  customField: {
    name: 'customField', objectType: 'extras.customfield', path: '/api/extras/custom-fields/', page: '/extras/custom-fields/', label: 'CustomField',
    fields: {
      object_types: { kind: 'texts', required: true }, type: { kind: 'choice', default: 'text', choices: FIELD_TYPES }, name: text({ required: true, max: 50 }), label: text(), group_name: text(), description: text(),
      required: bool(false), filter_logic: { kind: 'choice', default: 'loose', choices: { disabled: 'Disabled', loose: 'Loose', exact: 'Exact' } },
      ui_visible: { kind: 'choice', default: 'always', choices: { always: 'Always', 'if-set': 'If set', hidden: 'Hidden' } }, ui_editable: { kind: 'choice', default: 'yes', choices: { yes: 'Yes', no: 'No', hidden: 'Hidden' } },
      is_cloneable: bool(false), weight: number({ default: 100 }), choice_set: ref('choiceSet'),
    },
    brief: ['name'], constant: { default: null, unique: false, search_weight: 1000, validation_minimum: null, validation_maximum: null, validation_regex: '', owner: null, comments: '' },
    unique: [{ by: ['name'], field: 'name', message: 'custom field with this name already exists.' }],
    display: (row) => String(row.label || row.name),
  },
  webhook: {
    name: 'webhook', objectType: 'extras.webhook', path: '/api/extras/webhooks/', page: '/extras/webhooks/', label: 'Webhook',
    fields: { name: text({ required: true, max: 150 }), description: text(), payload_url: text({ required: true, max: 500 }), http_method: text({ default: 'POST' }), http_content_type: text({ default: 'application/json' }), additional_headers: text({ max: 1e6 }), body_template: text({ max: 1e6 }), secret: text({ max: 255 }), ssl_verification: bool(true), timeout: number(), ...tagged },
    brief: ['name', 'description'], constant: { ca_file_path: null, owner: null },
    unique: [{ by: ['name'], field: 'name', message: 'webhook with this name already exists.' }],
  },
  eventRule: {
    name: 'eventRule', objectType: 'extras.eventrule', path: '/api/extras/event-rules/', page: '/extras/event-rules/', label: 'EventRule',
    fields: { object_types: { kind: 'texts', required: true }, name: text({ required: true, max: 150 }), enabled: bool(true), event_types: { kind: 'texts', required: true }, conditions: { kind: 'json', nullable: true, default: null }, action_type: { kind: 'choice', required: true, choices: { webhook: 'Webhook', script: 'Script', notification: 'Notification' } }, action_object_type: text({ nullable: true, default: null }), action_object_id: number(), description: text(), ...tagged },
    brief: ['name', 'description'], constant: { owner: null, action_is_available: true },
    unique: [{ by: ['name'], field: 'name', message: 'event rule with this name already exists.' }],
  },
};

export const MODEL_NAMES = Object.keys(MODELS) as ModelName[];

export function titleOf(database: Database, name: ModelName, row: Row): string {
  return (MODELS[name].display ?? anyTitle)(row, database);
}
