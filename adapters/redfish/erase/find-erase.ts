import { z } from 'zod';
import type { EraseHandle } from '../../../src/ports/drive-erase.ts';
import { readCollection } from '../collection.ts';
import { asLink, asText } from '../decode.ts';
import { listTasks, type Task } from '../firmware/task.ts';
import { recordAt } from '../firmware/update-service.ts';
import type { Opened } from '../firmware/with-opened.ts';
import { fold } from '../own-origin.ts';
import { findDrives } from './drives.ts';

/** Clocks tick in seconds, and a request takes some. */
const SLACK_MS = 120_000;

/**
 * The task of an erase whose answer was lost: by what it was asked of, and never an older one of the same drive, which would prove
 * nothing. Ages are compared, not times: a BMC's clock may be years off. Null: none can be told to be it.
 */
export async function findErase(opened: Opened, handle: EraseHandle): Promise<string | null> {
  const drive = (await findDrives(opened)).drives.find((one) => one.slot === handle.slot);
  const target = drive?.actions.get(handle.method)?.action.target;
  if (target === undefined) return null;
  const clock = await bmcClock(opened);
  if (clock === null) return null;
  const ourAge = opened.kit.now().getTime() - Date.parse(handle.startedAt);
  const ours = (await listTasks(opened.bmc)).filter((task) => {
    const asked = asText(recordAt(task, 'Payload')?.['TargetUri']);
    const age = ageOf(task, clock);
    return asked !== null && fold(asked) === fold(target) && age !== null && age <= ourAge + SLACK_MS;
  });
  // Of two nobody knows which one it is.
  return ours.length === 1 ? asLink(ours[0]) : null;
}

function ageOf(task: Task, clock: number): number | null {
  const began = Date.parse(asText(task['StartTime']) ?? '');
  return Number.isNaN(began) ? null : clock - began;
}

async function bmcClock({ bmc }: Opened): Promise<number | null> {
  if (bmc.root.Managers === null) return null;
  const { members } = await readCollection(bmc, bmc.root.Managers, z.record(z.string(), z.unknown()));
  const times = members.map((one) => Date.parse(asText(one['DateTime']) ?? '')).filter((one) => !Number.isNaN(one));
  return times[0] ?? null;
}
