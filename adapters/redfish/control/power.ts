import type { PowerAction, PowerResult, PowerState } from '../../../src/ports/bmc-control.ts';
import type { Announce } from '../../../src/ports/bmc-firmware.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { findAction, type Action } from '../action.ts';
import { asText } from '../decode.ts';
import type { Machine, Resource } from './machine.ts';
import { isRefusal, sendPatiently } from './patience.ts';
import { lookUntil } from './waits.ts';

const STATES: readonly PowerState[] = ['On', 'Off', 'PoweringOn', 'PoweringOff', 'Paused'];

/** What does it, most wanted first. A graceful one is never replaced by a forced one: that is another thing to ask for. */
const RESET_TYPES: Record<PowerAction, readonly string[]> = {
  on: ['On', 'ForceOn', 'PushPowerButton'],
  off: ['GracefulShutdown', 'PushPowerButton'],
  'force-off': ['ForceOff'],
  restart: ['GracefulRestart'],
  'force-restart': ['ForceRestart'],
  cycle: ['PowerCycle'],
  nmi: ['Nmi'],
};

/** Where it leads to; null: nothing that can be read tells that it has happened. */
const GOALS: Record<PowerAction, PowerState | null> = {
  on: 'On',
  off: 'Off',
  'force-off': 'Off',
  restart: null,
  'force-restart': null,
  cycle: null,
  nmi: null,
};

/** A word that nobody knows is as good as none: unknown. */
export function powerStateOf(resource: Resource): PowerState | null {
  const said = asText(resource['PowerState'])?.toLowerCase();
  return STATES.find((state) => state.toLowerCase() === said) ?? null;
}

export async function readPower(machine: Machine): Promise<{ state: PowerState | null; allowed: string[] }> {
  const action = findAction(machine.bmc, machine.found, '#ComputerSystem.Reset');
  return { state: powerStateOf(machine.found), allowed: (await action?.allowed('ResetType')) ?? [] };
}

/** What takes two requests is announced once, before the first. */
export async function setPower(machine: Machine, action: PowerAction, announce: Announce): Promise<PowerResult> {
  const { bmc, found, system } = machine;
  const reset = findAction(bmc, found, '#ComputerSystem.Reset');
  if (reset === null)
    throw new AdapterError('unsupported', `${system}: ${machine.path} offers no reset at all`, { system });
  const before = powerStateOf(found);
  if (isSo(action, before)) return { outcome: 'already', resetType: null, before, after: before };
  refuseWhileOff(machine, action, before);
  const allowed = await reset.allowed('ResetType');
  if (action === 'on' && before === 'PoweringOff') await waitForOff(machine);

  const inTwo = madeOfTwo(machine, action, allowed);
  const types = inTwo === null ? fitting(machine, action, allowed, before) : [];
  await announce();
  if (inTwo !== null) return offAndOn(machine, reset, inTwo, before);
  const resetType = await resetWith(machine, reset, types, action);
  const after = await stateAfter(machine, GOALS[action]);
  return { outcome: resetType === null ? 'already' : 'accepted', resetType, before, after };
}

function isSo(action: PowerAction, state: PowerState | null): boolean {
  if (action === 'on') return state === 'On' || state === 'PoweringOn';
  if (action === 'off') return state === 'Off' || state === 'PoweringOff';
  return action === 'force-off' && state === 'Off';
}

/** Some BMCs switch a server on when it is told to restart, others refuse, others hang: none of them is what was asked for. */
function refuseWhileOff({ system }: Machine, action: PowerAction, state: PowerState | null): void {
  if (state !== 'Off' || GOALS[action] !== null) return;
  const message = `${system}: the server is off, there is nothing to ${action.replace('-', ' ')}; ask for "on"`;
  throw new AdapterError('rejected', message, { system });
}

/** "On" while it is still going down is refused or lost by most. Nothing was asked for yet. */
async function waitForOff(machine: Machine): Promise<void> {
  const state = await stateUntil(machine, (now) => now !== 'PoweringOff');
  if (state !== 'PoweringOff') return;
  const message = `${machine.system}: the server is still powering off; it is switched on once that has ended`;
  throw new AdapterError('throttled', message, { system: machine.system, retryAfterMs: 10_000 });
}

/** The reset types that may be sent now, in the BMC's own spelling. */
function fitting(
  { system }: Machine,
  action: PowerAction,
  allowed: string[] | null,
  state: PowerState | null,
): string[] {
  // The button toggles: only for who knows the state.
  const sure = action === 'on' ? state === 'Off' : state === 'On';
  const wanted = RESET_TYPES[action].filter((type) => type !== 'PushPowerButton' || sure);
  if (allowed === null) return wanted.slice(0, 1);
  const offered = wanted
    .map((type) => allowed.find((one) => one.toLowerCase() === type.toLowerCase()))
    .filter((type) => type !== undefined);
  if (offered.length > 0) return offered.slice(0, 1);
  const message = `${system}: the BMC offers nothing for "${action}" (${wanted.join(' or ')}); it offers ${allowed.join(', ') || 'nothing'}`;
  throw new AdapterError('rejected', message, { system, detail: { allowed } });
}

/** @returns the type that the BMC took; null: it was so before it took any */
async function resetWith(
  machine: Machine,
  reset: Action,
  [type = '']: readonly string[],
  action: PowerAction,
): Promise<string | null> {
  const settled = async (): Promise<boolean> => isSo(action, powerStateOf(await machine.now()));
  try {
    const write = { method: 'POST', link: reset.target, body: { ResetType: type } } as const;
    const answer = await sendPatiently(machine, write, settled);
    return answer === null ? null : type;
  } catch (error) {
    // iLO answers 400 where it is so already: somebody else was quicker than our request.
    if (isRefusal(error) && (await settled())) return null;
    throw error;
  }
}

/** A cycle where the BMC has none, and a forced restart where the BMC's own hangs. Null: one request does it. */
function madeOfTwo(
  { quirks }: Machine,
  action: PowerAction,
  allowed: string[] | null,
): { off: string; on: string } | null {
  const has = (type: string): string | undefined => allowed?.find((one) => one.toLowerCase() === type.toLowerCase());
  const [off, on] = [has('ForceOff'), has('On')];
  if (off === undefined || on === undefined) return null;
  if (action === 'force-restart' && quirks.restartByOffAndOn) return { off, on };
  return action === 'cycle' && has('PowerCycle') === undefined ? { off, on } : null;
}

async function offAndOn(
  machine: Machine,
  reset: Action,
  types: { off: string; on: string },
  before: PowerState | null,
): Promise<PowerResult> {
  const { system } = machine;
  await resetWith(machine, reset, [types.off], 'force-off');
  const state = await stateUntil(machine, (now) => now === 'Off');
  if (state !== 'Off') {
    const message = `${system}: ${types.off} was taken, but the server shows ${state ?? 'no power state'}; it was not switched on again: look at it`;
    throw new AdapterError('rejected', message, { system });
  }
  await switchOnAgain(machine, reset, types.on);
  const after = await stateAfter(machine, 'On');
  return { outcome: 'accepted', resetType: `${types.off}, ${types.on}`, before, after };
}

/** A refusal here is no "nothing happened": the server is off now. */
async function switchOnAgain(machine: Machine, reset: Action, type: string): Promise<void> {
  try {
    await resetWith(machine, reset, [type], 'on');
  } catch (error) {
    if (!(error instanceof AdapterError) || error.kind === 'unreachable') throw error;
    const message = `${machine.system}: the server was switched off and could not be switched on again: ${error.message}; ask for "on"`;
    throw new AdapterError('rejected', message, { system: machine.system, status: error.status, cause: error });
  }
}

async function stateUntil(machine: Machine, isIt: (state: PowerState | null) => boolean): Promise<PowerState | null> {
  const { waits, signal } = machine;
  const look = async (): Promise<PowerState | null> => powerStateOf(await machine.now());
  return lookUntil(look, isIt, { forMs: waits.powerMs, everyMs: waits.lookMs, signal });
}

/** The request was taken: that nothing can be read now does not undo it. Unknown stays unknown. */
async function stateAfter(machine: Machine, goal: PowerState | null): Promise<PowerState | null> {
  try {
    return await stateUntil(machine, (now) => goal === null || now === goal);
  } catch (error) {
    if (error instanceof AdapterError) return null;
    throw error;
  }
}
