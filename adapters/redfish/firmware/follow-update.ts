import type { UpdateHandle, UpdateProgress } from '../../../src/ports/bmc-firmware.ts';
import { asLink, asText, isRecord } from '../decode.ts';
import { evidenceOf } from '../quirks.ts';
import { firmwareQuirksOf } from './quirks.ts';
import { findInQueue, openInQueue } from './queue.ts';
import { followStored } from './repository.ts';
import { isCheck, stagesUploads } from './staged.ts';
import { listTasks, readTask, stateOfTask, type Task, type TaskState } from './task.ts';
import { isBusy, readUpdateService } from './update-service.ts';
import type { Opened } from './with-opened.ts';

/**
 * HPE's by its queue, as soon as the image stands there: the task of the upload ends before that. Else by its task; where that is gone, by
 * the vendor's own queue; else nobody knows, and the version tells.
 */
export async function followUpdate(opened: Opened, handle: UpdateHandle): Promise<UpdateProgress> {
  const { bmc, system } = opened;
  const inQueue =
    handle.queued === undefined ? null : await findInQueue(opened, await readUpdateService(bmc, system), handle.queued);
  if (inQueue !== null) return progressOf(inQueue);
  if (handle.method === 'repository' && handle.staged === true) return followStored(opened, handle);
  for (const link of [handle.task, handle.job]) {
    if (link === null) continue;
    const found = await readTask(bmc, link);
    if (found === null) continue;
    const { state, said } = found;
    if (handle.staged === true && state === 'done')
      return { state: 'waiting', percent: null, said: `the BMC has checked the image (${said})`, needs: 'start' };
    return progressOf(found);
  }
  const { hpe } = await readUpdateService(bmc, opened.system);
  const named = handle.task ?? handle.job;
  if (hpe === null) {
    const said = named === null ? 'the BMC named no task' : `${named} is gone`;
    return { state: 'unknown', percent: null, said, needs: null };
  }
  const said = [hpe.state, hpe.result].filter((one) => one !== null).join(': ');
  const { percent } = hpe;
  if (isBusy(hpe.state)) return { state: 'running', percent, said, needs: null };
  // What it says once it rests may be of another update, before or after ours: only together with its time would it prove anything.
  const needs = /ResetRequired|RebootRequired|SystemReset/i.test(hpe.result ?? '') ? 'host-reset' : null;
  return { state: 'unknown', percent: null, said: `${said}${named === null ? '' : ` (${named} is gone)`}`, needs };
}

function progressOf({ state, percent, said, needs }: TaskState): UpdateProgress {
  return { state, percent, said, needs };
}

/**
 * Updates that the BMC lists as not ended; first what HPE has queued, as the task of an upload says less. HPE's has no task before iLO 6:
 * its own word tells.
 */
export async function findRunning(opened: Opened): Promise<UpdateHandle[]> {
  const { bmc, kit, system } = opened;
  const service = await readUpdateService(bmc, system);
  const found = await openInQueue(opened, service);
  const stages = stagesUploads(service, firmwareQuirksOf(await evidenceOf(bmc)));
  for (const task of await listTasks(bmc)) {
    const { state } = stateOfTask(task);
    const link = asLink(task);
    if (state === 'done' || state === 'failed' || link === null || !isUpdate(task)) continue;
    const staged = stages && isCheck(asText(task['Name']) ?? '') ? ({ staged: true } as const) : {};
    found.push({
      method: 'simple-update',
      task: link,
      job: null,
      startedAt: asText(task['StartTime']) ?? '',
      ...staged,
    });
  }
  const { hpe } = service;
  if (found.length === 0 && hpe !== null && isBusy(hpe.state))
    found.push({ method: 'simple-update', task: null, job: null, startedAt: kit.now().toISOString() });
  return found;
}

/** OpenBMC says what was asked for in `Payload`; the others in words. */
function isUpdate(task: Task): boolean {
  const payload = isRecord(task['Payload']) ? asText(task['Payload']['TargetUri']) : null;
  if (payload !== null) return /updateservice|firmware/i.test(payload);
  const words = [task['Name'], task['Description'], task['Id']].map((one) => asText(one) ?? '').join(' ');
  return /update|firmware|flash|upgrade/i.test(words) || isCheck(asText(task['Name']) ?? '');
}
