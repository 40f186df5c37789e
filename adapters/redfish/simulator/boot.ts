import type { SimulatedAnswer } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import type { Body } from './tree.ts';

/**
 * How a boot override wants to be set. 'plain': any part of it. 'settings': read-only on the system, writable in its settings object
 * (iDRAC 10). 'whole': Enabled, Mode and Target in one PATCH (Supermicro). 'full': a part of the object is taken and has no effect
 * (MegaRAC). 'continuous': whatever was set shows as Continuous (sushy-tools). 'ignored': taken, without any effect.
 */
export type BootProfile = 'plain' | 'settings' | 'whole' | 'full' | 'continuous' | 'ignored';

export function isBootProfile(profile: BootProfile, place: 'system' | 'settings'): boolean {
  return profile !== 'settings' || place === 'settings';
}

/** The boot object after the PATCH; or what is answered instead. */
export function changeBoot(
  boot: Body,
  wanted: Body,
  profile: BootProfile,
  place: 'system' | 'settings',
): { boot: Body } | { refused: SimulatedAnswer } {
  if (!isBootProfile(profile, place))
    return { refused: refuse(400, 'PropertyNotWritable', 'Boot is read-only; use the settings object.') };
  const unknown = Object.keys(wanted).find((key) => !(key in boot) && key !== 'HttpBootUri');
  if (unknown !== undefined) return { refused: refuse(400, 'PropertyUnknown', `Boot.${unknown} is not known.`) };
  for (const key of ['BootSourceOverrideTarget', 'BootSourceOverrideMode', 'BootSourceOverrideEnabled']) {
    const allowed = boot[`${key}@Redfish.AllowableValues`];
    const value = wanted[key];
    if (value === undefined || !Array.isArray(allowed) || allowed.includes(value)) continue;
    return { refused: refuse(400, 'PropertyValueNotInList', `${String(value)} is none of ${allowed.join(', ')}.`) };
  }
  const named = ['BootSourceOverrideEnabled', 'BootSourceOverrideMode', 'BootSourceOverrideTarget'];
  if (profile === 'whole' && named.some((key) => key in boot && !(key in wanted)))
    return { refused: refuse(400, 'PropertyMissing', `${named.join(', ')} belong together.`) };
  if (profile === 'ignored') return { boot };
  const shown = Object.keys(boot).filter((key) => key.startsWith('BootSourceOverride') && !key.includes('@'));
  if (profile === 'full' && shown.some((key) => !(key in wanted))) return { boot };
  const shows = profile === 'continuous' ? { BootSourceOverrideEnabled: 'Continuous' } : {};
  return { boot: { ...boot, ...wanted, ...shows } };
}

/** Once is once: used up by the start of the server. Undefined: there was none. */
export function usedUp(body: Body | undefined): Body | undefined {
  const boot = body?.['Boot'] as Body | undefined;
  if (boot?.['BootSourceOverrideEnabled'] !== 'Once') return undefined;
  return { Boot: { ...boot, BootSourceOverrideEnabled: 'Disabled', BootSourceOverrideTarget: 'None' } };
}
