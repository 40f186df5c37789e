import { changed, type Said } from './field-model.ts';
import { pickServer, type Play, type Step } from './play.ts';
import { document, drawSpot, enterDevice } from './prepare.ts';
import { moveOn, retag, swapPart } from './steps-here.ts';
import { type Device, freeUnit, MODELS, type Part, POLICIES, type Server, serversThere, type Spot } from './world.ts';

/** What alice does in NetBox. */
export const stepsThere: readonly (readonly [weight: number, step: Step])[] = [
  [4, rename],
  [5, move],
  [2, swapUnits],
  [4, overwriteTag],
  [2, overwriteSerial],
  [3, overwriteState],
  [2, takeTagAway],
  [2, changeType],
  [3, removeDevice],
  [3, newDeviceThere],
  [2, twin],
  [2, enterAgain],
  [2, mendSerial],
  [2, renameRack],
  [2, moveRack],
  [1, renameSite],
  [1, newRack],
  [3, removeModule],
  [4, overwriteModule],
  [1, documentPart],
  [5, quarrel],
];

type Known = Server & { device: Device };

function pickKnown(play: Play): Known | undefined {
  return pickServer(
    play,
    serversThere(play.world).filter(({ touched, doubted }) => !touched && !doubted),
  );
}

function change(play: Play, device: Device, body: Record<string, unknown>): void {
  play.stage.netbox.as('alice').change('device', device.id, body);
}

async function rename(play: Play): Promise<string | undefined> {
  const device = pickKnown(play)?.device;
  if (!device) return undefined;
  const before = device.name;
  const name = `${device.isServer ? 'dev' : 'sw'}-${play.world.next()}`;
  change(play, device, { name });
  device.name = name;
  device.names.push(name);
  return `there: ${before} is ${name} now`;
}

function moveTo(play: Play, device: Device, spot: Spot): void {
  const { siteId: site, rackId: rack, position } = spot;
  change(play, device, { site, rack, position, face: position === null ? null : 'front' });
  device.spot = spot;
  device.spots.push(spot);
}

async function move(play: Play): Promise<string | undefined> {
  const server = pickKnown(play);
  if (!server) return undefined;
  moveTo(play, server.device, drawSpot(play));
  return `there: ${server.device.name} stands at ${JSON.stringify(server.device.spot)}`;
}

async function swapUnits(play: Play): Promise<string | undefined> {
  const mounted = serversThere(play.world).filter(
    (one) => !one.touched && !one.doubted && one.device.spot.position !== null,
  );
  const [one, other] = [play.draw.pick(mounted), play.draw.pick(mounted)];
  if (!one || !other || one === other) return undefined;
  // If one of them went now, the other would find its place taken by whoever is only here.
  for (const server of [one, other]) Object.assign(server, { dirty: true, touched: true });
  const [first, second] = [one.device.spot, other.device.spot];
  moveTo(play, one.device, { siteId: first.siteId, rackId: null, position: null });
  moveTo(play, other.device, first);
  moveTo(play, one.device, second);
  return `there: ${one.device.name} and ${other.device.name} change places`;
}

async function overwriteTag(play: Play): Promise<string | undefined> {
  const server = pickKnown(play);
  if (!server) return undefined;
  const tag = play.draw.chance(0.2) ? null : `T${play.world.next()}`;
  change(play, server.device, { asset_tag: tag });
  server.tags = changed(POLICIES.asset_tag, server.tags, 'theirs', tag);
  return `there: ${server.device.name} gets the asset tag ${tag}`;
}

/** Now and then to that of another one. Nothing else happens to it then: what came of that would depend on when the hub looked. */
async function overwriteSerial(play: Play): Promise<string | undefined> {
  const { draw, world } = play;
  const clean = serversThere(world).filter((one) => !one.touched && !one.dirty && !one.doubted && one.agreedSerial);
  const [server, other] = [draw.pick(clean), draw.pick(clean)];
  if (!server) return undefined;
  const isTwin = other !== undefined && other !== server && draw.chance(0.4);
  for (const one of isTwin ? [server, other] : [server]) Object.assign(one, { touched: true, dirty: true });
  const serial = isTwin ? (other.serial ?? '') : `X${world.next()}`;
  change(play, server.device, { serial });
  server.device.serial = serial;
  return `there: ${server.device.name} gets the serial ${serial}`;
}

async function overwriteState(play: Play): Promise<string | undefined> {
  const server = pickKnown(play);
  if (!server) return undefined;
  const what = play.draw.pick([
    { custom_fields: { lifecycle_state: 'ready' } },
    { custom_fields: { lifecycle_state: null } },
    { status: 'failed' },
    { status: 'active', custom_fields: { lifecycle_state: 'in_service', hub_asset_id: 'nobody' } },
  ]);
  change(play, server.device, what ?? {});
  return `there: ${server.device.name} gets ${JSON.stringify(what)}`;
}

async function takeTagAway(play: Play): Promise<string | undefined> {
  const server = pickKnown(play);
  if (!server) return undefined;
  change(play, server.device, { tags: [] });
  return `there: ${server.device.name} loses its tags`;
}

async function changeType(play: Play): Promise<string | undefined> {
  const server = pickKnown(play);
  if (!server) return undefined;
  const model = MODELS.find((one) => one !== server.device.model) ?? MODELS[0];
  change(play, server.device, { device_type: play.world.types.get(model) });
  server.device.model = model;
  server.models = changed(POLICIES.model, server.models, 'theirs', model);
  return `there: ${server.device.name} is a ${model}`;
}

async function removeDevice(play: Play): Promise<string | undefined> {
  const { world, draw, stage } = play;
  const strangers = world.devices.filter((one) => !one.gone && !one.touched && !isPaired(play, one));
  const device = draw.chance(0.7) ? pickKnown(play)?.device : draw.pick(strangers);
  if (!device) return undefined;
  stage.netbox.as('alice').remove('device', device.id);
  device.gone = true;
  device.touched = true;
  for (const server of world.servers) if (server.device === device) server.touched = true;
  return `there: ${device.name} ${device.serial} is deleted`;
}

function isPaired({ world }: Play, device: Device): boolean {
  return world.servers.some((server) => server.device === device);
}

async function newDeviceThere(play: Play): Promise<string> {
  const isServer = play.draw.chance(0.7);
  const device = enterDevice(play, { isServer, tag: play.draw.chance(0.3) ? `T${play.world.next()}` : null });
  return `there: ${device.name} ${device.serial} is new`;
}

/** One that is gone there, and is not. */
async function enterAgain(play: Play): Promise<string | undefined> {
  const { world, draw } = play;
  const server = draw.pick(world.servers.filter((one) => one.device?.gone && !one.touched && one.serial !== null));
  if (!server || server.serial === null) return undefined;
  if (world.devices.some(({ gone, serial }) => !gone && serial === server.serial)) return undefined;
  server.touched = true;
  const device = enterDevice(play, { serial: server.serial });
  return `there: ${device.name} is entered with ${device.serial}, the serial of ${server.name}, which was deleted`;
}

async function mendSerial(play: Play): Promise<string | undefined> {
  const { world, draw } = play;
  const server = draw.pick(serversThere(world).filter((one) => one.doubted && !one.touched && one.serial !== null));
  if (!server || server.serial === null) return undefined;
  const twin = world.servers.find((one) => one !== server && one.serial === server.device.serial);
  for (const one of [server, ...(twin ? [twin] : [])]) one.touched = true;
  change(play, server.device, { serial: server.serial });
  server.device.serial = server.serial;
  return `there: ${server.device.name} gets its serial ${server.serial} back`;
}

/** A second one with the serial of one that both sides know. */
async function twin(play: Play): Promise<string | undefined> {
  const server = pickKnown(play);
  if (!server || server.serial === null) return undefined;
  server.touched = true;
  const device = enterDevice(play, { serial: server.serial });
  return `there: ${device.name} is new, and has ${device.serial}, the serial of ${server.device.name}`;
}

async function renameRack(play: Play): Promise<string | undefined> {
  const rack = play.draw.pick([...play.world.racks.values()]);
  if (!rack) return undefined;
  const before = rack.name;
  rack.name = `R${play.world.next()}`;
  play.stage.netbox.as('alice').change('rack', rack.id, { name: rack.name });
  return `there: rack ${before} is ${rack.name} now`;
}

/** All that stands in it moves with it, and NetBox says nothing of that. */
async function moveRack(play: Play): Promise<string | undefined> {
  const { world, draw, stage } = play;
  const rack = draw.pick([...world.racks.values()].filter(({ name }) => name !== 'R1'));
  const siteId = rack && draw.pick([...world.sites.keys()].filter((one) => one !== rack.siteId));
  if (!rack || siteId === undefined) return undefined;
  stage.netbox.as('alice').change('rack', rack.id, { site: siteId });
  rack.siteId = siteId;
  for (const device of world.devices)
    if (device.spot.rackId === rack.id) {
      device.spot = { ...device.spot, siteId };
      device.spots.push(device.spot);
    }
  // Here too, whatever stands in it, known there or not.
  for (const server of world.servers) if (server.spot?.rackId === rack.id) server.spot = { ...server.spot, siteId };
  return `there: rack ${rack.name} is in ${world.sites.get(siteId)} now`;
}

async function renameSite(play: Play): Promise<string | undefined> {
  const { world, draw, stage } = play;
  const siteId = draw.pick([...world.sites.keys()]);
  if (siteId === undefined) return undefined;
  const [before, name] = [world.sites.get(siteId), `site${world.next()}`];
  stage.netbox.as('alice').change('site', siteId, { name });
  world.sites.set(siteId, name);
  return `there: site ${before} is ${name} now`;
}

async function newRack(play: Play): Promise<string | undefined> {
  const { world, draw, stage } = play;
  const siteId = draw.pick([...world.sites.keys()]);
  if (siteId === undefined) return undefined;
  const name = `N${world.next()}`;
  const id = stage.netbox.as('alice').create('rack', { name, site: siteId, u_height: 42 });
  world.racks.set(id, { id, name, siteId });
  const server = pickKnown(play);
  if (!server) return `there: rack ${name} is new`;
  moveTo(play, server.device, { siteId, rackId: id, position: freeUnit(world, id) ?? null });
  return `there: rack ${name} is new, and ${server.device.name} stands in it`;
}

function pickModule(play: Play): { server: Known; part: Part & { module: { id: number; gone: boolean } } } | undefined {
  const fitted = serversThere(play.world).filter((one) => !one.touched && !one.doubted && one.parts.size > 0);
  const server = pickServer(play, fitted);
  const part = server && play.draw.pick([...server.parts.values()]);
  if (!server || !part?.module || part.module.gone || part.touched) return undefined;
  return { server, part: part as Part & { module: { id: number; gone: boolean } } };
}

async function removeModule(play: Play): Promise<string | undefined> {
  const found = pickModule(play);
  if (!found) return undefined;
  const { server, part } = found;
  play.stage.netbox.as('alice').remove('module', part.module.id);
  part.module.gone = true;
  part.touched = true;
  server.device.modules.delete(part.bay);
  return `there: the module in ${part.bay} of ${server.device.name} is deleted`;
}

async function overwriteModule(play: Play): Promise<string | undefined> {
  const found = pickModule(play);
  if (!found) return undefined;
  const { server, part } = found;
  const value: Said = play.draw.chance(0.2) ? null : `Y${play.world.next()}`;
  play.stage.netbox.as('alice').change('module', part.module.id, { serial: value ?? '' });
  part.serial = changed(POLICIES.part, part.serial, 'theirs', value);
  return `there: the module in ${part.bay} of ${server.device.name} gets the serial ${value}`;
}

async function documentPart(play: Play): Promise<string | undefined> {
  const server = pickKnown(play);
  if (!server) return undefined;
  const bay = `Fan ${play.world.next()}`;
  document(play, server.device, bay);
  return `there: ${bay} of ${server.device.name} is documented`;
}

/** Both sides say something else of one thing in the same moment. */
async function quarrel(play: Play): Promise<string | undefined> {
  const server = pickKnown(play);
  if (!server) return undefined;
  const about = { ...play, hot: new Set([server]), draw: { ...play.draw, chance: () => true } };
  const pairs = [
    [overwriteTag, retag],
    [overwriteState, moveOn],
    [overwriteModule, swapPart],
    [removeModule, swapPart],
  ] as const;
  const [theirs, ours] = play.draw.pick(pairs) ?? pairs[0];
  const did = play.draw.chance(0.5)
    ? [await theirs(about), await ours(about)]
    : [await ours(about), await theirs(about)];
  return did.some((one) => one !== undefined) ? did.join('; ') : undefined;
}
