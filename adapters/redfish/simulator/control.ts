import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { type BootProfile, usedUp } from './boot.ts';
import { type MediaProfile, mediaOf } from './media.ts';
import { patch } from './patch.ts';
import { powerOf } from './power.ts';
import { foldPath, type Body } from './tree.ts';

/** How a simulated BMC takes what it is told. */
export interface ControlOptions {
  /** How long switching on, off, or each half of a restart takes. Default 20. */
  powerDelayMs?: number;
  /** 'between': PoweringOn and PoweringOff show. 'late': the old state shows until the new one is reached (sushy-tools). */
  powerStates?: 'between' | 'late';
  whenAlready?: 204 | 400 | 409;
  /** 409 to every reset for so long after a state was reached (iDRAC 10). Default 0. */
  busyMs?: number;
  /** POST lasts so long after power-on; the boot override cannot be changed meanwhile. Default 0. */
  postMs?: number;
  etags?: 'optional' | 'required';
  boot?: BootProfile;
  media?: MediaProfile;
  /** Default 20. */
  mediaDelayMs?: number;
  /** Images are taken, and never show. */
  mediaIsSilent?: boolean;
}

/** Everything that the server behind the BMC can be told. */
export interface Control {
  /** Undefined: nothing of this. */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  close(): void;
}

export function controlOf(
  systemPaths: readonly string[],
  options: ControlOptions,
  state: {
    read(path: string): Body | undefined;
    write(path: string, part: Body): void;
    /** The server begins to boot. */
    started?(path: string): void;
  },
): Control {
  const { read, write } = state;
  const profile = options.boot ?? 'plain';
  const settings = new Map<string, string>();
  if (profile === 'settings') for (const path of systemPaths) settings.set(addSettings(path), path);

  const power = powerOf(systemPaths, {
    delayMs: options.powerDelayMs ?? 20,
    states: options.powerStates ?? 'between',
    whenAlready: options.whenAlready ?? 204,
    busyMs: options.busyMs ?? 0,
    postMs: options.postMs ?? 0,
    read,
    write,
    started(path) {
      state.started?.(path);
      for (const one of [path, ...settings.keys()]) {
        const after = usedUp(read(one));
        if (after !== undefined) write(one, after);
      }
    },
  });
  const media = mediaOf({
    profile: options.media ?? 'any',
    delayMs: options.mediaDelayMs ?? 20,
    isSilent: options.mediaIsSilent ?? false,
    read,
    write,
  });

  function addSettings(path: string): string {
    const system = read(path) ?? {};
    const to = `${String(system['@odata.id'] ?? path)}/Settings`;
    write(to, { '@odata.id': to, '@odata.type': '#ComputerSystem.v1_20_0.ComputerSystem', Boot: system['Boot'] ?? {} });
    write(path, { '@Redfish.Settings': { SettingsObject: { '@odata.id': to } } });
    return foldPath(to);
  }

  function placeOf(path: string): 'system' | 'settings' | 'chassis' | null {
    if (systemPaths.includes(path)) return 'system';
    if (settings.has(path)) return 'settings';
    return /^\/redfish\/v1\/chassis\/[^/]+$/.test(path) ? 'chassis' : null;
  }

  return {
    answer(request) {
      const done = power.reset(request) ?? media.answer(request);
      if (done !== undefined || request.method !== 'PATCH') return done;
      const place = placeOf(foldPath(request.path));
      const body = read(request.path);
      if (place === null || body === undefined) return undefined;
      return patch(request, body, {
        place,
        etags: options.etags ?? 'optional',
        boot: profile,
        inPost: power.inPost(),
        write: (part) => write(request.path, part),
      });
    },
    close() {
      power.close();
      media.close();
    },
  };
}
