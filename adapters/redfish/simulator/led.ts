import type { SimulatedAnswer } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import type { Body } from './tree.ts';

/** The identify light of a system or chassis: refused where it shows none, or for a word that there is not. */
export function refuseLight(wanted: Body, body: Body): SimulatedAnswer | undefined {
  for (const key of ['IndicatorLED', 'LocationIndicatorActive']) {
    const value = wanted[key];
    if (value === undefined) continue;
    if (body[key] === undefined || body[key] === null)
      return refuse(400, 'PropertyUnknown', `${key} is not known here.`);
    const allowed = body[`${key}@Redfish.AllowableValues`];
    const words = Array.isArray(allowed) ? allowed : ['Lit', 'Blinking', 'Off'];
    if (key === 'IndicatorLED' && !words.includes(value))
      return refuse(400, 'PropertyValueNotInList', `${String(value)} is none of ${words.join(', ')}.`);
    if (key === 'LocationIndicatorActive' && typeof value !== 'boolean')
      return refuse(400, 'PropertyValueTypeError', `${key} is true or false.`);
  }
  return undefined;
}
