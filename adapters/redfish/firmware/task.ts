import { z } from 'zod';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcAnswer } from '../bmc.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink, asList, asNumber, asText, isRecord } from '../decode.ts';
import { fold } from '../own-origin.ts';

/** A task of DSP0266, or a job of a vendor's own queue, as it stands. */
export interface TaskState {
  state: 'waiting' | 'running' | 'done' | 'failed';
  percent: number | null;
  said: string;
  /** The BMC's own words, for evidence. */
  words: { state: string | null; status: string | null; messages: string[] };
  needs: 'host-reset' | 'bmc-reset' | null;
  /** What kind of job Dell says that it is: `RAIDConfiguration` waits for a boot, `RealTimeNoRebootConfiguration` never does. */
  jobType?: string;
}

export type Task = Record<string, unknown>;

// What is not listed here is a task that has not ended: iDRAC says New, and others will say more.
const DONE = /^(completed|completedok|completedwithsuccess|rebootcompleted|success)$/i;
const FAILED = /^(exception|killed|cancelled|failed|completedwitherrors|completedwitherror|rebootfailed|aborted)$/i;
const RUNNING = /^(running|stopping|cancelling|downloading|rebootinprogress|inprogress)$/i;
const WAITS_FOR_RESET = /^(scheduled|rebootpending|readyforexecution)$/i;

export function stateOfTask(task: Task): TaskState {
  return isQueued(task) ? stateOfQueued(task) : stateOfCommon(task);
}

function stateOfCommon(task: Task): TaskState {
  const word = asText(task['TaskState']) ?? asText(task['JobState']);
  const status = asText(task['TaskStatus']) ?? asText(task['JobStatus']);
  const messages = messagesOf(task);
  const said = [word ?? 'no state', ...messages.map(({ text }) => text)].join(': ').slice(0, 500);
  const words = {
    state: word,
    status,
    messages: messages.map(({ id, text }) => (id === '' ? text : `${id}: ${text}`)),
  };
  const needs = needsOf(word ?? '', messages);
  const percent = asNumber(task['PercentComplete']) ?? asNumber(task['PercentageComplete']);
  const state = stateOf(word ?? '', status ?? '');
  const jobType = jobTypeOf(task);
  return { state, percent, said, words, needs: state === 'failed' ? null : needs, ...(jobType && { jobType }) };
}

/** Dell's job says it itself, its task in Dell's part. */
function jobTypeOf(task: Task): string | null {
  const oem = isRecord(task['Oem']) && isRecord(task['Oem']['Dell']) ? task['Oem']['Dell'] : {};
  return asText(task['JobType']) ?? asText(oem['JobType']);
}

function stateOf(word: string, status: string): TaskState['state'] {
  // OpenBMC has completed tasks of status Critical, where the image was refused.
  if (DONE.test(word)) return /^critical$/i.test(status) ? 'failed' : 'done';
  if (FAILED.test(word)) return 'failed';
  return RUNNING.test(word) ? 'running' : 'waiting';
}

/** A member of HPE's own queue of updates, which is no task of DSP0266. */
function isQueued(task: Task): boolean {
  return /^#HpeComponentUpdateTask\./.test(asText(task['@odata.type']) ?? '');
}

/** A word that nobody knows is one that has not ended, here too. */
const QUEUED: Record<string, TaskState['state']> = {
  inprogress: 'running',
  complete: 'done',
  exception: 'failed',
  expired: 'failed',
  canceled: 'failed',
};

/** Who may install it decides what it waits for: iLO does by itself, UEFI as the server starts, an agent whenever somebody runs one. */
function stateOfQueued(task: Task): TaskState {
  const word = asText(task['State']);
  const state = QUEUED[(word ?? '').toLowerCase()] ?? 'waiting';
  const result = isRecord(task['Result']) ? task['Result'] : {};
  const id = asText(result['MessageId']) ?? '';
  const args = asList(result['MessageArgs']).map((one) => asText(one) ?? '');
  const message = args.length === 0 ? id : `${id} (${args.join(', ')})`;
  const by = asList(task['UpdatableBy']).map((one) => (asText(one) ?? '').toLowerCase());
  const waitsFor = state === 'waiting' ? agentOf(by) : null;
  const why = [WHY[(word ?? '').toLowerCase()], waitsFor === null ? undefined : AGENTS[waitsFor], message];
  const said = [word ?? 'no state', ...why.filter((one) => one !== undefined && one !== '')].join(': ').slice(0, 500);
  const isBootNeeded = waitsFor === 'uefi' || (state === 'done' && needsOf('', [{ id, text: '' }]) === 'host-reset');
  const words = { state: word, status: null, messages: message === '' ? [] : [message] };
  return { state, percent: null, said, words, needs: isBootNeeded ? 'host-reset' : null };
}

const WHY: Record<string, string> = {
  expired: 'its time was over before anything installed it',
  canceled: 'it was taken off the queue',
};
const AGENTS = {
  bmc: 'iLO installs it once its turn comes',
  uefi: 'UEFI installs it as the server starts',
  runtimeagent: 'an agent in the server’s operating system (SUM, SUT) has to install it; no restart does',
};

function agentOf(by: readonly string[]): keyof typeof AGENTS | null {
  return (['bmc', 'uefi', 'runtimeagent'] as const).find((one) => by.includes(one)) ?? null;
}

function needsOf(word: string, messages: { id: string; text: string }[]): TaskState['needs'] {
  const all = messages.map(({ id, text }) => `${id} ${text}`).join(' ');
  if (/(bmc|manager|idrac|ilo)\s+(reset|reboot|restart)\s+(is\s+)?(required|needed)/i.test(all)) return 'bmc-reset';
  // iDRAC's task says no more than JCP001 of a job that waits for the next start of the server.
  const asks =
    /JCP001|successfully scheduled|ResetRequired|AwaitToActivate|(reset|reboot|restart|power ?cycle)\s+(is\s+)?(required|needed|pending)/i;
  return WAITS_FOR_RESET.test(word) || asks.test(all) ? 'host-reset' : null;
}

/** Of a task a list, of a Dell job one by itself. */
function messagesOf(task: Task): { id: string; text: string }[] {
  const listed = asList(task['Messages'])
    .filter(isRecord)
    .map((one) => ({ id: asText(one['MessageId']) ?? '', text: asText(one['Message']) ?? '' }));
  const own = asText(task['Message']);
  const all = own === null ? listed : [...listed, { id: asText(task['MessageId']) ?? '', text: own }];
  return all.filter(({ id, text }) => id !== '' || text !== '').slice(-5);
}

/**
 * How a task stands. Null: it is gone, which says nothing of how it ended: iDRAC before 5.00 deletes it within seconds, iLO drops
 * monitors, Lenovo deletes the task when its monitor is read.
 * @throws AdapterError as read
 */
export async function readTask(bmc: Bmc, link: string): Promise<TaskState | null> {
  let answer: BmcAnswer;
  try {
    answer = await bmc.read(link);
  } catch (error) {
    if (error instanceof AdapterError && error.kind === 'not-found') return null;
    // A monitor whose work has failed answers with the status that the work would have had.
    if (error instanceof AdapterError && error.kind === 'rejected') return spoken('failed', error.message);
    throw error;
  }
  const { status, body } = answer;
  if (body !== null && (isQueued(body) || (asText(body['TaskState']) ?? asText(body['JobState'])) !== null))
    return stateOfTask(body);
  if (status === 202) return spoken('running', 'the monitor says that it is not done');
  return spoken('done', `the monitor answered ${status}`);
}

function spoken(state: TaskState['state'], said: string): TaskState {
  return { state, percent: null, said, words: { state: null, status: null, messages: [said] }, needs: null };
}

/** Where an answer to a start says that the work can be followed: Location, body, or (Supermicro) an argument of its message. */
export async function trackOf(bmc: Bmc, answer: BmcAnswer): Promise<{ task: string | null; job: string | null }> {
  const { body, location } = answer;
  const own = asText(body?.['@odata.type']) ?? '';
  const places = [location, /^#(Task|Job|DellJob)\./.test(own) ? asLink(body) : null, ...argumentsIn(answer)];
  const job = places.map((place) => /JID_\d+/.exec(place ?? '')?.[0]).find((id) => id !== undefined);
  const task = places.find((place) => place !== null && /\/task/i.test(place)) ?? null;
  const named = places.find((place) => place !== null && /\/jobs?\//i.test(place)) ?? null;
  const jobLink = named ?? (job === undefined ? null : await jobOf(bmc, job));
  return { task: task === null ? null : await realTask(bmc, task), job: jobLink };
}

function argumentsIn({ body }: BmcAnswer): string[] {
  if (body === null) return [];
  // Supermicro's stands in `Accepted`.
  const error = [body['error'], body['Accepted']].find((one) => isRecord(one)) ?? body;
  const messages = [...asList(error['@Message.ExtendedInfo']), ...asList(body['Messages']), body];
  return messages
    .filter(isRecord)
    .flatMap((one) => asList(one['MessageArgs']))
    .filter((one): one is string => typeof one === 'string' && one.startsWith('/redfish/'));
}

/** Reading a monitor may delete the task behind it (Lenovo), so the task itself is looked for. */
async function realTask(bmc: Bmc, place: string): Promise<string> {
  if (!/monitor/i.test(place)) return place;
  try {
    const tasks = await listTasks(bmc);
    const found = tasks.find((one) => fold(asText(one['TaskMonitor']) ?? '') === fold(place));
    return (found && asLink(found)) ?? place;
  } catch (error) {
    // The start is done: not to find its task is no reason to lose the monitor.
    if (error instanceof AdapterError) return place;
    throw error;
  }
}

/** iDRAC's own queue keeps a job for longer than the task of the same name. */
async function jobOf(bmc: Bmc, id: string): Promise<string | null> {
  try {
    const managers = bmc.root.Managers === null ? [] : (await readCollection(bmc, bmc.root.Managers, Any)).members;
    for (const manager of managers) {
      const links = isRecord(manager['Links']) ? manager['Links'] : {};
      const oem = isRecord(links['Oem']) && isRecord(links['Oem']['Dell']) ? links['Oem']['Dell'] : {};
      const jobs = asLink(oem['Jobs']);
      if (jobs !== null) return `${jobs.replace(/\/+$/, '')}/${id}`;
    }
    return null;
  } catch (error) {
    if (error instanceof AdapterError) return null;
    throw error;
  }
}

const Any = z.record(z.string(), z.unknown());

/** All tasks that the BMC lists now; none where it keeps no list. @throws AdapterError where the list cannot be read */
export async function listTasks(bmc: Bmc): Promise<Task[]> {
  const home = bmc.root.Tasks;
  if (home === null) return [];
  const list = asLink((await bmc.get(home))['Tasks']);
  if (list === null) return [];
  await bmc.get(list);
  return (await readCollection(bmc, list, Any)).members;
}
