import { AdapterError } from '../../src/ports/adapter-error.ts';
import { emptyReading, type FileReading } from '../../src/ports/bundle-format.ts';
import { reportToReading } from '../../src/ports/inventory-to-reading.ts';
import type { Bmc } from './client.ts';
import { readCollection } from './collection.ts';
import { Text } from './decode.ts';
import { readAll } from './inventory.ts';
import { pickManager } from './read-managers.ts';
import { readSystems } from './read-systems.ts';
import { Manager } from './schema.ts';
import { asInstant } from './tree-clock.ts';
import type { Resources } from './tree-machines.ts';
import { openResources } from './tree-source.ts';

/** Reads saved resources of one machine as its BMC would be read. What ends such a read is a warning here. */
export async function readMachine(resources: Resources): Promise<FileReading> {
  const bmc = openResources(resources);
  try {
    const collectedAt = (await managerClock(bmc)) ?? recordedAt(resources);
    const body = await readAll(bmc, { firmwareTimeoutMs: 0, now: () => new Date(0) });
    const fatal = bmc.fatal();
    if (fatal !== null) throw fatal;
    return { ...reportToReading({ ...body, requests: 0, fingerprint256: null }), collectedAt };
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    return { ...emptyReading('redfish'), warnings: [error.message] };
  }
}

const Clock = Manager.extend({ DateTime: Text, DateTimeLocalOffset: Text });

/** What the BMC's clock showed while its manager was saved; one that was never set shows 1970 or the firmware's year. */
async function managerClock(bmc: Bmc): Promise<string | null> {
  if (bmc.root.Managers === null) return null;
  const { primary } = await readSystems(bmc);
  const { members } = await readCollection(bmc, bmc.root.Managers, Clock);
  const manager = pickManager(members, primary);
  const own = members.find((one) => one === manager);
  return own === undefined ? null : asInstant(own.DateTime, own.DateTimeLocalOffset);
}

function recordedAt(resources: Resources): string | null {
  const times = [...resources.values()].map((one) => asInstant(one.at, null)).filter((at) => at !== null);
  return times.toSorted()[0] ?? null;
}
