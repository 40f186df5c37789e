import { endsOf, type FieldEnd, type Policy, type Slot } from './field-model.ts';
import { type Fates, foresee } from './foresee.ts';
import { lookHere, lookThere, type SeenDevice, type SeenDrift, type SeenHere } from './observe.ts';
import { checkPair, compared, place } from './check-pair.ts';
import { checkServer, isOutOfReach } from './check-server.ts';
import type { CaseStage } from './stage.ts';
import type { Device, Server, World } from './world.ts';

/** What is held against the model, and what is found wrong. */
export interface Check {
  world: World;
  there: Map<number, SeenDevice>;
  here: SeenHere;
  fates: Fates;
  wrong(line: string): void;
  /** A drift that has to be open (or ignored) about this; it is ticked off. */
  expect(
    what: { object: string; field: string; kind: string; hubId?: string; theirId?: string },
    ignored: boolean,
  ): void;
  /** Of a field: one of its ends. Says which, if any. */
  field(what: FieldCheck): FieldEnd | undefined;
}

export interface FieldCheck {
  policy: Policy;
  slot: Slot;
  object: string;
  field: string;
  hubId: string;
  label: string;
  theirs: string | null | undefined;
  ours: string | null | undefined;
}

/** Both sides as they are now against the model; then the model goes on from what is. @returns what is wrong */
export async function checkAtRest(stage: CaseStage, world: World): Promise<string[]> {
  const broken: string[] = [];
  const here = await lookHere(stage);
  const there = lookThere(stage);
  const open = new Map(here.drifts.map((drift) => [slotKey(drift), drift]));
  const check: Check = {
    ...{ world, there, here, fates: foresee(world), wrong: (line) => void broken.push(line) },
    expect({ object, field, kind, hubId, theirId }, ignored) {
      const key = slotKey({ object, field, hub_id: hubId ?? null, their_id: theirId ?? null });
      const drift = open.get(key);
      open.delete(key);
      const wanted = `${kind} ${ignored ? 'ignored' : 'open'}`;
      const found = drift && `${drift.kind} ${drift.state}`;
      if (found !== wanted)
        broken.push(`drift ${key}: ${wanted} is due, ${found ?? 'none'} is there ${reasonOf(drift)}`);
    },
    field: (what) => checkField(what),
  };

  function checkField({ policy, slot, object, field, hubId, label, theirs, ours }: FieldCheck): FieldEnd | undefined {
    const key = slotKey({ object, field, hub_id: hubId, their_id: null });
    const drift = open.get(key);
    open.delete(key);
    const found = `${tell(theirs)} there, ${tell(ours)} here, ${drift ? `${drift.kind} ${drift.state}` : 'no drift'}`;
    const ends = endsOf(policy, slot);
    const told = ends.map(
      (end) =>
        `${tell(end.believed.theirs)} there, ${tell(end.believed.ours)} here, ${end.drift ? `${end.drift.kind} ${end.drift.ignored ? 'ignored' : 'open'}` : 'no drift'}`,
    );
    const at = told.indexOf(found);
    if (at === -1)
      broken.push(`${object} ${label} ${field}: ${found} ${reasonOf(drift)}; possible: ${told.join(' | ')}`);
    return ends[at];
  }

  checkPlaces(check);
  for (const server of world.servers) checkServer(check, server);
  for (const [device, fate] of check.fates.devices) checkDevice(check, device, fate);
  if (here.assets.size !== world.servers.length)
    broken.push(`${here.assets.size} servers here, not ${world.servers.length}`);
  // What is in a server that is gone there is compared with nothing: whatever was said of it stays.
  const gone = new Set(world.servers.flatMap((one) => (isOutOfReach(check, one) ? [one.assetId] : [])));
  for (const drift of open.values())
    if (drift.object === 'device' || !gone.has(drift.root.hub_id ?? ''))
      broken.push(`drift ${slotKey(drift)} ${drift.kind} ${drift.state} ${reasonOf(drift)}: none is due`);
  const dead: { name: string; error: string }[] = await stage
    .db('jobs')
    .where({ state: 'dead' })
    // There are no BMCs that could be looked into here.
    .whereNot({ name: 'inspect-asset' })
    .select('name', 'error');
  for (const { name, error } of dead) broken.push(`dead job ${name}: ${error}`);
  return broken;
}

const tell = (value: string | null | undefined): string => (value === undefined ? 'unknown' : JSON.stringify(value));
const reasonOf = (drift: SeenDrift | undefined): string =>
  drift ? `("${drift.label}" ${drift.decision}: ${drift.reason})` : '';

function slotKey(drift: Pick<SeenDrift, 'object' | 'field' | 'hub_id' | 'their_id'>): string {
  const { object, field, hub_id: hubId, their_id: theirId } = drift;
  return `${object} ${hubId ?? `their:${theirId}`} ${field}`;
}

/** Every site and rack of theirs is here once, under its name, in its site. */
function checkPlaces({ world, here, wrong }: Check): void {
  const sites = here.places.filter(({ type }) => type === 'site');
  const racks = here.places.filter(({ type }) => type === 'rack');
  const names = (list: string[]): string => list.toSorted().join(', ');
  const siteOf = (id: string | null) => sites.find((site) => site.id === id)?.name;
  const [seen, due] = [names(sites.map(({ name }) => name)), names([...world.sites.values()])];
  if (seen !== due) wrong(`sites here: ${seen}; there: ${due}`);
  const seenRacks = names(racks.map(({ name, parentId }) => `${siteOf(parentId)}/${name}`));
  const dueRacks = names([...world.racks.values()].map(({ name, siteId }) => `${world.sites.get(siteId)}/${name}`));
  if (seenRacks !== dueRacks) wrong(`racks here: ${seenRacks}; there: ${dueRacks}`);
  learnPlaces(world, here);
}

/** Under which ids the hub has their places. */
export function learnPlaces(world: World, here: SeenHere): void {
  const sites = here.places.filter(({ type }) => type === 'site');
  const racks = here.places.filter(({ type }) => type === 'rack');
  const siteOf = (id: string | null) => sites.find((site) => site.id === id)?.name;
  for (const [id, name] of world.sites)
    world.places.set(`site:${id}`, sites.find((site) => site.name === name)?.id ?? '');
  for (const { id, name, siteId } of world.racks.values()) {
    const rack = racks.find((one) => one.name === name && siteOf(one.parentId) === world.sites.get(siteId));
    world.places.set(`rack:${id}`, rack?.id ?? '');
  }
}

function checkDevice(check: Check, device: Device, fate: string): void {
  const { there, wrong, world } = check;
  const seen = there.get(device.id);
  if (!seen) return wrong(`device ${device.name} (${device.id}) is lost there`);
  device.touched = false;
  if (fate === 'paired') return;
  if (fate === 'asked')
    check.expect({ object: 'device', field: '', kind: 'only-there', theirId: String(device.id) }, device.ignored);
  if (fate === 'taken') takeOver(check, device);
  // What is nobody's here is not touched there.
  const is = [seen.name, seen.serial, seen.tag, place(world, seen.spot), seen.model, seen.tags.join(',')];
  // One that was a server of ours has the tag from then.
  const tags = world.servers.some(({ past }) => past.has(device.id)) ? seen.tags.join(',') : '';
  const was = [device.name, device.serial, device.tag, place(world, device.spot), device.model, tags];
  if (fate !== 'taken' && JSON.stringify(is) !== JSON.stringify(was))
    wrong(
      `device ${device.name} (${device.id}) is nobody's, and was changed there: ${is.join(' ')}; it was ${was.join(' ')}`,
    );
}

/** A person said that it is a server of ours: it is one now, once. */
function takeOver({ world, here, there, wrong, ...check }: Check, device: Device): void {
  const known = new Set(world.servers.map(({ assetId }) => assetId));
  const made = [...here.assets.values()].filter((one) => !known.has(one.id) && one.recordId === String(device.id));
  const [asset] = made;
  const seen = there.get(device.id);
  if (!asset || !seen || made.length > 1)
    return wrong(`device ${device.name} was made here ${made.length} times, not once`);
  device.accepted = false;
  const { id: assetId, name, serial, model, state } = asset;
  const tag = asset.tag ?? undefined;
  const server: Server = {
    ...{ assetId, name: name ?? '', serial, model, state, tag, spot: asset.spot, device },
    ...{
      tags: [compared(seen.tag, tag)],
      models: [compared(seen.model, model)],
    },
    ...{
      parts: new Map(),
      ports: [],
      bmc: undefined,
      addresses: new Set<string>(),
      makings: 0,
      past: new Set([device.id]),
    },
    ...{ again: false, ignored: false, touched: false, dirty: false, agreedSerial: false },
    ...{ doubted: false, doubtIgnored: false, said: new Map([['state', new Set([state])]]) },
  };
  if (tag !== undefined) server.said.set('tag', new Set([tag]));
  world.servers.push(server);
  const fate = { is: 'paired' as const, device };
  check.fates.servers.set(server, fate);
  checkPair({ world, here, there, wrong, ...check }, server, device, seen);
}
