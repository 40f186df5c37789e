import type { z } from 'zod';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { Bmc } from './client.ts';
import { asLink, asNumber, asText, isRecord } from './decode.ts';
import { fold } from './own-origin.ts';

const CAPS = { pages: 100, members: 5_000 };

/** What a collection has, and why it is not all of it. */
export interface Collected<T> {
  members: T[];
  /** Empty when every member was read. One per path that failed. */
  failures: { path: string; why: string }[];
}

/**
 * All members of a collection: expanded by the BMC where it can, else one by one; all pages.
 * @throws AdapterError only what ends the whole read; the rest stands in `failures`
 */
export async function readCollection<S extends z.ZodType>(
  bmc: Bmc,
  link: string,
  schema: S,
  options: { timeoutMs?: number } = {},
): Promise<Collected<z.output<S>>> {
  const failures: Collected<unknown>['failures'] = [];
  function failed(path: string, error: unknown): null {
    const fatal = bmc.fatal();
    if (fatal) throw fatal;
    if (!(error instanceof AdapterError)) throw error;
    failures.push({ path, why: error.message });
    return null;
  }

  const raw: unknown[] = [];
  const pages = new Set<string>();
  let next: string | null = link;
  while (next !== null) {
    const path: string = next;
    next = null;
    if (pages.has(fold(path)) || pages.size >= CAPS.pages || raw.length > CAPS.members) {
      failures.push({ path, why: pages.has(fold(path)) ? 'pages go round in a circle' : 'too many pages' });
      break;
    }
    pages.add(fold(path));
    const page = await readPage(bmc, path, options).catch((error: unknown) => failed(path, error));
    if (page === null) break;
    const members = membersOf(page);
    if (members === null) {
      failures.push({ path, why: 'is not a collection' });
      break;
    }
    raw.push(...members);
    const following = page['Members@odata.nextLink'] ?? page['@odata.nextLink'];
    next = asText(following) ?? asLink(following);
    const promised = asNumber(page['Members@odata.count']) ?? 0;
    // A list proves that it is complete. More than promised does happen (DMTF's own mockup) and does no harm.
    if (next === null && raw.length < promised)
      failures.push({ path, why: `has ${raw.length} of ${promised} members` });
  }

  const seen = new Set<string>();
  const distinct = raw.filter((member) => {
    const id = asLink(member);
    if (id === null) return isRecord(member);
    const known = seen.has(fold(id));
    seen.add(fold(id));
    return !known;
  });
  const read = await Promise.all(
    distinct.map(async (member) => {
      if (isExpanded(member)) return member;
      const id = asLink(member);
      if (id === null)
        return failed(link, new AdapterError('malformed', 'has a member without a link', { system: 'redfish' }));
      return bmc.get(id, options).catch((error: unknown) => failed(id, error));
    }),
  );
  const members: z.output<S>[] = [];
  for (const member of read) {
    if (member === null) continue;
    const parsed = schema.safeParse(member);
    if (parsed.success) members.push(parsed.data);
    else failures.push({ path: link, why: 'has a member that is not a resource' });
  }
  return { members, failures };
}

async function readPage(bmc: Bmc, path: string, options: { timeoutMs?: number }): Promise<Record<string, unknown>> {
  // The BMC's own link to the next page carries its own query.
  if (bmc.expand === null || path.includes('?')) return bmc.get(path, options);
  const query = `?$expand=${bmc.expand}`;
  try {
    return await bmc.get(path + query, options);
  } catch (error) {
    const refused =
      error instanceof AdapterError && error.status !== undefined && ![401, 403, 404].includes(error.status);
    if (!refused || bmc.fatal() !== null) throw error;
    const page = await bmc.get(path, options);
    // Advertised, and does not work: not tried again. One that is too busy at the moment may well do it the next time.
    if (error.status !== 429 && error.status !== 503) bmc.expand = null;
    return page;
  }
}

/** `Members`; on early firmware `Links`, or `Members` within it; on the first iLO 4 `links.Member`. BlueField: null beside a count of 0. Null: no collection. */
function membersOf(page: Record<string, unknown>): unknown[] | null {
  for (const candidate of [
    page['Members'],
    page['Links'],
    isRecord(page['Links']) ? page['Links']['Members'] : undefined,
    isRecord(page['links']) ? page['links']['Member'] : undefined,
  ]) {
    if (Array.isArray(candidate)) return candidate;
    if (isRecord(candidate) && asLink(candidate) !== null) return [candidate];
  }
  return asNumber(page['Members@odata.count']) === 0 ? [] : null;
}

/** An expanded member carries its type; an abbreviated one (link, perhaps a name) does not and is read by itself. */
function isExpanded(member: unknown): member is Record<string, unknown> {
  return isRecord(member) && asText(member['@odata.type']) !== null;
}
