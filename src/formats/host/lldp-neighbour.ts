import { normalizeMac } from '#src/core/mac.ts';
import { said } from './words.ts';
import { emptyReading, type FileReading } from '#src/ports/bundle-format.ts';

export type Neighbour = FileReading['neighbours'][number];

export interface Heard {
  interface: string | null;
  chassis: string | null;
  portId: string | null;
  portDescription: string | null;
  name: string | null;
}

export function nothingHeard(name: string | null): Heard {
  return { interface: name, chassis: null, portId: null, portDescription: null, name: null };
}

/** An interface without a neighbour is listed by some versions; it tells nothing. */
export function neighbourOf(heard: Heard): Neighbour | null {
  const chassis = said(heard.chassis);
  const port = portNameOf(said(heard.portId), said(heard.portDescription));
  const name = said(heard.name);
  if (chassis === null && port === null && name === null) return null;
  return {
    interface: said(heard.interface) ?? '',
    chassis: chassis === null ? null : (normalizeMac(chassis) ?? chassis),
    port,
    name,
  };
}

/**
 * Juniper and HP send a bare number or the port's MAC as its id, and the name that is printed on the switch as the description; elsewhere
 * the description is what an operator wrote.
 */
function portNameOf(id: string | null, description: string | null): string | null {
  if (id === null) return description;
  const cryptic = /^\d{1,10}$/.test(id) || normalizeMac(id) !== undefined;
  return cryptic && description !== null ? description : id;
}

export function lldpReading(all: readonly Heard[]): FileReading {
  const reading = emptyReading('tools');
  reading.neighbours = all.map(neighbourOf).filter((one) => one !== null);
  return reading;
}
