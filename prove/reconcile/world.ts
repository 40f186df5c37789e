import { type Policy, type Slot, slotOf } from './field-model.ts';

/** Where something stands, by NetBox's ids. */
export interface Spot {
  siteId: number;
  rackId: number | null;
  position: number | null;
}

export interface Rack {
  id: number;
  name: string;
  siteId: number;
}

/** A part as somebody describes it. */
export interface Described {
  maker: string;
  model: string;
  serial: string;
}

/** A device there, as people want it there; what of it is the hub's, is written at its server. */
export interface Device {
  id: number;
  name: string;
  isServer: boolean;
  spot: Spot;
  serial: string;
  tag: string | null;
  model: string;
  gone: boolean;
  /** What it was called, and where it stood, since both sides were last at rest: the hub may have taken over any of it. */
  names: string[];
  spots: Spot[];
  /** Of people, by bay. */
  modules: Map<string, Described & { id: number }>;
  /** A person said: take it over here; or: ignore it. */
  accepted: boolean;
  ignored: boolean;
  /** Something about whether it exists has changed in this phase, and nothing more will. */
  touched: boolean;
}

/** What is, or was, in a slot of a server. */
export interface Part {
  id: string;
  kind: 'drive' | 'psu' | 'nic';
  bay: string;
  here: Described | undefined;
  /** The module there that it is known to be, when both sides were last at rest. */
  module: { id: number; isOurs: boolean; gone: boolean } | undefined;
  serial: Slot;
  model: Slot;
  /** A person said: make it again, remove it there, ignore that. */
  again: boolean;
  removed: boolean;
  ignored: boolean;
  touched: boolean;
  /** All that the hub has ever said of it. */
  said: Set<string>;
  /** Modules of which a person said that they are removed. */
  everRemoved: Set<number>;
}

/** A port of a network card. */
export interface Port {
  id: string;
  mac: string;
  wanted: boolean;
  made: boolean;
  ignored: boolean;
}

/** A server here, as it has to be. */
export interface Server {
  assetId: string;
  name: string;
  serial: string | null;
  model: string | null;
  state: string;
  tag: string | undefined;
  spot: Spot | undefined;
  /** Its counterpart when both sides were last at rest. */
  device: Device | undefined;
  tags: Slot;
  models: Slot;
  parts: Map<string, Part>;
  ports: Port[];
  bmc: { mac: string; address: string | null } | undefined;
  /** Addresses that its BMC ever had. */
  addresses: Set<string>;
  /** How often the hub may have made it there. */
  makings: number;
  /** Devices that it ever was. */
  past: Set<number>;
  /** A person said: make it there again; ignore what is said of it as a whole. */
  again: boolean;
  ignored: boolean;
  touched: boolean;
  /** Something has happened to it in this phase. */
  dirty: boolean;
  /** Both sides said the same serial once. */
  agreedSerial: boolean;
  /** Its device has another serial now, and nobody has said yet whether it is the same: nothing else of it is played with. */
  doubted: boolean;
  /** Somebody said to leave that. */
  doubtIgnored: boolean;
  /** All that the hub has ever said, by field. */
  said: Map<string, Set<string>>;
}

export interface World {
  sites: Map<number, string>;
  racks: Map<number, Rack>;
  devices: Device[];
  servers: Server[];
  /** Ids of device types there, by model. */
  types: Map<string, number>;
  roles: { server: number; switch: number };
  /** For names, serials and tags that nobody has used. */
  next: () => number;
  /** Our ids of their sites and racks (`site:5`), as far as they were here when both sides were last at rest. */
  places: Map<string, string>;
  /** Units that nothing has ever stood in, by rack. */
  units: Map<number, number>;
}

export const POLICIES = {
  asset_tag: { authority: 'ours', direction: 'both' },
  model: { authority: 'review', direction: 'in' },
  part: { authority: 'ours', direction: 'out', inConflict: 'push-ours' },
} as const satisfies Record<string, Policy>;

export const MAKER = 'Dell Inc.';
export const MODELS = ['PowerEdge R650', 'PowerEdge R660'] as const;

/** Of NetBox, for the states that servers are in here. Written down from `mappings/netbox-lifecycle.yaml`. */
export const STATUS: Readonly<Record<string, string>> = {
  ORDERED: 'planned',
  RECEIVED: 'inventory',
  IN_WAREHOUSE: 'inventory',
  RACKED: 'staged',
  CABLED: 'staged',
  POWERED_ON: 'staged',
  ALLOCATED: 'staged',
  READY: 'staged',
  ASSIGNED_TO_TENANT: 'active',
  IN_SERVICE: 'active',
  MAINTENANCE: 'offline',
  BROKEN: 'failed',
  REPAIRING: 'failed',
};

/** Moves that a person may make, by state. */
export const MOVES: Readonly<Record<string, readonly (readonly [move: string, to: string])[]>> = {
  ORDERED: [['receive', 'RECEIVED']],
  RECEIVED: [
    ['store', 'IN_WAREHOUSE'],
    ['rack', 'RACKED'],
  ],
  IN_WAREHOUSE: [
    ['rack', 'RACKED'],
    ['allocate', 'ALLOCATED'],
  ],
  RACKED: [
    ['cable', 'CABLED'],
    ['allocate', 'ALLOCATED'],
  ],
  CABLED: [['power_on', 'POWERED_ON']],
  ALLOCATED: [['assign', 'ASSIGNED_TO_TENANT']],
  ASSIGNED_TO_TENANT: [
    ['put_in_service', 'IN_SERVICE'],
    ['break', 'BROKEN'],
  ],
  IN_SERVICE: [
    ['maintain', 'MAINTENANCE'],
    ['break', 'BROKEN'],
  ],
  MAINTENANCE: [
    ['put_in_service', 'IN_SERVICE'],
    ['make_ready', 'READY'],
  ],
  READY: [
    ['assign', 'ASSIGNED_TO_TENANT'],
    ['maintain', 'MAINTENANCE'],
  ],
  BROKEN: [['repair', 'REPAIRING']],
  REPAIRING: [['store', 'IN_WAREHOUSE']],
};

export function noteSaid(server: Server, field: string, value: string): void {
  const said = server.said.get(field) ?? new Set();
  server.said.set(field, said.add(value));
}

export function newDevice(
  known: Pick<Device, 'id' | 'name' | 'isServer' | 'spot' | 'serial' | 'tag' | 'model'>,
): Device {
  const { name, spot } = known;
  const flags = { gone: false, accepted: false, ignored: false, touched: true };
  return { ...known, ...flags, names: [name], spots: [spot], modules: new Map() };
}

export function newServer(
  known: Pick<Server, 'assetId' | 'name' | 'serial' | 'model' | 'state' | 'tag' | 'spot'>,
): Server {
  const server: Server = {
    ...known,
    ...{ device: undefined, tags: slotOf(undefined, known.tag), models: slotOf(undefined, known.model ?? undefined) },
    ...{ parts: new Map(), ports: [], bmc: undefined, addresses: new Set(), makings: 0, past: new Set() },
    ...{ again: false, ignored: false, touched: true, dirty: true, agreedSerial: false },
    ...{ doubted: false, doubtIgnored: false, said: new Map() },
  };
  noteSaid(server, 'state', known.state);
  if (known.tag !== undefined) noteSaid(server, 'tag', known.tag);
  return server;
}

/** Known well enough to be made there: `create.needs` of the mapping of devices. */
export function isComplete({ spot, model }: Server): boolean {
  return spot !== undefined && model !== null;
}

/** A unit of the rack that nothing has ever stood in: what is in the way of what is not the question here. */
export function freeUnit(world: World, rackId: number): number | undefined {
  const unit = (world.units.get(rackId) ?? 0) + 1;
  if (unit > 42) return undefined;
  world.units.set(rackId, unit);
  return unit;
}

export function serversThere(world: World): (Server & { device: Device })[] {
  return world.servers.filter(
    (one): one is Server & { device: Device } => one.device !== undefined && !one.device.gone,
  );
}
