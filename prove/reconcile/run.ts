import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '#test/kit/seeded.ts';
import type { SharedProof } from '../proof.ts';
import { checkAtRest, learnPlaces } from './check.ts';
import { unjustified } from './check-writes.ts';
import { drawing } from './draw.ts';
import type { Play, Step } from './play.ts';
import { lookHere, readDrifts } from './observe.ts';
import { emptyWorld, furnish, populate } from './prepare.ts';
import { comeToRest, lookAtEverything, nothingUnderWay } from './quiet.ts';
import { setReconcileStage, type Stage } from './stage.ts';
import { DEATHS, stepsAround } from './steps-around.ts';
import { stepsHere } from './steps-here.ts';
import { stepsThere } from './steps-there.ts';
import { tellDeeds } from './tell-deeds.ts';
import { stepsOfPerson } from './person.ts';

export const proveReconcile: SharedProof = {
  says: 'whatever changes on both sides in whatever order, and whatever fails, NetBox and the hub come to rest as the reference model says',
  async open() {
    const stage = await setReconcileStage();
    return { run: (options) => proveCase(stage, options), close: () => stage.close() };
  },
};

/** In turn, so that four seeds have met all. */
const VERSIONS = ['4.7.3', '4.4.10', '4.6.8', '4.5.10'];

async function proveCase(stage: Stage, { seed, say }: { seed: number; say(line: string): void }): Promise<void> {
  const random = seeded(seed);
  const draw = drawing(random);
  const version = VERSIONS[seed % VERSIONS.length] ?? '';
  const webhookDelayMs = draw.pick([5, 5, 400]) ?? 5;
  const changeLogDelayMs = draw.pick([0, 300]) ?? 0;
  say(`NetBox ${version}, webhooks after ${webhookDelayMs} ms, rows of bulk writes seen after ${changeLogDelayMs} ms`);
  const on = await stage.open({ version, webhookDelayMs, changeLogDelayMs });
  try {
    let minute = 0;
    const moment = (): string => new Date(Date.UTC(2026, 5, 1) + (minute += 60_000)).toISOString();
    const play: Play = { stage: on, world: emptyWorld(), draw, hot: new Set(), moment, say };
    const from = on.netbox.database.changeLog.length;
    furnish(play);
    await lookAtEverything(on);
    await nothingUnderWay(on);
    learnPlaces(play.world, await lookHere(on));
    await populate(play);
    say(`${on.netbox.database.all('device').length} devices there, ${play.world.servers.length} servers here`);
    await atRest(play, from);
    for (let phase = 1 + draw.upTo(2), nth = 0; phase > 0; phase -= 1, nth += 1) {
      await disturb(play, seed + nth);
      await atRest(play, from);
    }
    await findsNothing(play, from);
  } finally {
    await on.close();
  }
}

async function disturb(play: Play, death: number): Promise<void> {
  const { draw, say } = play;
  const deadly = DEATHS[death % DEATHS.length];
  const count = 12 + draw.upTo(14);
  const dies = draw.upTo(count);
  const fitted = play.world.servers.filter(({ parts, device }) => parts.size > 0 && device && !device.gone);
  play.hot = new Set([draw.pick(fitted), draw.pick(fitted), draw.pick(play.world.servers)].flatMap((one) => one ?? []));
  for (let at = 0; at < count; at += 1) {
    const all = [stepsHere, stepsThere, stepsThere, stepsAround, stepsOfPerson];
    const step = at === dies && deadly ? deadly : chosen(play, draw.pick(all) ?? stepsHere);
    const did = await step(play);
    if (did !== undefined) say(did);
    if (draw.chance(0.3)) await sleep(draw.upTo(200));
  }
}

function chosen({ draw }: Play, steps: readonly (readonly [weight: number, step: Step])[]): Step {
  let at = draw.upTo(steps.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, step] of steps) {
    if (at < weight) return step;
    at -= weight;
  }
  return async () => undefined;
}

async function atRest(play: Play, from: number): Promise<void> {
  const { stage, world, say } = play;
  await comeToRest(stage, say).catch((error: Error) => fail(play, error.message, [error.message]));
  const wrong = await checkAtRest(stage, world);
  wrong.push(...unjustified(stage, world, from));
  if (wrong.length > 0) await fail(play, 'at rest, this is wrong:', wrong);
  const kinds = Object.entries(Object.groupBy(await readDrifts(stage), ({ kind, state }) => `${kind} ${state}`));
  say(`at rest, all is as it has to be: ${kinds.map(([kind, some]) => `${some?.length} ${kind}`).join(', ')}`);
}

/** Somebody saves every device without a change: each is looked at by itself, then everything at once; nothing is found, and nothing written. */
async function findsNothing(play: Play, from: number): Promise<void> {
  const { stage, world } = play;
  const { netbox } = stage;
  netbox.server.forget();
  for (const { id } of netbox.database.all('device')) netbox.as('alice').change('device', id, {});
  await nothingUnderWay(stage);
  const wrong = await checkAtRest(stage, world);
  const did = await lookAtEverything(stage);
  await nothingUnderWay(stage);
  wrong.push(...(await checkAtRest(stage, world)), ...unjustified(stage, world, from));
  if (did !== undefined) wrong.push(`a further look at everything finds ${did}`);
  const writes = netbox.server.requests.filter(({ method }) => !['GET', 'OPTIONS', 'HEAD'].includes(method));
  for (const { method, path, body } of writes)
    wrong.push(`nothing was to be written, but ${method} ${path} ${body.toString()}`);
  if (wrong.length > 0) await fail(play, 'after nothing has changed, this is wrong:', wrong);
}

async function fail({ stage, world }: Play, what: string, wrong: readonly string[]): Promise<never> {
  throw new Error(
    [what, ...wrong.filter((line) => line !== what), ...(await tellDeeds(stage, world, wrong))].join('\n   '),
  );
}
