import type { EraseHandle, EraseProgress } from '../../../src/ports/drive-erase.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { asList, asNumber, asText, isRecord } from '../decode.ts';
import { readTask, type TaskState } from '../firmware/task.ts';
import { recordAt } from '../firmware/update-service.ts';
import type { Opened } from '../firmware/with-opened.ts';
import { readSystems } from '../read-systems.ts';
import { findDrives, shownBy } from './drives.ts';
import { findErase } from './find-erase.ts';

/** By its task, and by what the drive shows. A task that is gone is never success. */
export async function followErase(opened: Opened, handle: EraseHandle): Promise<EraseProgress> {
  if (handle.method === 'hpe-secure-system-erase') return followHpe(opened);
  const { bmc } = opened;
  const link = handle.task ?? (await findErase(opened, handle));
  const task = link === null ? null : await readTask(bmc, link);
  const drive = handle.slot === null ? null : await driveIn(opened, handle.slot);
  const evidence: Record<string, string> = {};
  for (const [name, value] of Object.entries(drive?.shown ?? {})) evidence[`${drive?.path ?? ''} ${name}`] = value;
  if (task === null) {
    const said = link === null ? 'the BMC shows no task for it' : `${link} is gone`;
    if (drive !== null && drive.percent !== null)
      return {
        ...{ state: 'running', percent: drive.percent, needs: null, evidence },
        said: `${said}; the drive says ${drive.percent} %`,
      };
    return { state: 'unknown', percent: null, said, needs: null, evidence };
  }
  const { state, status, messages } = task.words;
  evidence[`${link ?? ''} state`] = [state, status].filter((one) => one !== null).join(', ') || task.said;
  if (messages.length > 0) evidence[`${link ?? ''} messages`] = messages.join('; ').slice(0, 1_000);
  // A task may end before the drive does: the drive knows better.
  if (task.state === 'done' && drive !== null && drive.percent !== null && drive.percent < 100)
    return {
      state: 'running',
      percent: drive.percent,
      said: `${task.said}; the drive says ${drive.percent} %`,
      ...{ needs: null, evidence },
    };
  const needs = waitsForBoot(handle.method, task) ? 'host-reset' : null;
  return { state: task.state, percent: task.percent, said: task.said, needs, evidence };
}

/**
 * Behind controllers that do nothing while the server runs (PERC H3xx, BOSS, AHCI), iDRAC makes a drive's erase a staged job, which is
 * `Scheduled` until the server starts. A job of the other kind may be that too for a moment, and what erases several drives has iDRAC restart the
 * server itself.
 */
function waitsForBoot(method: EraseHandle['method'], { state, needs, jobType }: TaskState): boolean {
  if (method !== 'drive-secure-erase' || state !== 'waiting' || needs !== 'host-reset') return false;
  return /^RAIDConfiguration$/i.test(jobType ?? '');
}

async function driveIn(
  opened: Opened,
  slot: string,
): Promise<{ path: string | null; shown: Record<string, string>; percent: number | null } | null> {
  const { bmc } = opened;
  const drive = (await findDrives(opened)).drives.find((one) => one.slot === slot);
  if (drive === undefined) return null;
  if (drive.path === null || drive.path.includes('#')) return { path: drive.path, shown: {}, percent: null };
  const body = await bmc.get(drive.path);
  return { path: drive.path, shown: shownBy(body), percent: operationIn(body) };
}

/** GB300 shows one without a name at 0 % while nothing is done. */
export function operationIn(drive: Record<string, unknown>): number | null {
  for (const one of asList(drive['Operations']).filter(isRecord)) {
    const name = [one['OperationName'], one['Operation']].map((text) => asText(text) ?? '').join(' ');
    if (/erase|sanitize|format/i.test(name)) return asNumber(one['PercentageComplete']) ?? 0;
  }
  return null;
}

/**
 * iLO has no task for it: the system says how it stands, and each drive with it. It begins at the next boot, and takes up to a day. A server
 * that is in POST may be about to begin: nobody has to restart it, and must not.
 */
async function followHpe(opened: Opened): Promise<EraseProgress> {
  const { path, status, each, isInPost } = await readHpe(opened);
  const evidence: Record<string, string> = { [`${path} UserDataEraseStatus`]: status };
  for (const [name, value] of Object.entries(each)) evidence[`${path} ${name}`] = JSON.stringify(value);
  const state = hpeState(status);
  if (state !== 'waiting') return { state, percent: null, said: status, needs: null, evidence };
  if (isInPost) return { state, percent: null, said: `${status}; the server is in POST`, needs: null, evidence };
  return {
    ...{ state, percent: null, needs: 'host-reset', evidence },
    said: `${status} (it begins at the next boot of the server)`,
  };
}

/** What an earlier erase has left there would pass for the end of this one. @throws AdapterError rejected */
export async function mustRest(opened: Opened): Promise<void> {
  const { status } = await readHpe(opened);
  if (/^idle$/i.test(status)) return;
  const { system } = opened;
  const message = `${system}: the server still shows an earlier erase (${status}); delete its report on the BMC first; nothing was erased`;
  throw new AdapterError('rejected', message, { system });
}

async function readHpe({
  bmc,
  system,
  target,
}: Opened): Promise<{ path: string; status: string; each: Record<string, unknown>; isInPost: boolean }> {
  const { primary } = await readSystems(bmc, target.server);
  const path = primary['@odata.id'] ?? '';
  const { body } = await bmc.read(path);
  const hpe = body === null ? null : recordAt(body, 'Oem', 'Hpe');
  const status = asText(hpe?.['UserDataEraseStatus']);
  if (hpe === null || status === null)
    throw new AdapterError('malformed', `${system}: the server says nothing of its erase any more`, { system });
  const isInPost = /^InPost/i.test(asText(hpe['PostState']) ?? '');
  return { path, status, each: recordAt(hpe, 'UserDataEraseComponentStatus') ?? {}, isInPost };
}

function hpeState(status: string): EraseProgress['state'] {
  if (/^completedwithsuccess$/i.test(status)) return 'done';
  if (/error|fail/i.test(status)) return 'failed';
  if (/^initiated$/i.test(status)) return 'waiting';
  // Idle: it never began, or somebody has deleted the report.
  return /progress/i.test(status) ? 'running' : 'unknown';
}
