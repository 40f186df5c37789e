import type { EraseHandle, EraseProgress } from '../../../src/ports/drive-erase.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { asList, asNumber, asText, isRecord } from '../decode.ts';
import { readTask } from '../firmware/task.ts';
import { recordAt } from '../firmware/update-service.ts';
import type { Opened } from '../firmware/with-bmc.ts';
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
      return { state: 'running', percent: drive.percent, said: `${said}; the drive says ${drive.percent} %`, evidence };
    return { state: 'unknown', percent: null, said, evidence };
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
      evidence,
    };
  return { state: task.state, percent: task.percent, said: task.said, evidence };
}

async function driveIn(
  opened: Opened,
  slot: string,
): Promise<{ path: string | null; shown: Record<string, string>; percent: number | null } | null> {
  const { bmc } = opened;
  const drive = (await findDrives(opened)).find((one) => one.slot === slot);
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

/** iLO has no task for it: the system says how it stands, and each drive with it. It takes effect at the next reset, and up to a day. */
async function followHpe(opened: Opened): Promise<EraseProgress> {
  const { path, status, each } = await readHpe(opened);
  const evidence: Record<string, string> = { [`${path} UserDataEraseStatus`]: status };
  for (const [name, value] of Object.entries(each)) evidence[`${path} ${name}`] = JSON.stringify(value);
  const said = `${status}${/initiated/i.test(status) ? ' (it begins at the next reset of the server)' : ''}`;
  return { state: hpeState(status), percent: null, said, evidence };
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
}: Opened): Promise<{ path: string; status: string; each: Record<string, unknown> }> {
  const { primary } = await readSystems(bmc, target.server);
  const path = primary['@odata.id'] ?? '';
  const { body } = await bmc.read(path);
  const hpe = body === null ? null : recordAt(body, 'Oem', 'Hpe');
  const status = asText(hpe?.['UserDataEraseStatus']);
  if (hpe === null || status === null)
    throw new AdapterError('malformed', `${system}: the server says nothing of its erase any more`, { system });
  return { path, status, each: recordAt(hpe, 'UserDataEraseComponentStatus') ?? {} };
}

function hpeState(status: string): EraseProgress['state'] {
  if (/^completedwithsuccess$/i.test(status)) return 'done';
  if (/error|fail/i.test(status)) return 'failed';
  if (/^initiated$/i.test(status)) return 'waiting';
  // Idle: it never began, or somebody has deleted the report.
  return /progress/i.test(status) ? 'running' : 'unknown';
}
