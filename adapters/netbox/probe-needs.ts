import type { MappedWrites } from './probe-mapped-writes.ts';
import { CREATABLE, type Creatable } from './settings.ts';

export type Action = 'view' | 'add' | 'change' | 'delete';
/**
 * 'reading': comparing and nothing else. 'recording': the hub enters a server that it found. 'reconcile': what the mappings write.
 * 'bootstrap': `reanimator netbox bootstrap`, and looking whether it has to run again.
 */
export const PURPOSES = ['reading', 'recording', 'reconcile', 'bootstrap'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** One action on one object type, and what does not work without it. */
export interface Need {
  purpose: Purpose;
  objectType: string;
  action: Action;
  without: string;
  /** The rest works without it. */
  optional: boolean;
}

/** Where the list of a type is. */
export const LISTS: Readonly<Record<string, string>> = {
  'dcim.site': '/api/dcim/sites/',
  'dcim.location': '/api/dcim/locations/',
  'dcim.rack': '/api/dcim/racks/',
  'dcim.manufacturer': '/api/dcim/manufacturers/',
  'dcim.devicetype': '/api/dcim/device-types/',
  'dcim.devicerole': '/api/dcim/device-roles/',
  'dcim.device': '/api/dcim/devices/',
  'dcim.interface': '/api/dcim/interfaces/',
  'dcim.macaddress': '/api/dcim/mac-addresses/',
  'dcim.modulebay': '/api/dcim/module-bays/',
  'dcim.moduletype': '/api/dcim/module-types/',
  'dcim.module': '/api/dcim/modules/',
  'dcim.inventoryitem': '/api/dcim/inventory-items/',
  'dcim.powerport': '/api/dcim/power-ports/',
  'dcim.cable': '/api/dcim/cables/',
  'ipam.ipaddress': '/api/ipam/ip-addresses/',
  'ipam.prefix': '/api/ipam/prefixes/',
  'tenancy.tenant': '/api/tenancy/tenants/',
  'extras.tag': '/api/extras/tags/',
  'extras.journalentry': '/api/extras/journal-entries/',
  'extras.customfieldchoiceset': '/api/extras/custom-field-choice-sets/',
  'extras.customfield': '/api/extras/custom-fields/',
  'extras.webhook': '/api/extras/webhooks/',
  'extras.eventrule': '/api/extras/event-rules/',
  'extras.customlink': '/api/extras/custom-links/',
  'core.objectchange': '/api/core/object-changes/',
};

interface Also {
  /** Needed when one of these names is written. */
  names: readonly string[];
  objectType: string;
  actions: readonly Action[];
  /** The word of the setting `createMissing` by which missing ones are made; null: they always are. */
  made?: Creatable | null;
  without: string;
}
interface MappedObject {
  objectType: string;
  /** For the consequence: "… are not written". */
  are: string;
  also?: readonly Also[];
}

const MAKERS = (are: string): Also => ({
  names: [],
  objectType: 'dcim.manufacturer',
  actions: ['view'],
  made: 'manufacturers',
  without: `${are} of a make that NetBox does not have are refused`,
});

/** By the name that a mapping's `object:` has. */
const OBJECTS: Readonly<Record<string, MappedObject>> = {
  site: { objectType: 'dcim.site', are: 'sites' },
  location: { objectType: 'dcim.location', are: 'locations' },
  rack: { objectType: 'dcim.rack', are: 'racks' },
  tenant: { objectType: 'tenancy.tenant', are: 'tenants' },
  manufacturer: { objectType: 'dcim.manufacturer', are: 'manufacturers' },
  'device-type': { objectType: 'dcim.devicetype', are: 'device types' },
  'module-type': { objectType: 'dcim.moduletype', are: 'module types' },
  'module-bay': { objectType: 'dcim.modulebay', are: 'slots' },
  tag: { objectType: 'extras.tag', are: 'tags' },
  'power-port': { objectType: 'dcim.powerport', are: 'power ports' },
  cable: { objectType: 'dcim.cable', are: 'cables' },
  prefix: { objectType: 'ipam.prefix', are: 'prefixes' },
  device: {
    objectType: 'dcim.device',
    are: 'servers',
    also: [
      { ...MAKERS('servers'), names: ['device_type'] },
      {
        names: ['device_type'],
        objectType: 'dcim.devicetype',
        actions: ['view'],
        made: 'deviceTypes',
        without: 'servers of a model that NetBox does not have are refused',
      },
      {
        names: ['role'],
        objectType: 'dcim.devicerole',
        actions: ['view'],
        made: 'roles',
        without: 'servers with a role that NetBox does not have are refused',
      },
      {
        names: ['tags', 'add_tags'],
        objectType: 'extras.tag',
        actions: ['view'],
        made: null,
        without: 'servers do not get their tags',
      },
    ],
  },
  interface: {
    objectType: 'dcim.interface',
    are: 'interfaces',
    also: [
      {
        names: ['mac_address', 'primary_mac_address'],
        objectType: 'dcim.macaddress',
        actions: ['view', 'add', 'change'],
        without: 'MAC addresses of interfaces are not written',
      },
    ],
  },
  'ip-address': {
    objectType: 'ipam.ipaddress',
    are: 'addresses',
    also: [
      {
        names: ['interface', 'assigned_object_id'],
        objectType: 'dcim.interface',
        actions: ['view'],
        without: 'the interface of an address is not found',
      },
      {
        names: ['role'],
        objectType: 'dcim.device',
        actions: ['view', 'change'],
        without: 'the out-of-band address of servers is not set',
      },
      {
        names: ['address'],
        objectType: 'ipam.ipaddress',
        actions: ['change'],
        without: 'an address that is there and assigned to nothing is not taken',
      },
    ],
  },
  module: {
    objectType: 'dcim.module',
    are: 'parts',
    also: [
      {
        names: ['module_bay'],
        objectType: 'dcim.modulebay',
        actions: ['view'],
        made: 'moduleBays',
        without: 'parts in a slot that NetBox does not have are refused',
      },
      {
        names: ['module_type'],
        objectType: 'dcim.moduletype',
        actions: ['view'],
        made: 'moduleTypes',
        without: 'parts of a model that NetBox does not have are refused',
      },
      { ...MAKERS('parts'), names: ['module_type'] },
    ],
  },
  'inventory-item': {
    objectType: 'dcim.inventoryitem',
    are: 'parts',
    also: [{ ...MAKERS('parts'), names: ['manufacturer'] }],
  },
};

const ON_WORD = 'when a person says so';

/** For entering a server that the hub found: everything that it stands on is made where it is missing. */
const RECORDING: readonly [objectType: string, actions: readonly Action[], without: string][] = [
  ['dcim.site', ['view', 'add'], 'a server at a new site is not entered'],
  ['dcim.rack', ['view', 'add'], 'a server in a new rack is not entered'],
  ['dcim.manufacturer', ['view', 'add'], 'a server of a new make is not entered'],
  ['dcim.devicetype', ['view', 'add'], 'a server of a new model is not entered'],
  ['dcim.devicerole', ['view', 'add'], 'a server is not entered where its role is missing'],
  ['dcim.device', ['view', 'add', 'change'], 'servers are not entered, and their state and hardware are not kept'],
  ['dcim.interface', ['view', 'add', 'change'], 'the management interface is not kept'],
  ['dcim.macaddress', ['view', 'add', 'change'], 'the MAC address of the management interface is not kept'],
  ['ipam.ipaddress', ['view', 'add', 'change'], 'the out-of-band address is not kept'],
  ['extras.tag', ['view', 'add'], "what the hub made does not get the hub's tag"],
];

const BOOTSTRAP: readonly [objectType: string, are: string][] = [
  ['extras.customfieldchoiceset', 'the choices of the life cycle'],
  ['extras.customfield', 'custom fields'],
  ['extras.webhook', 'webhooks'],
  ['extras.eventrule', 'event rules'],
  ['extras.customlink', 'custom links'],
];

/** Everything that the hub's user needs, each action on each type once per purpose. */
export function needsOf(mapped: readonly MappedWrites[], createMissing: readonly Creatable[] = CREATABLE): Need[] {
  const needs = new Map<string, Need>();
  function need(
    purpose: Purpose,
    objectType: string,
    actions: readonly Action[],
    without: string,
    optional = false,
  ): void {
    for (const action of actions) {
      const key = `${purpose} ${objectType} ${action}`;
      const known = needs.get(key);
      if (!known || (known.optional && !optional)) needs.set(key, { purpose, objectType, action, without, optional });
    }
  }
  for (const { object, creates, removes, writes, asked, given } of mapped) {
    const known = OBJECTS[object];
    if (!known) throw new Error(`mappings of NetBox name the type ${object}, of which the permissions are not known`);
    const { objectType, are, also = [] } = known;
    need('reading', objectType, ['view'], `${are} are not compared`);
    if (writes.length > 0) need('reconcile', objectType, ['change'], `${are} are not written`);
    else if (asked.length > 0) need('reconcile', objectType, ['change'], `${are} are not written ${ON_WORD}`, true);
    if (creates === 'always') need('reconcile', objectType, ['add'], `${are} are not made in NetBox`);
    if (creates === 'review') need('reconcile', objectType, ['add'], `${are} are not made in NetBox ${ON_WORD}`, true);
    if (removes) need('reconcile', objectType, ['delete'], `${are} that the hub made and has no more stay in NetBox`);
    for (const one of also) {
      const { names, made, actions } = one;
      const certain = [...writes, ...(creates === 'always' ? given : [])];
      const possible = [...asked, ...(creates === 'review' ? given : [])];
      const must = names.some((name) => certain.includes(name));
      if (!must && !names.some((name) => possible.includes(name))) continue;
      const makes = made === null || (made !== undefined && createMissing.includes(made));
      need('reconcile', one.objectType, makes ? [...actions, 'add'] : actions, one.without, !must);
    }
    if (creates !== 'never') {
      const untagged = "what the hub made does not get the hub's tag";
      need('reconcile', 'extras.tag', ['view', 'add'], untagged, creates === 'review');
    }
  }
  need(
    'reading',
    'core.objectchange',
    ['view'],
    'a change whose webhook was lost is only found by the nightly compare',
  );
  need('reading', 'dcim.powerport', ['view'], 'which PDU feeds which server is not known', true);
  need(
    'reading',
    'dcim.cable',
    ['view'],
    'a cable that is moved, and whose webhook was lost, has all servers read',
    true,
  );
  for (const [objectType, actions, without] of RECORDING) need('recording', objectType, actions, without);
  need('reconcile', 'extras.journalentry', ['view', 'add'], 'no notes are written at objects', true);
  need('reconcile', 'ipam.prefix', ['view'], 'no addresses are taken out of prefixes', true);
  need('reconcile', 'ipam.ipaddress', ['view', 'add'], 'no addresses are taken out of prefixes', true);
  need('bootstrap', 'extras.tag', ['view', 'add'], 'the tag is not made');
  need('bootstrap', 'extras.tag', ['change'], 'a tag that is limited to some object types stays so', true);
  for (const [objectType, are] of BOOTSTRAP) {
    need('bootstrap', objectType, ['view'], `nobody can see whether ${are} are as the hub needs them`);
    need('bootstrap', objectType, ['add', 'change'], `${are} are not made or put right`);
  }
  return [...needs.values()];
}
