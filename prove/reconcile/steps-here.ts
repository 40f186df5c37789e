import { ask } from './observe.ts';
import { newPart, put, upload } from './parts.ts';
import { pickServer, type Play, type Step } from './play.ts';
import { drawSpot, enterServer, giveLease, locationOf, makeMove, setTag } from './prepare.ts';
import { changed } from './field-model.ts';
import { isComplete, MAKER, MODELS, MOVES, POLICIES, type Server } from './world.ts';

/** What people and agents do here. */
export const stepsHere: readonly (readonly [weight: number, step: Step])[] = [
  [5, moveOn],
  [4, retag],
  [5, swapPart],
  [2, pullPart],
  [3, expectServer],
  [1, expectUnknown],
  [2, completeServer],
  [2, recogniseTheirs],
  [2, lease],
];

export async function moveOn(play: Play): Promise<string | undefined> {
  const server = pickServer(play, inReach(play));
  const move = server && play.draw.pick(MOVES[server.state] ?? []);
  if (!server || !move) return undefined;
  await makeMove(play, server, move);
  return `here: ${server.name} ${move[0]}: ${move[1]}`;
}

export async function retag(play: Play): Promise<string | undefined> {
  const server = pickServer(play, inReach(play));
  if (!server) return undefined;
  const tag = `A${play.world.next()}`;
  await ask(play.stage, 'PATCH', `/v1/assets/${server.assetId}`, { asset_tag: tag });
  setTag(server, tag);
  return `here: ${server.name} gets the asset tag ${tag}`;
}

export async function swapPart(play: Play): Promise<string | undefined> {
  const { draw } = play;
  const server = pickServer(
    play,
    inReach(play).filter(({ parts }) => parts.size > 0),
  );
  const part = server && draw.pick([...server.parts.values()]);
  if (!server || !part || part.touched || part.kind === 'nic') return undefined;
  // Into an empty slot, that is another object than what was there: it counts as one for this phase.
  if (!part.here) part.touched = true;
  put(part, newPart(play, part.kind));
  await upload(play, server);
  return `here: ${server.name} has ${part.here?.model} ${part.here?.serial} in ${part.bay}`;
}

async function pullPart(play: Play): Promise<string | undefined> {
  const { draw } = play;
  const server = pickServer(
    play,
    inReach(play).filter(({ parts }) => parts.size > 0),
  );
  const part = server && draw.pick([...server.parts.values()].filter(({ kind }) => kind === 'drive'));
  if (!server || !part?.here || part.touched) return undefined;
  const { serial } = part.here;
  part.touched = true;
  put(part, undefined);
  await upload(play, server);
  return `here: ${server.name} has nothing in ${part.bay} any more (${serial})`;
}

/** What changes here of one whose device has another serial there, is another question than which one it is. */
function inReach({ world }: Play): Server[] {
  return world.servers.filter(
    ({ doubted, device, serial }) => !doubted && (!device || device.serial === serial || serial === null),
  );
}

async function expectServer(play: Play): Promise<string> {
  const server = await enterServer(play, { spot: drawSpot(play, true) });
  return `here: ${server.name} ${server.serial} is expected`;
}

async function expectUnknown(play: Play): Promise<string> {
  const isWithoutModel = play.draw.chance(0.5);
  const server = await enterServer(play, isWithoutModel ? { model: null, spot: drawSpot(play, true) } : {});
  return `here: ${server.name} ${server.serial} is expected, nobody knows ${isWithoutModel ? 'what it is' : 'where'}`;
}

async function completeServer(play: Play): Promise<string | undefined> {
  const { draw, world, stage } = play;
  const server = draw.pick(world.servers.filter((one) => !one.device && !one.touched && !isComplete(one)));
  if (!server) return undefined;
  server.touched = true;
  const spot = server.spot ?? drawSpot(play, true);
  const model = server.model ?? MODELS[0];
  await ask(stage, 'PATCH', `/v1/assets/${server.assetId}`, {
    ...{ model, manufacturer: MAKER, location_id: locationOf(play, spot), position: spot.position },
  });
  Object.assign(server, { spot, model });
  server.models = changed(POLICIES.model, server.models, 'ours', model);
  return `here: all is known of ${server.name} now`;
}

/** Somebody enters one here that people have there already. */
async function recogniseTheirs(play: Play): Promise<string | undefined> {
  const { draw, world } = play;
  const known = new Set(world.servers.flatMap(({ serial, device }) => [serial ?? '', device?.serial ?? '']));
  const device = draw.pick(
    world.devices.filter((one) => !one.gone && !one.touched && !one.accepted && !known.has(one.serial)),
  );
  if (!device) return undefined;
  // All that have the serial are meant.
  for (const one of world.devices) if (one.serial === device.serial) one.touched = true;
  const server = await enterServer(play, { serial: device.serial });
  return `here: ${server.name} is entered with ${device.serial}, the serial of ${device.name} there`;
}

async function lease(play: Play): Promise<string | undefined> {
  const { draw, world } = play;
  const settled = ['ALLOCATED', 'ASSIGNED_TO_TENANT', 'IN_SERVICE', 'MAINTENANCE', 'READY'];
  const server = pickServer(
    play,
    inReach(play).filter(({ state, serial }) => settled.includes(state) && serial !== null),
  );
  if (!server) return undefined;
  // Now and then one that another machine had a moment ago.
  const used = pickServer(
    play,
    inReach(play).filter(({ bmc }) => bmc?.address),
  )?.bmc?.address;
  const address = typeof used === 'string' && draw.chance(0.4) ? used : `10.9.0.${world.next() & 255}`;
  await giveLease(play, server, address);
  return `here: the BMC of ${server.name} is at ${address}`;
}
