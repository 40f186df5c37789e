import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import { laterOf } from './later.ts';
import { foldPath, type Body } from './tree.ts';

export type PowerState = 'On' | 'Off' | 'PoweringOn' | 'PoweringOff';

export interface PowerOptions {
  /** How long switching on, off, or each half of a restart takes. */
  delayMs: number;
  /** 'late': the old state shows until the new one is reached. */
  states: 'between' | 'late';
  /** What "On" gets when it is on already: 204 (OpenBMC), 400 (iLO) or 409 (iDRAC 10 shortly after). */
  whenAlready: 204 | 400 | 409;
  /** 409 to everything for so long after a state was reached. */
  busyMs: number;
  /** How long POST lasts. */
  postMs: number;
  read(path: string): Body | undefined;
  write(path: string, part: Body): void;
  /** The server begins to boot. */
  started(path: string): void;
}

/** ComputerSystem.Reset. */
export interface Power {
  /** Undefined: not a reset. */
  reset(request: SimulatedRequest): SimulatedAnswer | undefined;
  inPost(): boolean;
  close(): void;
}

const DEFAULT_TYPES = [
  'On',
  'ForceOff',
  'GracefulShutdown',
  'ForceRestart',
  'GracefulRestart',
  'Nmi',
  'PushPowerButton',
];

export function powerOf(systemPaths: readonly string[], options: PowerOptions): Power {
  const later = laterOf();
  const since = { reached: -Infinity, on: -Infinity };

  function set(path: string, PowerState: PowerState): void {
    const isBetween = PowerState.startsWith('Powering');
    if (!isBetween) since.reached = performance.now();
    if (PowerState === 'On') since.on = performance.now();
    if (!isBetween || options.states === 'between') options.write(path, { PowerState });
  }
  function switchOn(path: string): void {
    set(path, 'PoweringOn');
    later(options.delayMs, () => {
      set(path, 'On');
      options.started(path);
    });
  }
  function switchOff(path: string, then: () => void = () => {}): void {
    set(path, 'PoweringOff');
    later(options.delayMs, () => {
      set(path, 'Off');
      then();
    });
  }

  function act(path: string, type: string): SimulatedAnswer {
    if (performance.now() - since.reached < options.busyMs)
      return refuse(409, 'ResourceInUse', 'The system has just changed its state.');
    const now = options.read(path)?.['PowerState'];
    const isOn = now === 'On' || now === 'PoweringOn';
    const already = (type === 'On' && isOn) || (/^(ForceOff|GracefulShutdown)$/.test(type) && !isOn);
    if (already && options.whenAlready === 409)
      return refuse(409, 'ResourceInUse', 'The system is changing its state.');
    if (already && options.whenAlready === 400)
      return refuse(400, 'ActionNotSupported', `The system is ${String(now)} already.`);
    if (already || type === 'Nmi') return { status: 204 };
    if (type === 'On' || type === 'ForceOn') switchOn(path);
    else if (type === 'PushPowerButton') (isOn ? switchOff : switchOn)(path);
    else if (/Restart|PowerCycle/.test(type)) switchOff(path, () => switchOn(path));
    else switchOff(path);
    return { status: 204 };
  }

  return {
    reset(request) {
      if (request.method !== 'POST') return undefined;
      for (const path of systemPaths) {
        const system = options.read(path);
        const action = (system?.['Actions'] as Record<string, Body> | undefined)?.['#ComputerSystem.Reset'];
        if (typeof action?.['target'] !== 'string' || foldPath(action['target']) !== foldPath(request.path)) continue;
        const type = (request.json as { ResetType?: unknown } | undefined)?.ResetType;
        if (typeof type !== 'string') return refuse(400, 'ActionParameterMissing', 'ResetType is missing.');
        const allowed = allowable(action, options.read);
        if (!allowed.includes(type))
          return refuse(400, 'ActionParameterNotSupported', `${type} is none of ${allowed.join(', ')}.`);
        return act(path, type);
      }
      return undefined;
    },
    inPost: () => performance.now() - since.on < options.postMs,
    close: () => later.close(),
  };
}

/** In the action itself, or in the ActionInfo that it names (Supermicro, OpenBMC). */
function allowable(action: Body, read: PowerOptions['read']): string[] {
  const inline = action['ResetType@Redfish.AllowableValues'];
  if (Array.isArray(inline)) return inline.map(String);
  const link = action['@Redfish.ActionInfo'];
  const info = typeof link === 'string' ? read(link) : undefined;
  const parameters = (info?.['Parameters'] ?? []) as { Name?: string; AllowableValues?: string[] }[];
  return parameters.find((one) => one.Name === 'ResetType')?.AllowableValues ?? DEFAULT_TYPES;
}
