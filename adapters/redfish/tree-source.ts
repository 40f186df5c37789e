import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { Bmc } from './bmc.ts';
import { asText, isRecord } from './decode.ts';
import { fold } from './own-origin.ts';
import { ServiceRoot } from './schema.ts';
import { withoutSecrets } from './secrets/redact.ts';
import type { Resources } from './tree-machines.ts';

const SYSTEM = 'redfish';

/**
 * What may be asked of one tree: resources, and members within them. The largest machine known has 4,719 resources; links that lead
 * round and round would otherwise be read for hours.
 */
const MAX_WORK = 100_000;

/** A BMC that answers out of saved files. What was not saved is as if the BMC said 404. */
export function openResources(resources: Resources): Bmc {
  const state = { work: 0, requests: 0, fatal: null as AdapterError | null };

  async function get(link: string): Promise<Record<string, unknown>> {
    if (state.fatal !== null) throw state.fatal;
    const path = pathOf(link);
    const body = resources.get(path)?.body ?? resources.get(withoutExpand(path))?.body;
    state.requests += 1;
    state.work += 1 + (body === undefined ? 0 : sizeOf(body));
    if (state.work > MAX_WORK) {
      state.fatal = new AdapterError('malformed', `${SYSTEM}: the tree has links without end`, { system: SYSTEM });
      throw state.fatal;
    }
    if (body === undefined)
      throw new AdapterError('not-found', `${SYSTEM}: ${shown(link)} is not among the files`, {
        system: SYSTEM,
        status: 404,
      });
    if (isRecord(body['error']) && body['@odata.id'] === undefined) {
      // Its text is not quoted: some BMCs repeat a rejected password in it.
      throw new AdapterError('not-found', `${SYSTEM}: ${shown(link)} answered with an error`, { system: SYSTEM });
    }
    return withoutSecrets(body);
  }

  return {
    root: ServiceRoot.parse(resources.get('/redfish/v1')?.body ?? madeUpRoot(resources)),
    expand: null,
    get,
    async read(link) {
      const body = await get(link);
      const text = JSON.stringify(body);
      return { status: 200, body, etag: null, location: null, retryAfterMs: null, messageIds: [], text };
    },
    async send({ method, link }) {
      throw new AdapterError('unsupported', `${SYSTEM}: ${method} ${shown(link)}: these are files, not a BMC`, {
        system: SYSTEM,
      });
    },
    async stream(link) {
      throw new AdapterError('unsupported', `${SYSTEM}: ${shown(link)}: files stream nothing`, { system: SYSTEM });
    },
    learnt: () => undefined,
    learn: () => undefined,
    fatal: () => state.fatal,
    narrow: () => undefined,
    requests: () => state.requests,
    fingerprint256: () => null,
    close: async () => [],
  };
}

/** Members that stand in the body cost as much as those that are links. */
function sizeOf(body: Record<string, unknown>): number {
  let size = 0;
  for (const value of Object.values(body)) if (Array.isArray(value)) size += value.length;
  return size;
}

/** No token goes anywhere here, so a link with the BMC's own host name is followed by its path. */
function pathOf(link: string): string {
  return fold(link.replace(/^https?:\/\/[^/]*/i, ''));
}

/** A list that was saved unexpanded under the address with the query, or the other way round. Pages are not the whole list. */
function withoutExpand(path: string): string {
  const [bare = '', query = ''] = path.split('?');
  return /skip|top|page|after/i.test(query) ? path : bare;
}

function shown(link: string): string {
  return asText(link)?.slice(0, 200) ?? 'a link';
}

/** Crawls that were told where to begin leave the root out. */
function madeUpRoot(resources: Resources): Record<string, unknown> {
  const root: Record<string, unknown> = { RedfishVersion: null };
  for (const name of ['Systems', 'Chassis', 'Managers', 'UpdateService']) {
    const link = `/redfish/v1/${name}`;
    if (resources.has(link.toLowerCase())) root[name] = { '@odata.id': link };
  }
  return root;
}
