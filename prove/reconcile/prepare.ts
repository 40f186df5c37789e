import { discoverAsset } from '#src/assets/commands/discover-asset.ts';
import { tx } from '#src/core/tx.ts';
import { changed } from './field-model.ts';
import { ask } from './observe.ts';
import { fit, newPart, upload } from './parts.ts';
import type { Play } from './play.ts';
import {
  type Device,
  freeUnit,
  MAKER,
  MODELS,
  MOVES,
  newDevice,
  newServer,
  noteSaid,
  POLICIES,
  type Server,
  type Spot,
  type World,
} from './world.ts';

const SITES = ['ams1', 'fra1', 'lon1'];

export function emptyWorld(): World {
  let number = 0;
  return {
    ...{ sites: new Map(), racks: new Map(), devices: [], servers: [], types: new Map(), units: new Map() },
    places: new Map(),
    roles: { server: 0, switch: 0 },
    next: () => (number += 1),
  };
}

/** What people have in NetBox before there is a hub. */
export function furnish({ stage: { netbox }, world, draw }: Play): void {
  const admin = netbox.as('admin');
  const maker = admin.create('manufacturer', { name: MAKER, slug: 'dell-inc' });
  for (const model of MODELS)
    world.types.set(
      model,
      admin.create('deviceType', { manufacturer: maker, model, slug: model.replaceAll(' ', '-') }),
    );
  world.roles.server = admin.create('deviceRole', { name: 'Server', slug: 'server' });
  world.roles.switch = admin.create('deviceRole', { name: 'Switch', slug: 'switch' });
  for (const name of SITES.slice(0, 2 + draw.upTo(2))) {
    const siteId = admin.create('site', { name, slug: name });
    world.sites.set(siteId, name);
    // Every site has one of that name.
    for (const rack of ['R1', `${name}-R2`]) {
      const id = admin.create('rack', { name: rack, site: siteId, u_height: 42 });
      world.racks.set(id, { id, name: rack, siteId });
    }
  }
}

/** Somewhere that nothing has ever stood. @param isKnown whether the hub has to know the place already */
export function drawSpot({ world, draw }: Play, isKnown = false): Spot {
  const rack = draw.pick([...world.racks.values()].filter(({ id }) => !isKnown || world.places.has(`rack:${id}`)));
  const position = rack && draw.chance(0.85) ? freeUnit(world, rack.id) : undefined;
  const siteId = rack?.siteId ?? draw.pick([...world.sites.keys()]) ?? 0;
  if (!rack || position === undefined) return { siteId, rackId: null, position: null };
  return { siteId, rackId: rack.id, position };
}

export interface Wanted {
  serial?: string;
  spot?: Spot;
  tag?: string | null;
  isServer?: boolean;
  model?: string;
  by?: string;
}

/** A device that people enter there. */
export function enterDevice(play: Play, wanted: Wanted = {}): Device {
  const { stage, world, draw } = play;
  const { isServer = true, by = 'alice', spot = drawSpot(play), tag = null } = wanted;
  const number = world.next();
  const name = `${isServer ? 'dev' : 'sw'}-${number}`;
  const serial = wanted.serial ?? `SN${number}`;
  const model = wanted.model ?? MODELS[draw.chance(0.8) ? 0 : 1];
  const { siteId: site, rackId: rack, position } = spot;
  const id = stage.netbox.as(by).create('device', {
    ...{ name, serial, asset_tag: tag, site, rack, position, face: position === null ? null : 'front' },
    ...{ device_type: world.types.get(model), role: isServer ? world.roles.server : world.roles.switch },
    status: draw.pick(['active', 'planned', 'staged']),
  });
  const device = newDevice({ id, name, isServer, spot, serial, tag, model });
  world.devices.push(device);
  return device;
}

/** A module that people have documented. */
export function document(play: Play, device: Device, bay: string, what = newPart(play, 'drive')): void {
  const alice = play.stage.netbox.as('alice');
  const { database } = play.stage.netbox;
  const made = alice.create('moduleBay', { device: device.id, name: bay });
  const maker =
    database.all('manufacturer').find(({ name }) => name === what.maker)?.id ??
    alice.create('manufacturer', { name: what.maker, slug: what.maker.toLowerCase() });
  const type =
    database.all('moduleType').find((row) => row.model === what.model && row.manufacturer === maker)?.id ??
    alice.create('moduleType', { manufacturer: maker, model: what.model });
  const body = { device: device.id, module_bay: made, module_type: type, serial: what.serial, status: 'active' };
  device.modules.set(bay, { ...what, id: alice.create('module', body) });
}

/** Enters one here, with what is said of it. */
export async function enterServer(
  play: Play,
  wanted: { serial?: string | null; spot?: Spot | undefined; model?: string | null; tag?: string; name?: string },
): Promise<Server> {
  const { stage, world } = play;
  const number = world.next();
  const { name = `srv-${number}`, serial = `SN${number}`, spot, model = MODELS[0], tag } = wanted;
  const state = spot?.rackId ? 'RACKED' : 'ORDERED';
  const location = spot && locationOf(play, spot);
  const { id } = await ask<{ id: string }>(stage, 'POST', '/v1/assets', {
    ...{ name, serial, state, model, manufacturer: model === null ? null : MAKER },
    ...(tag === undefined ? {} : { asset_tag: tag }),
    ...(location === undefined ? {} : { location_id: location, position: spot?.position ?? null }),
  });
  const server = newServer({ assetId: id, name, serial, model, state, tag, spot });
  world.servers.push(server);
  return server;
}

/** Our id of a place of theirs. */
export function locationOf({ world }: Play, { siteId, rackId }: Spot): string {
  const id = world.places.get(rackId === null ? `site:${siteId}` : `rack:${rackId}`);
  if (id === undefined) throw new Error(`the hub does not know rack ${rackId} of site ${siteId} yet`);
  return id;
}

export async function makeMove({ stage }: Play, server: Server, wanted: readonly [string, string]): Promise<void> {
  const [move, to] = wanted;
  await ask(stage, 'POST', `/v1/assets/${server.assetId}/moves`, { move });
  server.state = to;
  noteSaid(server, 'state', to);
}

/** Its BMC is at this address now; whoever had the address before has none. */
export async function giveLease(play: Play, server: Server, address: string): Promise<void> {
  const { stage, world } = play;
  const mac = server.bmc?.mac ?? `02:00:00:01:00:${(world.next() & 255).toString(16).padStart(2, '0')}`;
  const nothing = { manufacturer: null, model: null, site: null, rack: null, position: null };
  const record = { recordId: null, recordUrl: null, bmcUsername: null, bmcPasswordSealed: null, credentialsAt: null };
  const { serial, tag = null } = server;
  const identity = { origin: 'adoption' as const, name: null, serial, assetTag: tag, ...nothing, ...record };
  await tx(stage.hub.ctx, (inside) => discoverAsset(inside, { bmcMac: mac, bmcAddress: address, identity }));
  for (const other of world.servers) if (other.bmc?.address === address) other.bmc.address = null;
  server.bmc = { mac, address };
  server.addresses.add(address);
}

/** Servers that the hub knows from the start: some are there already, under other names, with other tags; others are only expected. */
export async function populate(play: Play): Promise<void> {
  const { world, draw } = play;
  const known = Array.from({ length: 6 + draw.upTo(7) }, () => enterDevice(play, { by: 'admin' }));
  for (let n = 0; n < 2 + draw.upTo(3); n += 1) enterDevice(play);
  for (let n = 0; n < 1 + draw.upTo(3); n += 1) enterDevice(play, { isServer: false });
  for (const device of known) if (draw.chance(0.25)) document(play, device, draw.pick(['Disk.Bay.0', 'Fan 1']) ?? '');
  for (const device of known) {
    const tag = draw.chance(0.4) ? { tag: `A${world.next()}` } : {};
    const how = draw.upTo(4);
    // By serial; by name and site, without a serial; by serial and under the same name.
    if (how === 0) await enterServer(play, { name: device.name, serial: null, spot: device.spot, ...tag });
    else await enterServer(play, { serial: device.serial, ...(how === 1 ? { name: device.name } : {}), ...tag });
  }
  for (let n = 0; n < 5 + draw.upTo(12); n += 1) await enterServer(play, { spot: drawSpot(play, true) });
  for (let n = 0; n < 2; n += 1) await enterServer(play, { model: draw.chance(0.5) ? null : MODELS[1] });
  if (draw.chance(0.5)) {
    // Two there have one serial, and one here.
    const [one] = [enterDevice(play), enterDevice(play, { serial: `SN${world.next()}` })];
    const other = enterDevice(play, { serial: one.serial });
    await enterServer(play, { serial: other.serial });
  }
  for (const server of world.servers) {
    if (draw.chance(0.35)) {
      fit(play, server);
      await upload(play, server);
    }
    if (server.state !== 'RACKED' || !draw.chance(0.5)) continue;
    for (const move of ['allocate', 'assign']) {
      const wanted = MOVES[server.state]?.find(([name]) => name === move);
      if (wanted) await makeMove(play, server, wanted);
    }
    if (server.serial !== null && draw.chance(0.6)) await giveLease(play, server, `10.9.0.${world.next() & 255}`);
  }
}

export function setTag(server: Server, tag: string): void {
  server.tag = tag;
  noteSaid(server, 'tag', tag);
  server.tags = changed(POLICIES.asset_tag, server.tags, 'ours', tag);
}
