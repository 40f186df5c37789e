import { createHash } from 'node:crypto';
import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import type { Body } from './tree.ts';

const WRITABLE = new Set(['Boot', 'AssetTag', 'HostName', 'IndicatorLED', 'LocationIndicatorActive']);

/** Changes with every change of the body. */
export function etagOf(body: Body): string {
  return `"${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16)}"`;
}

/** PATCH of a system: its boot override and the few other properties that can be set. `required`: 428 without If-Match (Lenovo). */
export function patch(
  request: SimulatedRequest,
  body: Body,
  etags: 'optional' | 'required',
  write: (part: Body) => void,
): SimulatedAnswer {
  const condition = request.headers['if-match'];
  if (condition === undefined && etags === 'required')
    return refuse(428, 'PreconditionRequired', 'If-Match is required.');
  if (condition !== undefined && condition !== '*' && condition !== etagOf(body))
    return refuse(412, 'PreconditionFailed', 'The ETag did not match.');
  const wanted = request.json;
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted))
    return refuse(400, 'MalformedJSON', 'The body is not a JSON object.');
  const fixed = Object.keys(wanted).find((key) => !WRITABLE.has(key));
  if (fixed !== undefined) return refuse(400, 'PropertyNotWritable', `${fixed} cannot be written.`);

  const { Boot, ...rest } = wanted as { Boot?: Body };
  const boot = (body['Boot'] ?? {}) as Body;
  const targets = boot['BootSourceOverrideTarget@Redfish.AllowableValues'];
  const target = Boot?.['BootSourceOverrideTarget'];
  if (target !== undefined && Array.isArray(targets) && !targets.includes(target)) {
    return refuse(400, 'PropertyValueNotInList', `${String(target)} is none of ${targets.join(', ')}.`);
  }
  write({ ...rest, ...(Boot === undefined ? {} : { Boot: { ...boot, ...Boot } }) });
  return { status: 204 };
}
