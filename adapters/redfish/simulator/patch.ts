import { createHash } from 'node:crypto';
import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import { type BootProfile, changeBoot } from './boot.ts';
import { refuseLight } from './led.ts';
import type { Body } from './tree.ts';

const WRITABLE = {
  system: new Set(['Boot', 'AssetTag', 'HostName', 'IndicatorLED', 'LocationIndicatorActive']),
  settings: new Set(['Boot']),
  chassis: new Set(['AssetTag', 'IndicatorLED', 'LocationIndicatorActive']),
} as const;

export interface PatchOptions {
  /** What kind of resource it is. */
  place: keyof typeof WRITABLE;
  /** 'required': 428 without If-Match (Lenovo). */
  etags: 'optional' | 'required';
  boot: BootProfile;
  /** The server is in its POST: iLO takes no changes of the boot meanwhile. */
  inPost: boolean;
  write(part: Body): void;
}

/** Changes with every change of the body. */
export function etagOf(body: Body): string {
  return `"${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16)}"`;
}

/** PATCH of a system: its boot override, its light, and the few other properties that can be set. */
export function patch(request: SimulatedRequest, body: Body, options: PatchOptions): SimulatedAnswer {
  const { place, etags, boot: profile, inPost, write } = options;
  const condition = request.headers['if-match'];
  if (condition === undefined && etags === 'required')
    return refuse(428, 'PreconditionRequired', 'If-Match is required.');
  if (condition !== undefined && condition !== '*' && condition !== etagOf(body))
    return refuse(412, 'PreconditionFailed', 'The ETag did not match.');
  const wanted = request.json;
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted))
    return refuse(400, 'MalformedJSON', 'The body is not a JSON object.');
  const fixed = Object.keys(wanted).find((key) => !WRITABLE[place].has(key));
  if (fixed !== undefined) return refuse(400, 'PropertyNotWritable', `${fixed} cannot be written.`);

  const { Boot, ...rest } = wanted as { Boot?: Body };
  const dark = refuseLight(rest, body);
  if (dark !== undefined) return dark;
  if (Boot === undefined) {
    write(rest);
    return { status: 204 };
  }
  if (inPost)
    return refuse(400, 'UnableToModifyDuringSystemPOST', 'The value cannot be changed while the system is in POST.');
  const changed = changeBoot((body['Boot'] ?? {}) as Body, Boot, profile, place === 'settings' ? 'settings' : 'system');
  if ('refused' in changed) return changed.refused;
  write({ ...rest, Boot: changed.boot });
  return { status: 204 };
}
