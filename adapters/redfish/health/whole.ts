import { z } from 'zod';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { HealthWord } from '../../../src/ports/bmc-health.ts';
import type { Bmc } from '../client.ts';
import { asLink, asText } from '../decode.ts';
import { distinct, faultsOf } from './faults.ts';
import { loadManager, saveManager, type ManagerNote } from './plan.ts';
import { rollupOf, worst, type Resource } from './said.ts';

/** What the systems and managers say of themselves. */
export interface Whole {
  /** The first is the server itself. */
  systems: Resource[];
  manager: ManagerNote | null;
}

export function systemHealth({ systems }: Whole): HealthWord | null {
  return worst(systems.map(rollupOf));
}

/** Changes whenever what is said of the whole changes: then the parts are worth a look. */
export function markOf({ systems }: Whole): string {
  return systems.map((one) => rollupOf(one) ?? '?').join(' ');
}

export const isWell = (mark: string): boolean => !/Warning|Critical/.test(mark);

/** What was read of the managers, noted for the polls in between. Null: none could be read. */
export function readManagers(bmc: Bmc, bodies: readonly Resource[], now: Date): ManagerNote | null {
  if (bodies.length === 0) return loadManager(bmc);
  const seenAt = now.toISOString();
  const marks = bodies
    .map((one) => asText(one['LastResetTime']))
    .filter((mark) => mark !== null && !/^0000/.test(mark));
  const note: ManagerNote = {
    readAt: now.getTime(),
    health: worst(bodies.map(rollupOf)),
    bootMark: marks.length === 0 ? null : marks.join(' '),
    faults: distinct(bodies.flatMap((one) => faultsOf(one, asLink(one) ?? 'manager', seenAt))),
  };
  saveManager(bmc, note);
  return note;
}

export const Raw = z.record(z.string(), z.unknown());

/** What fails by itself is said; what ends the whole read is thrown. */
export async function orWarning<T>(bmc: Bmc, reading: Promise<T>, link: string, warnings: string[]): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    const fatal = bmc.fatal();
    if (fatal) throw fatal;
    if (!(error instanceof AdapterError)) throw error;
    warnings.push(`${link}: ${error.message}`);
    return null;
  }
}
