import { phaseOf, runWindow } from './job-clock.ts';
import { awxTime } from './render.ts';
import type { AwxStore, SimulatedJob } from './store.ts';

export interface SentNotification {
  jobId: number;
  body: string;
  /** What the receiver answered; undefined while waiting or when it was not reached. */
  status: number | undefined;
}

export interface Notifier {
  sent: SentNotification[];
  /** Tells the receiver when the job is over. */
  watch(job: SimulatedJob): void;
  close(): Promise<void>;
}

export interface NotifierOptions {
  store: AwxStore;
  origin(): string;
  outcome(job: SimulatedJob): 'successful' | 'failed';
  target: { url: string; headers?: Record<string, string> } | undefined;
}

/** The notification type "Webhook": a POST with the headers that were configured, no signature, not repeated. */
export function createNotifier({ store, origin, outcome, target }: NotifierOptions): Notifier {
  const sent: SentNotification[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const underWay = new Set<Promise<void>>();

  async function deliver(url: string, headers: Record<string, string>, job: SimulatedJob): Promise<void> {
    const notification: SentNotification = { jobId: job.id, body: JSON.stringify(describe(job)), status: undefined };
    sent.push(notification);
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: notification.body,
        signal: AbortSignal.timeout(10_000),
      });
      notification.status = answer.status;
      await answer.arrayBuffer();
    } catch {
      notification.status = undefined;
    }
  }

  function describe(job: SimulatedJob): object {
    const phase = phaseOf(job, store.runMs, outcome);
    const failed = phase.status !== 'successful';
    const counts = {
      ok: failed ? 1 : 2,
      changed: 0,
      failures: failed ? 1 : 0,
      dark: 0,
      skipped: 0,
      processed: 1,
      rescued: 0,
      ignored: 0,
      failed,
    };
    return {
      id: job.id,
      name: job.template.name,
      url: `${origin()}/#/jobs/playbook/${job.id}`,
      created_by: 'reanimator',
      started: phase.startedAt === null ? null : awxTime(phase.startedAt).replace('Z', '+00:00'),
      finished: phase.finishedAt === null ? null : awxTime(phase.finishedAt).replace('Z', '+00:00'),
      status: phase.status,
      traceback: '',
      inventory: store.inventories.find((one) => one.id === job.inventory)?.name,
      project: 'Reanimator',
      playbook: job.template.playbook,
      credential: '',
      limit: job.limit,
      extra_vars: JSON.stringify(job.extraVars),
      hosts: Object.fromEntries(job.hosts.map((host) => [host, counts])),
      friendly_name: 'Job',
    };
  }

  return {
    sent,
    watch(job) {
      if (target === undefined) return;
      const { url, headers = {} } = target;
      const look = (): void => {
        const { finishedAt } = runWindow(job, store.runMs);
        if (Date.now() < finishedAt) return arm(finishedAt - Date.now());
        const one = deliver(url, headers, job).finally(() => underWay.delete(one));
        underWay.add(one);
      };
      const arm = (ms: number): void => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          look();
        }, ms + 1);
        timers.add(timer);
      };
      look();
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(underWay);
    },
  };
}
