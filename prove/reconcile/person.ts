import { decided, type Said, type Says } from './field-model.ts';
import { ask, readDrifts, Refused, type SeenDrift } from './observe.ts';
import type { Play, Step } from './play.ts';
import { approve, release, requestLook, waitingPlan } from './quiet.ts';
import { POLICIES, type Server } from './world.ts';

/** What a person does in front of the inbox. */
export const stepsOfPerson: readonly (readonly [weight: number, step: Step])[] = [
  [10, decide],
  [2, approvePlan],
  [1, releaseHold],
];

async function decide(play: Play): Promise<string | undefined> {
  const { draw, stage } = play;
  const drift = draw.pick((await readDrifts(stage)).filter(({ state }) => state === 'open'));
  if (!drift) return undefined;
  const possible = drift.verdicts.filter(({ why_not: why }) => why === null).map(({ verdict }) => verdict as Says);
  // Whatever can be done is tried first: to ignore is always possible.
  const deeds = possible.filter((verdict) => verdict !== 'ignore');
  const verdict = deeds.length > 0 && draw.chance(0.7) ? draw.pick(deeds) : 'ignore';
  const note = verdict && noteOf(play, drift, verdict);
  if (!verdict || !note) return undefined;
  const what = `${drift.kind} ${drift.object} ${drift.label} ${drift.field}`;
  try {
    const { version } = drift;
    await ask(stage, 'POST', `/v1/drifts/${drift.id}/decision`, { verdict, reason: 'the proof says so', version });
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return `person: ${what}: too late for ${verdict}`;
    throw error;
  }
  note();
  return `person: ${what}: ${verdict}`;
}

/** What the model has to be told once it is decided; undefined: this is left alone in this phase, because something else is done about it. */
function noteOf({ world }: Play, drift: SeenDrift, verdict: Says): (() => void) | undefined {
  const { object, field, kind, hub_id: hubId, their_id: theirId } = drift;
  const isIgnored = verdict === 'ignore';
  if (object === 'device' && kind === 'only-there') {
    const device = world.devices.find(({ id }) => String(id) === theirId);
    if (!device || device.touched) return undefined;
    return () => Object.assign(device, { touched: true, accepted: !isIgnored, ignored: isIgnored });
  }
  const server = world.servers.find(({ assetId }) => hubId === assetId || hubId?.startsWith(`${assetId}/`));
  if (!server || server.touched) return undefined;
  if (object === 'device' && field === '')
    return () => Object.assign(server, { touched: true, again: !isIgnored, ignored: isIgnored });
  if (object === 'device') return noteField(server, drift, verdict);
  const port = server.ports.find(({ id }) => id === hubId);
  if (port) return () => Object.assign(port, { wanted: !isIgnored, ignored: isIgnored });
  const part = [...server.parts.values()].find(({ id }) => id === hubId) ?? moduleOf(server, theirId);
  if (object !== 'module' || !part || part.touched) return undefined;
  if (field === 'serial' || field === 'model')
    return () => {
      part[field] = decided(POLICIES.part, part[field], sayingOf(drift, verdict));
    };
  if (field !== '') return undefined;
  return () => {
    part.touched = true;
    part.ignored = isIgnored;
    if (isIgnored) return;
    if (kind !== 'gone-here') part.again = true;
    else if (part.module) {
      part.removed = true;
      part.everRemoved.add(part.module.id);
    }
  };
}

function moduleOf(server: Server, theirId: string | null) {
  return [...server.parts.values()].find(({ module }) => module && String(module.id) === theirId);
}

function noteField(server: Server, drift: SeenDrift, verdict: Says): (() => void) | undefined {
  const saying = sayingOf(drift, verdict);
  const { device } = server;
  if (drift.field === 'serial' && device)
    return () => {
      server.touched = true;
      if (verdict === 'push-ours') device.serial = server.serial ?? '';
      else if (verdict === 'accept-theirs') server.serial = device.serial;
      else server.doubtIgnored = true;
    };
  if (drift.field === 'asset_tag')
    return () => {
      server.tags = decided(POLICIES.asset_tag, server.tags, saying);
    };
  if (drift.field !== 'model') return undefined;
  return () => {
    server.models = decided(POLICIES.model, server.models, saying);
  };
}

function sayingOf({ kind, theirs, ours }: SeenDrift, says: Says) {
  return { says, kind, theirs: theirs as Said, ours: ours as Said };
}

async function approvePlan({ stage }: Play): Promise<string | undefined> {
  const plan = await waitingPlan(stage);
  if (!plan) return (await requestLook(stage)) ? 'person: wants everything looked at' : undefined;
  try {
    await approve(stage, plan);
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return 'person: too late to approve the plan';
    throw error;
  }
  return 'person: approves the plan';
}

async function releaseHold({ stage }: Play): Promise<string | undefined> {
  return (await release(stage)) ? 'person: lets it write again' : undefined;
}
