import { AdapterError } from '#src/ports/adapter-error.ts';
import type { PlaybookHost, PlaybookRun, Playbooks } from '#src/ports/playbooks.ts';
import type { AwxClient } from './client.ts';
import { keyOf } from './effect-key.ts';
import { alreadyExists } from './errors.ts';
import { withAddress } from './host-variables.ts';
import { createLauncher } from './launch.ts';
import type { Host, Inventory, Job } from './schema.ts';

export interface AwxPlaybooksOptions {
  client: AwxClient;
  system: string;
  /** Where people open AWX, without a trailing slash. */
  url: string;
  /** Name of the inventory that our hosts are in. */
  inventory: string;
  searchLagMs: number;
  /** How far back `findByKey` looks, in milliseconds. */
  findWithinMs: number;
  now(): Date;
}

export function createPlaybooks(options: AwxPlaybooksOptions): Playbooks {
  const { client, system } = options;

  async function inventory(signal: AbortSignal): Promise<Inventory> {
    const found = await client.inventoriesNamed(options.inventory, signal);
    if (found.length === 1 && found[0] !== undefined) return found[0];
    const what = found.length === 0 ? 'there is no inventory' : 'there are several inventories';
    throw new AdapterError('rejected', `${system}: ${what} named "${options.inventory}" that the token may see`, {
      system,
    });
  }

  function pageOf(id: number): string {
    return `${options.url}/#/jobs/playbook/${id}`;
  }

  function toRun(job: Job): PlaybookRun {
    return {
      id: String(job.id),
      url: pageOf(job.id),
      name: job.name,
      status: statusOf(job),
      rawStatus: job.status,
      startedAt: job.started,
      finishedAt: job.finished,
      explanation: job.job_explanation || job.result_traceback || null,
      hostCounts: job.host_status_counts ?? {},
    };
  }

  async function update(host: Host, wanted: PlaybookHost, signal: AbortSignal): Promise<{ id: string }> {
    const variables = addressed(host.variables ?? '', wanted);
    const changes = {
      ...(variables === undefined ? {} : { variables }),
      ...(host.instance_id === wanted.instanceId ? {} : { instance_id: wanted.instanceId }),
    };
    if (Object.keys(changes).length > 0) await client.updateHost(host.id, changes, signal);
    return { id: String(host.id) };
  }

  function addressed(text: string, wanted: PlaybookHost): string | undefined {
    try {
      return withAddress(text, wanted.address);
    } catch (cause) {
      throw new AdapterError(
        'rejected',
        `${system}: the variables of host "${wanted.name}" are neither JSON nor YAML: mend them in AWX`,
        { system, cause },
      );
    }
  }

  return {
    searchLagMs: options.searchLagMs,
    launch: createLauncher({ client, system, inventory, toRun, pageOf }),

    async ensureHost(_key, wanted, signal) {
      const { id } = await inventory(signal);
      const [known] = await client.hostsNamed(id, wanted.name, signal);
      if (known !== undefined) return update(known, wanted, signal);
      const draft = {
        name: wanted.name,
        description: 'Reanimator',
        enabled: true,
        instance_id: wanted.instanceId,
        variables: addressed('', wanted) ?? '',
      };
      try {
        return { id: String((await client.createHost(id, draft, signal)).id) };
      } catch (error) {
        if (!alreadyExists(error)) throw error;
        const [other] = await client.hostsNamed(id, wanted.name, signal); // somebody was faster
        if (other === undefined) throw error; // the name is taken by something that is not a host, e.g. a group
        return update(other, wanted, signal);
      }
    },

    async findByKey(key, signal) {
      const { id } = await inventory(signal);
      const createdAfter = new Date(options.now().getTime() - options.findWithinMs).toISOString();
      let belowId: number | undefined;
      // AWX refuses to filter on extra_vars (403 "Filtering on extra_vars is not allowed."), so every job is looked at, newest
      // first. Going on by id and not by page: jobs that start meanwhile shift no page, and `left` proves that none was missed.
      for (;;) {
        const { jobs, left } = await client.jobs({ inventory: id, createdAfter, belowId }, signal);
        const hit = jobs.find((job) => keyOf(job.extra_vars) === key);
        if (hit !== undefined) return readRun(String(hit.id), signal);
        if (jobs.length >= left) return undefined;
        const lowest = Math.min(...jobs.map((job) => job.id));
        if (belowId !== undefined && lowest >= belowId)
          throw new AdapterError('malformed', `${system}: the list of jobs does not go on below ${belowId}`, {
            system,
          });
        belowId = lowest;
      }
    },

    read: readRun,

    async cancel(id, signal) {
      await client.cancel(id, signal);
    },
  };

  async function readRun(id: string, signal: AbortSignal): Promise<PlaybookRun | undefined> {
    const job = await client.job(id, signal);
    return job === undefined ? undefined : toRun(job);
  }
}

const STATUSES = new Map<string, PlaybookRun['status']>([
  ['new', 'pending'],
  ['pending', 'pending'],
  ['waiting', 'pending'],
  ['running', 'running'],
  ['successful', 'succeeded'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['canceled', 'cancelled'],
]);

/** Events are still being written after the status is final: results and counts are whole only once that is over. */
function statusOf(job: Job): PlaybookRun['status'] {
  const status = STATUSES.get(job.status) ?? 'unknown';
  const final = status === 'succeeded' || status === 'failed' || status === 'cancelled';
  return final && !job.event_processing_finished ? 'running' : status;
}
