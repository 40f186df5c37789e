import type { Body, Tree } from '../tree.ts';

/** A tree while it is being made. Paths are below `/redfish/v1`; '' is the service root. */
export interface Plant {
  tree: Tree;
  /** Adds a resource; its type gives `@odata.type`, its path `@odata.id` and `Id`. */
  put(path: string, type: string, body: Body): void;
  /** Adds a collection whose members are at `<path>/<name>`, or at the full paths given. */
  list(path: string, type: string, members: readonly string[]): void;
}

const BASE = '/redfish/v1';
export const OK = { State: 'Enabled', Health: 'OK' };
export const ABSENT = { State: 'Absent' };

export function at(path: string): { '@odata.id': string } {
  return { '@odata.id': `${BASE}${path}` };
}

export function label(ServiceLabel: string, LocationType = 'Slot') {
  return { PartLocation: { ServiceLabel, LocationType } };
}

/** The last three bytes counted up from `first`. */
export function mac(oui: string, first: number): string {
  return `${oui}:${first
    .toString(16)
    .padStart(6, '0')
    .toUpperCase()
    .replaceAll(/(..)(?!$)/g, '$1:')}`;
}

export function startPlant(): Plant {
  const tree: Tree = {};
  return {
    tree,
    put(path, type, body) {
      const Id = path === '' ? 'RootService' : (path.split('/').at(-1) ?? '');
      const name = typeof body['Name'] === 'string' ? {} : { Name: Id };
      tree[BASE + path] = { '@odata.type': `#${type}`, ...at(path), Id, ...name, ...body };
    },
    list(path, type, members) {
      const Members = members.map((member) => at(member.startsWith('/') ? member : `${path}/${member}`));
      tree[BASE + path] = {
        '@odata.type': `#${type}Collection.${type}Collection`,
        ...at(path),
        Name: `${type} Collection`,
        'Members@odata.count': Members.length,
        Members,
      };
    },
  };
}

export interface RootFacts {
  Vendor?: string;
  Product?: string;
  RedfishVersion: string;
  system: string;
  chassis: readonly string[];
  manager: string;
  /** Left out: `$expand` is not offered. */
  expand?: Body;
}

/** The service root, the session service, and the three top collections. */
export function plantRoot(plant: Plant, facts: RootFacts): void {
  const { system, chassis, manager, expand, ...named } = facts;
  const offered = expand ?? { ExpandAll: false, Levels: false, Links: false, NoLinks: false };
  plant.put('', 'ServiceRoot.v1_15_0.ServiceRoot', {
    ...named,
    Systems: at('/Systems'),
    Chassis: at('/Chassis'),
    Managers: at('/Managers'),
    UpdateService: at('/UpdateService'),
    SessionService: at('/SessionService'),
    Links: { Sessions: at('/SessionService/Sessions') },
    ProtocolFeaturesSupported: { ExpandQuery: offered },
  });
  plant.list('/Systems', 'ComputerSystem', [system]);
  plant.list('/Chassis', 'Chassis', chassis);
  plant.list('/Managers', 'Manager', [manager]);
  plant.put('/SessionService', 'SessionService.v1_1_8.SessionService', {
    ServiceEnabled: true,
    SessionTimeout: 1800,
    Sessions: at('/SessionService/Sessions'),
  });
  plant.list('/SessionService/Sessions', 'Session', []);
  plant.put('/UpdateService', 'UpdateService.v1_11_0.UpdateService', {
    ServiceEnabled: true,
    FirmwareInventory: at('/UpdateService/FirmwareInventory'),
  });
}

export function plantFirmware(
  plant: Plant,
  rows: readonly (readonly [id: string, name: string, version: string])[],
): void {
  const home = '/UpdateService/FirmwareInventory';
  plant.list(
    home,
    'SoftwareInventory',
    rows.map(([id]) => id),
  );
  for (const [id, Name, Version] of rows) {
    plant.put(`${home}/${id}`, 'SoftwareInventory.v1_4_0.SoftwareInventory', {
      Name,
      Version,
      Updateable: true,
      Status: OK,
    });
  }
}

/** The boot override of a system as all vendors show it, with the usual targets. */
export const BOOT = {
  BootSourceOverrideEnabled: 'Disabled',
  BootSourceOverrideMode: 'UEFI',
  BootSourceOverrideTarget: 'None',
  'BootSourceOverrideTarget@Redfish.AllowableValues': ['None', 'Pxe', 'Hdd', 'Cd', 'BiosSetup', 'UefiHttp'],
};

/** The Reset action with its allowable values inline. */
export function resetAction(systemPath: string, types: readonly string[]) {
  return {
    '#ComputerSystem.Reset': {
      target: `${BASE}${systemPath}/Actions/ComputerSystem.Reset`,
      'ResetType@Redfish.AllowableValues': types,
    },
  };
}
