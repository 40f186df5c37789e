import type { Check } from './check.ts';
import { checkChildren } from './check-children.ts';
import { checkPair, compared, place } from './check-pair.ts';
import { type Device, isComplete, type Server, type Spot } from './world.ts';

/** Nothing of it but itself can be compared. */
export function isOutOfReach({ fates }: Check, server: Server): boolean {
  return server.device !== undefined && fates.servers.get(server)?.is !== 'paired';
}

export function checkServer(check: Check, server: Server): void {
  const { world, here, fates, wrong } = check;
  const { assetId, name } = server;
  const asset = here.assets.get(assetId);
  const fate = fates.servers.get(server);
  if (!asset || !fate) return wrong(`server ${name} is lost here`);
  const hub = { object: 'device', field: '', hubId: assetId };
  if (asset.state !== server.state) wrong(`server ${name} is ${asset.state} here, not ${server.state}`);
  if (asset.serial !== server.serial) wrong(`server ${name} has the serial ${asset.serial} here, not ${server.serial}`);
  if (fate.is === 'gone') check.expect({ ...hub, kind: 'gone-there' }, server.ignored);
  if (fate.is === 'ambiguous') check.expect({ ...hub, kind: 'ambiguous' }, server.ignored);
  if (fate.is === 'waiting') check.expect({ ...hub, kind: 'only-here' }, server.ignored);
  if (fates.doubled.has(server)) check.expect({ ...hub, kind: 'ambiguous' }, server.ignored);
  if (fate.is === 'doubted') check.expect({ ...hub, field: 'serial', kind: 'differs' }, server.doubtIgnored);
  server.doubted = fate.is === 'doubted' || (fate.is === 'ambiguous' && server.device !== undefined);
  if (!server.doubted) server.doubtIgnored = false;
  server.dirty = false;
  const device = fate.is === 'made' ? findMade(check, server) : undefined;
  const twin = fate.is === 'paired' ? fate.device : device;
  const seen = twin && check.there.get(twin.id);
  if (!twin || !seen) {
    keepsItsOwn(check, server, asset.name, asset.spot);
    server.name = asset.name ?? '';
    server.spot = asset.spot;
    if (fate.is === 'gone') forgetChildren(server);
    else if (!server.doubted) server.device = undefined;
    server.touched = false;
    return;
  }
  if (server.device !== twin) forgetChildren(server);
  checkPair(check, server, twin, seen);
  checkChildren(check, server, twin, seen);
  server.past.add(twin.id);
  const isNew = server.device !== twin;
  Object.assign(server, { device: twin, again: false, touched: false });
  if (isNew && !fates.doubled.has(server)) server.ignored = false;
  Object.assign(twin, { touched: false, names: [twin.name], spots: [twin.spot] });
  server.name = twin.name;
  server.spot = twin.spot;
  if (asset.recordId !== String(twin.id)) wrong(`server ${name} points at record ${asset.recordId}, not ${twin.id}`);
  for (const [word, due] of [
    [asset.site, world.sites.get(twin.spot.siteId)],
    [asset.rack, twin.spot.rackId === null ? null : world.racks.get(twin.spot.rackId)?.name],
  ])
    if (word !== due) wrong(`server ${name} says that it is in ${word} here, not ${due}`);
}

/** Of a server that is not there (any more): what was said there while it was, may have been taken over. */
function keepsItsOwn({ world, wrong }: Check, server: Server, name: string | null, spot: Spot | undefined): void {
  const names = [server.name, ...(server.device?.names ?? [])];
  const spots = [server.spot, ...(server.device?.spots ?? [])].map((one) => place(world, one));
  if (!names.includes(name ?? '')) wrong(`server ${server.name} is called ${name} here, none of ${names.join(', ')}`);
  if (!spots.includes(place(world, spot)))
    wrong(`server ${server.name} stands at ${place(world, spot)} here, none of ${spots.join(', ')}`);
}

/** The one that the hub had to make: once. */
function findMade({ world, there, wrong }: Check, server: Server): Device | undefined {
  const known = new Set(world.devices.map(({ id }) => id));
  const made = [...there.values()].filter(
    (one) => !known.has(one.id) && (server.serial === null ? one.name === server.name : one.serial === server.serial),
  );
  const [one] = made;
  if (!one || made.length > 1) {
    wrong(
      `server ${server.name} ${server.serial} was made there ${made.length} times, not once${isComplete(server) ? '' : ' (?)'}`,
    );
    return undefined;
  }
  server.makings += 1;
  const { id, name, serial, tag, model } = one;
  const spot = server.spot ?? one.spot;
  const device: Device = {
    ...{ id, name, serial, tag, model, spot, isServer: true, gone: false, names: [name], spots: [spot] },
    ...{ modules: new Map(), accepted: false, ignored: false, touched: false },
  };
  // It is called there what it was called here, and stands there where it stood.
  device.name = server.name;
  world.devices.push(device);
  server.tags = [compared(tag, server.tag)];
  server.models = [compared(model, server.model)];
  return device;
}

/** Of another device, if ever, nothing that was known of the old one's parts holds. */
function forgetChildren(server: Server): void {
  for (const part of server.parts.values())
    Object.assign(part, { module: undefined, again: false, removed: false, ignored: false, touched: false });
  // What was said of a port that was never there still holds.
  for (const port of server.ports) if (port.made) Object.assign(port, { wanted: false, made: false, ignored: false });
}
