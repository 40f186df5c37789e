import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { laterOf } from './later.ts';
import { foldPath, type Body } from './tree.ts';

/** How a vendor's tasks live. */
export interface TaskLife {
  /** Where the answer to a start names the task. 'job': Dell's, a task and a job of one name; 'message', 'accepted': Supermicro. Default location. */
  named?: 'location' | 'monitor' | 'body' | 'message' | 'job' | 'accepted' | 'nowhere';
  /** Default 30. */
  durationMs?: number;
  /** So long after its end a task is gone: seconds on old iDRACs; 0: nobody sees its end. Default: it stays. */
  vanishAfterMs?: number;
  /** Reading the monitor of a task that has ended deletes both (Lenovo). */
  monitorDeletes?: boolean;
  /** 'New' on iDRAC. Default Starting. */
  firstState?: string;
  /** It says Running for ever, though its work is done. */
  isStuck?: boolean;
}

export interface SimulatedWork {
  name: string;
  /** What was POSTed to. */
  uri: string;
  /** At the end of the time. A text: it has failed, and why. */
  end(): string | undefined;
  /** The work waits for this before it goes on for as long again. */
  waitsFor?: 'host-reset' | 'bmc-reset' | undefined;
  /** What kind of job Dell's is. */
  jobType?: string;
}

export interface SimulatedTasks {
  begin(work: SimulatedWork): SimulatedAnswer;
  /** Undefined: no monitor. */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  wasReset(what: 'host-reset' | 'bmc-reset'): void;
  close(): void;
}

interface State {
  read(path: string): Body | undefined;
  write(path: string, part: Body | null): void;
}

const HOME = '/redfish/v1/TaskService';
const JOBS = '/redfish/v1/JobService/Jobs';

export function tasksOf(life: TaskLife, { read, write }: State): SimulatedTasks {
  const list = listOf();
  const later = laterOf();
  const waiting: { reset: 'host-reset' | 'bmc-reset'; goOn(): void }[] = [];
  const durationMs = life.durationMs ?? 30;
  let next = 1;
  plant();

  function listOf(): string {
    const service = linkIn(read('/redfish/v1'), 'Tasks');
    return linkIn(service === undefined ? undefined : read(service), 'Tasks') ?? `${HOME}/Tasks`;
  }
  function plant(): void {
    if (read(list) !== undefined) return;
    write('/redfish/v1', { Tasks: { '@odata.id': HOME } });
    write(HOME, {
      '@odata.id': HOME,
      '@odata.type': '#TaskService.v1_2_0.TaskService',
      Id: 'TaskService',
      Tasks: { '@odata.id': list },
    });
    write(list, {
      '@odata.id': list,
      '@odata.type': '#TaskCollection.TaskCollection',
      Name: 'Tasks',
      'Members@odata.count': 0,
      Members: [],
    });
  }
  function managers(): string[] {
    return ((read('/redfish/v1/Managers')?.['Members'] ?? []) as Body[]).map((one) => String(one['@odata.id']));
  }
  function members(change: (old: Body[]) => Body[]): void {
    const Members = change((read(list)?.['Members'] ?? []) as Body[]);
    write(list, { Members, 'Members@odata.count': Members.length });
  }
  function forget(path: string): void {
    members((old) => old.filter((one) => foldPath(String(one['@odata.id'])) !== foldPath(path)));
    write(path, null);
  }
  function say(path: string, TaskState: string, more: Body = {}): void {
    if (read(path) !== undefined) write(path, { TaskState, ...more });
  }

  function run(path: string, job: string | null, work: SimulatedWork, again: boolean): void {
    later(durationMs, () => {
      if (work.waitsFor !== undefined && !again) {
        say(path, 'Pending', {
          Messages: [
            message(
              'Update.1.0.AwaitToActivate',
              `A ${work.waitsFor === 'bmc-reset' ? 'BMC ' : ''}reset is required to apply the image.`,
            ),
          ],
        });
        if (job !== null)
          write(job, { JobState: 'Scheduled', Message: 'Task successfully scheduled.', MessageId: 'IDRAC.2.8.JCP001' });
        waiting.push({ reset: work.waitsFor, goOn: () => (say(path, 'Running'), run(path, job, work, true)) });
        return;
      }
      const failed = work.end();
      if (life.isStuck) return;
      const Messages = [
        failed === undefined ? message('Base.1.8.Success', 'Done.') : message('Update.1.0.ApplyFailed', failed),
      ];
      say(path, failed === undefined ? 'Completed' : 'Exception', {
        PercentComplete: 100,
        TaskStatus: failed === undefined ? 'OK' : 'Critical',
        Messages,
      });
      if (job !== null)
        write(job, {
          JobState: failed === undefined ? 'Completed' : 'Failed',
          ...{ Message: failed ?? 'Done.', MessageId: failed === undefined ? 'IDRAC.2.8.PR19' : 'IDRAC.2.8.PR21' },
          PercentComplete: 100,
        });
      if (life.vanishAfterMs === 0) forget(path);
      else if (life.vanishAfterMs !== undefined) later(life.vanishAfterMs, () => forget(path));
    });
  }

  return {
    begin(work) {
      for (const manager of managers()) write(manager, { DateTime: new Date().toISOString() });
      const id = life.named === 'job' ? `JID_${100_000_000_000 + next}` : String(next);
      next += 1;
      const path = `${list}/${id}`;
      const job = life.named === 'job' ? `${JOBS}/${id}` : null;
      const monitor = `${HOME}/TaskMonitors/${id}`;
      const task = {
        ...{ '@odata.id': path, '@odata.type': '#Task.v1_7_0.Task', Id: id, Name: work.name, TaskMonitor: monitor },
        ...{
          TaskState: life.firstState ?? 'Starting',
          TaskStatus: 'OK',
          PercentComplete: 0,
          Messages: [],
          StartTime: new Date().toISOString(),
        },
        Payload: { TargetUri: work.uri, HttpOperation: 'POST' },
        ...(work.jobType === undefined || job === null ? {} : { Oem: { Dell: { JobType: work.jobType } } }),
      };
      write(path, task);
      members((old) => [...old, { '@odata.id': path }]);
      if (job !== null)
        write(job, {
          '@odata.id': job,
          '@odata.type': '#Job.v1_0_0.Job',
          Id: id,
          JobState: 'New',
          Message: 'New',
          PercentComplete: 0,
          ...(work.jobType === undefined ? {} : { JobType: work.jobType }),
        });
      later(durationMs / 2, () => {
        // Of timers that are all overdue, this one is not always the first.
        if (read(path)?.['TaskState'] === task.TaskState) say(path, 'Running', { PercentComplete: 40 });
      });
      run(path, job, work, false);
      return named(life.named ?? 'location', { path, job, monitor, task });
    },
    answer(request) {
      const [, id] = /\/TaskService\/TaskMonitors\/([^/]+)$/i.exec(request.path) ?? [];
      const task = id === undefined ? undefined : read(`${list}/${id}`);
      if (request.method !== 'GET' || task === undefined) return undefined;
      const ended = /^(Completed|Exception)$/.test(String(task['TaskState']));
      if (ended && life.monitorDeletes) forget(`${list}/${id}`);
      return { status: ended ? 200 : 202, body: task };
    },
    wasReset(what) {
      for (const one of waiting.splice(0)) {
        if (one.reset === what) one.goOn();
        else waiting.push(one);
      }
    },
    close: () => later.close(),
  };
}

function named(
  how: NonNullable<TaskLife['named']>,
  { path, job, monitor, task }: { path: string; job: string | null; monitor: string; task: Body },
): SimulatedAnswer {
  const accepted = (args: string[]): Body => ({
    error: { '@Message.ExtendedInfo': [{ ...message('Base.1.4.Accepted', 'Accepted.'), MessageArgs: args }] },
  });
  if (how === 'nowhere') return { status: 200, body: accepted([]) };
  if (how === 'message') return { status: 202, body: accepted([path]) };
  if (how === 'accepted') {
    const { error } = accepted([path]);
    return { status: 202, body: { Accepted: error } };
  }
  if (how === 'body') return { status: 202, body: task };
  if (how === 'job') return { status: 202, headers: { location: job ?? path } };
  return { status: 202, headers: { location: how === 'monitor' ? monitor : path }, body: accepted([]) };
}

function message(MessageId: string, Message: string): Body {
  return { MessageId, Message, Severity: 'OK' };
}

function linkIn(body: Body | undefined, name: string): string | undefined {
  const link = (body?.[name] as { '@odata.id'?: unknown } | undefined)?.['@odata.id'];
  return typeof link === 'string' ? link : undefined;
}
