import type { Http, HttpRequest } from '#src/kit/http.ts';
import type { Kit } from '#src/kit/kit.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { z } from 'zod';
import { awxError } from './errors.ts';
import { Host, Inventory, Job, JobTemplate, Launched, LaunchRules, ListedJob, Me, pageOf, Ping } from './schema.ts';

export interface HostDraft {
  name: string;
  description: string;
  enabled: boolean;
  instance_id: string;
  /** JSON text. */
  variables: string;
}
export interface LaunchBody {
  limit: string;
  extra_vars: Record<string, unknown>;
  inventory?: number;
}

/** The calls that we make. All take the caller's signal; all throw AdapterError only. */
export interface AwxClient {
  ping(signal: AbortSignal): Promise<Ping>;
  me(signal: AbortSignal): Promise<Me>;
  /** All of that name, at most two: more than one is ambiguous however many. */
  inventoriesNamed(name: string, signal: AbortSignal): Promise<Inventory[]>;
  templatesNamed(name: string, signal: AbortSignal): Promise<JobTemplate[]>;
  templates(signal: AbortSignal): Promise<JobTemplate[]>;
  hostsNamed(inventory: number, name: string, signal: AbortSignal): Promise<Host[]>;
  groupsNamed(inventory: number, name: string, signal: AbortSignal): Promise<{ id: number }[]>;
  createHost(inventory: number, host: HostDraft, signal: AbortSignal): Promise<Host>;
  updateHost(id: number, changes: Partial<HostDraft>, signal: AbortSignal): Promise<Host>;
  launchRules(template: number, signal: AbortSignal): Promise<LaunchRules>;
  /** Not idempotent. */
  launch(template: number, body: LaunchBody, signal: AbortSignal): Promise<Launched>;
  /** Newest first, those with an id below `belowId`, in one inventory, made since `createdAfter`; `left` counts all that match. */
  jobs(
    query: { inventory: number; createdAfter: string; belowId?: number | undefined },
    signal: AbortSignal,
  ): Promise<{ jobs: ListedJob[]; left: number }>;
  job(id: string, signal: AbortSignal): Promise<Job | undefined>;
  /** Whether there was something to cancel. */
  cancel(id: string, signal: AbortSignal): Promise<boolean>;
}

/** AWX's own ceiling (`max_page_size`). */
export const PAGE_SIZE = 200;

/** Every path ends in a slash: without one AWX redirects, and a POST that follows a redirect arrives as a GET without its body. */
export function createAwxClient(kit: Kit, http: Http, target: string, credential: string): AwxClient {
  const { system } = kit;

  async function send<S extends z.ZodType>(request: HttpRequest, schema: S): Promise<z.output<S>> {
    await kit.lockouts.check(target, credential);
    const answer = await http.request(request);
    if (answer.status === 401) await kit.lockouts.report(target, credential, 'AWX answered 401');
    if (answer.status < 200 || answer.status > 299) throw awxError(http, system, request, answer);
    return answer.json(schema);
  }

  async function named<S extends z.ZodType<{ name: string }>>(
    path: string,
    name: string,
    schema: S,
    signal: AbortSignal,
  ): Promise<z.output<S>[]> {
    const page = await send({ method: 'GET', path, query: { name, page_size: 2 }, signal }, pageOf(schema));
    whole(path, page, 2);
    // A name that we did not ask for means that the filter was not understood, and then the list says nothing.
    if (page.results.some((one) => one.name !== name))
      throw malformed(`${path} answered with other names than "${name}"`);
    return page.results;
  }

  /** A page must hold what its count promises. */
  function whole(path: string, page: { count: number; results: unknown[] }, size: number): void {
    if (page.results.length !== Math.min(page.count, size))
      throw malformed(`${path} shows ${page.results.length} of ${page.count}`);
  }

  function malformed(what: string): AdapterError {
    return new AdapterError('malformed', `${system}: ${what}`, { system });
  }

  return {
    ping: (signal) => send({ method: 'GET', path: '/ping/', signal }, Ping),

    async me(signal) {
      const page = await send({ method: 'GET', path: '/me/', signal }, pageOf(Me));
      const me = page.results[0];
      if (me === undefined) throw malformed('/me/ is empty');
      return me;
    },

    inventoriesNamed: (name, signal) => named('/inventories/', name, Inventory, signal),
    templatesNamed: (name, signal) => named('/job_templates/', name, JobTemplate, signal),
    hostsNamed: (inventory, name, signal) => named(`/inventories/${inventory}/hosts/`, name, Host, signal),
    groupsNamed: (inventory, name, signal) =>
      named(`/inventories/${inventory}/groups/`, name, z.object({ id: z.number(), name: z.string() }), signal),

    async templates(signal) {
      const page = await send(
        { method: 'GET', path: '/job_templates/', query: { page_size: PAGE_SIZE }, signal },
        pageOf(JobTemplate),
      );
      return page.results;
    },

    createHost: (inventory, host, signal) =>
      send({ method: 'POST', path: `/inventories/${inventory}/hosts/`, body: host, signal }, Host),
    updateHost: (id, changes, signal) => send({ method: 'PATCH', path: `/hosts/${id}/`, body: changes, signal }, Host),
    launchRules: (template, signal) =>
      send({ method: 'GET', path: `/job_templates/${template}/launch/`, signal }, LaunchRules),
    launch: (template, body, signal) =>
      send({ method: 'POST', path: `/job_templates/${template}/launch/`, body, signal }, Launched),

    async jobs({ inventory, createdAfter, belowId }, signal) {
      const query = {
        inventory,
        launch_type: 'manual',
        created__gte: createdAfter,
        id__lt: belowId,
        order_by: '-id',
        page_size: PAGE_SIZE,
      };
      const page = await send({ method: 'GET', path: '/jobs/', query, signal }, pageOf(ListedJob));
      whole('/jobs/', page, PAGE_SIZE);
      return { jobs: page.results, left: page.count };
    },

    async job(id, signal) {
      try {
        return await send({ method: 'GET', path: `/jobs/${encodeURIComponent(id)}/`, signal }, Job);
      } catch (error) {
        return absentIfSaid(error);
      }
    },

    async cancel(id, signal) {
      try {
        await send({ method: 'POST', path: `/jobs/${encodeURIComponent(id)}/cancel/`, body: {}, signal }, z.unknown());
        return true;
      } catch (error) {
        // 405: it has finished, so there is nothing to cancel.
        if (error instanceof AdapterError && error.status === 405) return false;
        throw error;
      }
    },
  };

  /** A 404 in AWX's own words is about the object; any other 404 is about the address, and proves nothing. */
  function absentIfSaid(error: unknown): undefined {
    if (!(error instanceof AdapterError) || error.kind !== 'not-found') throw error;
    if (error.detail?.['detail'] !== undefined) return undefined;
    throw new AdapterError('malformed', `${system}: 404 that is not AWX's: are url and basePath right?`, {
      system,
      status: 404,
      cause: error,
    });
  }
}
