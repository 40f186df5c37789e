import type { Check } from './check.ts';
import type { Slot } from './field-model.ts';
import type { SeenDevice } from './observe.ts';
import { countsOf } from './parts.ts';
import { type Device, POLICIES, type Server, type Spot, STATUS, type World } from './world.ts';

export function checkPair(check: Check, server: Server, device: Device, seen: SeenDevice): void {
  const { here, world, wrong } = check;
  const asset = here.assets.get(server.assetId);
  const { assetId } = server;
  const label = `${server.name} (device ${device.id})`;
  const due = (what: string, is: unknown, wanted: unknown): void => {
    if (is !== wanted) wrong(`${label}: ${what} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
  };
  due('its name there', seen.name, device.name);
  due('its name here', asset?.name, device.name);
  due('its place there', place(world, seen.spot), place(world, device.spot));
  due('its place here', place(world, asset?.spot), place(world, device.spot));
  due('its serial there', seen.serial, server.serial ?? device.serial);
  due('its status there', seen.status, STATUS[server.state]);
  due('its role there', seen.role, device.isServer ? 'server' : 'switch');
  due('hub_asset_id there', seen.fields['hub_asset_id'], assetId);
  due('lifecycle_state there', seen.fields['lifecycle_state'], server.state.toLowerCase());
  for (const [field, count] of Object.entries(countsOf(server))) due(`${field} there`, seen.fields[field], count);
  if (!seen.tags.includes('reanimator')) wrong(`${label} lacks the hub's tag there`);
  const base = { object: 'device', hubId: assetId, label: server.name };
  const isNew = server.device !== device;
  const tags =
    isNew && server.tags.every(({ theirs }) => theirs === undefined) ? first(server.tags, device.tag) : server.tags;
  const models =
    isNew && server.models.every(({ theirs }) => theirs === undefined)
      ? first(server.models, device.model)
      : server.models;
  const tag = { ...base, field: 'asset_tag', theirs: seen.tag, ours: asset?.tag ?? undefined };
  const tagEnd = check.field({ policy: POLICIES.asset_tag, slot: tags, ...tag });
  const model = { ...base, field: 'model', theirs: seen.model, ours: asset?.model ?? undefined };
  const modelEnd = check.field({ policy: POLICIES.model, slot: models, ...model });
  server.tags = tagEnd ? [tagEnd.believed] : server.tags;
  server.models = modelEnd ? [modelEnd.believed] : server.models;
  server.tag = asset?.tag ?? undefined;
  server.model = asset?.model ?? null;
  device.tag = seen.tag;
  device.serial = seen.serial;
  server.agreedSerial = server.serial !== null && server.serial === seen.serial;
  device.model = seen.model;
}

/** The two have been compared: what is unknown on a side has never been agreed upon. */
export function compared(theirs: string | null, ours: string | null | undefined): Slot[number] {
  return { theirs, ours, agreed: ours === undefined || theirs !== ours ? undefined : theirs };
}

/** Nobody has ever compared the two. */
function first(slot: Slot, theirs: string | null): Slot {
  return slot.map(({ ours }) => ({ theirs, ours, agreed: undefined }));
}

/** The site of a rack is where the rack is now. */
export function place(world: World, spot: Spot | undefined): string {
  if (spot === undefined) return 'nowhere';
  const siteId = spot.rackId === null ? spot.siteId : (world.racks.get(spot.rackId)?.siteId ?? spot.siteId);
  return `${siteId}/${spot.rackId ?? '-'}/${spot.rackId === null ? '-' : (spot.position ?? '-')}`;
}
