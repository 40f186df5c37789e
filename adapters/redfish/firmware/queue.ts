import { z } from 'zod';
import { fileNameOf } from '../../../src/kit/file-name-of.ts';
import type { UpdateHandle, Withdrawal } from '../../../src/ports/bmc-firmware.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { readCollection } from '../collection.ts';
import { asLink, asText } from '../decode.ts';
import { fold } from '../own-origin.ts';
import { stateOfTask, type Task, type TaskState } from './task.ts';
import { isBusy, readUpdateService, type UpdateService } from './update-service.ts';
import type { Opened } from './with-opened.ts';

type Queued = NonNullable<UpdateHandle['queued']>;

/**
 * All that stands in HPE's queue of updates, also what has ended and was not taken off it.
 * @throws AdapterError also where a part of it could not be read: what is not seen may be under way
 */
async function readQueue({ bmc, system }: Opened, { hpeQueue }: UpdateService): Promise<Task[]> {
  if (hpeQueue === null) return [];
  try {
    await bmc.get(hpeQueue);
  } catch (error) {
    if (error instanceof AdapterError && error.kind === 'not-found') return [];
    throw error;
  }
  const { members, failures } = await readCollection(bmc, hpeQueue, z.record(z.string(), z.unknown()));
  const [failure] = failures;
  if (failure === undefined) return members;
  const message = `${system}: the queue of updates cannot be read whole: ${failure.path} ${failure.why}`;
  throw new AdapterError('unreachable', message, { system });
}

/** What to look for in the queue later. Undefined where there is none. */
export async function beforeQueueing(opened: Opened, service: UpdateService, uri: string): Promise<Queued | undefined> {
  return service.hpeQueue === null ? undefined : inFrontOf(opened, service, uri);
}

/** What stands in the queue before an image is put into it. */
export async function inFrontOf(opened: Opened, service: UpdateService, uri: string): Promise<Queued> {
  const before = (await readQueue(opened, service)).map((one) => asLink(one)).filter((link) => link !== null);
  return { file: fileNameOf(uri), before };
}

/** How the image stands in the queue. Null: it is not there. */
export async function findInQueue(opened: Opened, service: UpdateService, queued: Queued): Promise<TaskState | null> {
  const own = await ownInQueue(opened, service, queued);
  return own === null ? null : stateOfTask(own);
}

/** By the name that the hub gave it; else by its file: where that was queued more than once since, the last one counts. */
export async function ownInQueue(
  opened: Opened,
  service: UpdateService,
  { file, before, name }: Queued,
): Promise<Task | null> {
  const tasks = await readQueue(opened, service);
  const byFile = (one: Task): boolean =>
    (asText(one['Filename']) ?? '').toLowerCase() === file.toLowerCase() &&
    !before.some((link) => fold(link) === fold(asLink(one) ?? ''));
  return tasks.find((one) => isNamed(one, name)) ?? tasks.findLast(byFile) ?? null;
}

function isNamed(task: Task, name: string | undefined): boolean {
  return name !== undefined && asText(task['Name']) === name;
}

/**
 * iLO goes through its queue in order, and no further than what has failed or is past its time: that stays until a person takes it off.
 * @throws AdapterError rejected
 */
export async function mustGoOn(opened: Opened, service: UpdateService): Promise<void> {
  const { system } = opened;
  const stopped = (await readQueue(opened, service)).find((one) => stateOfTask(one).state === 'failed' && !isOff(one));
  if (stopped === undefined) return;
  const [name, state] = [asText(stopped['Name']) ?? asLink(stopped) ?? '?', asText(stopped['State']) ?? '?'];
  const message = `${system}: iLO’s queue of updates is stopped by “${name}” (${state}): take that off the queue, and ask again; nothing was sent`;
  throw new AdapterError('rejected', message, { system });
}

function isOff(task: Task): boolean {
  return /^canceled$/i.test(asText(task['State']) ?? '');
}

/** Only what bears the name that the hub gave it; somebody else's of the same file is theirs. */
export async function retire(opened: Opened, { queued }: UpdateHandle): Promise<void> {
  if (queued?.name === undefined) return;
  const { bmc, system } = opened;
  const tasks = await readQueue(opened, await readUpdateService(bmc, system));
  const own = tasks.find((one) => isNamed(one, queued.name));
  const link = own === undefined ? null : asLink(own);
  if (own === undefined || link === null) return;
  if (stateOfTask(own).state === 'running')
    throw new AdapterError('rejected', `${system}: ${queued.file} is being installed, and stays in iLO’s queue`, {
      system,
    });
  await remove(opened, link);
}

/** What is gone already is removed. */
export async function remove({ bmc }: Opened, link: string): Promise<void> {
  try {
    await bmc.send({ method: 'DELETE', link });
  } catch (error) {
    if (!(error instanceof AdapterError) || error.kind !== 'not-found') throw error;
  }
}

/** Looks again after the request: iLO may have begun in between, whatever it answered. */
export async function withdraw(opened: Opened, { queued }: UpdateHandle): Promise<Withdrawal> {
  const { bmc, system } = opened;
  const look = async (): Promise<Task | null> => {
    const tasks = await readQueue(opened, await readUpdateService(bmc, system));
    return tasks.find((one) => isNamed(one, queued?.name)) ?? null;
  };
  const before = await look();
  const link = before === null ? null : asLink(before);
  if (before === null || link === null) return atRest(opened, { is: 'gone', said: 'it is not in iLO’s queue' });
  const { state, said } = stateOfTask(before);
  if (state !== 'waiting') return { is: 'begun', said };
  let refusal: AdapterError | null = null;
  try {
    await remove(opened, link);
  } catch (error) {
    if (!(error instanceof AdapterError) || error.kind !== 'rejected') throw error;
    refusal = error;
  }
  const after = await look();
  if (after === null) return atRest(opened, { is: 'withdrawn', said: `it was ${said}` });
  const now = stateOfTask(after);
  if (now.state !== 'waiting') return { is: 'begun', said: now.said };
  throw (
    refusal ?? new AdapterError('throttled', `${system}: iLO took the request, and still shows ${now.said}`, { system })
  );
}

/** Out of the queue, it may be under way all the same: then its version has to tell. @throws AdapterError throttled */
async function atRest({ bmc, system }: Opened, withdrawal: Withdrawal): Promise<Withdrawal> {
  const { hpe } = await readUpdateService(bmc, system);
  if (hpe === null || !isBusy(hpe.state)) return withdrawal;
  throw new AdapterError('throttled', `${system}: ${withdrawal.said}, and iLO is ${hpe.state}`, {
    system,
    retryAfterMs: 5_000,
  });
}

/** What has not ended, by whomever; with what is no update: a restart or a pause that is queued keeps what follows waiting too. */
export async function openInQueue(opened: Opened, service: UpdateService): Promise<UpdateHandle[]> {
  const tasks = await readQueue(opened, service);
  const links = tasks.map((one) => asLink(one)).filter((link) => link !== null);
  return tasks.flatMap((task) => {
    const { state } = stateOfTask(task);
    const link = asLink(task);
    if (state === 'done' || state === 'failed' || link === null) return [];
    const queued = { file: asText(task['Filename']) ?? '', before: links.filter((one) => one !== link) };
    return [{ method: 'simple-update', task: link, job: null, startedAt: asText(task['Created']) ?? '', queued }];
  });
}
