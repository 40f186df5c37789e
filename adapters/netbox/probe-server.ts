import { z } from 'zod';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { type Asking, askPage } from './probe-ask.ts';
import { LISTS } from './probe-needs.ts';
import type { AllowedByType } from './probe-permissions.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
/** As many rows as the hub asks for at once, and NetBox's own default for the most that it gives. */
const FULL_PAGE = 1000;
/** A hub that stood still over a long weekend has to find its place in the change log again. */
const LEAST_RETENTION = 7 * DAY;

export interface ServerClock {
  /** The `date` header of an answer; undefined: it had none. */
  theirs: string | undefined;
  /** Ours, in the middle of that request. */
  ours: Date;
}

/** A second of difference is the header's own. */
export function clockChecks({ theirs, ours }: ServerClock): ProbeCheck[] {
  const apart = Date.parse(theirs ?? '') - ours.getTime();
  if (!(Math.abs(apart) > MINUTE)) return [];
  return [
    {
      name: 'configuration',
      ok: false,
      found: `NetBox's clock is ${Math.round(Math.abs(apart) / 1000)} s ${apart > 0 ? 'ahead of' : 'behind'} the hub's`,
      remedy: 'let both machines keep their time by NTP',
    },
  ];
}

export function workerChecks(workers: number | null): ProbeCheck[] {
  if (workers !== 0) return [];
  return [
    {
      name: 'configuration',
      ok: false,
      found: 'no RQ worker of NetBox runs: no webhook leaves it',
      remedy: 'start `netbox rqworker high default low` (the unit netbox-rq), and let it start by itself',
    },
  ];
}

/** `next` names the page size that NetBox really uses, where a list has more than one page. */
export async function pageChecks(asking: Asking, allowed: AllowedByType): Promise<ProbeCheck[]> {
  const [longest] = [...allowed].toSorted(([, a], [, b]) => (b.sees ?? 0) - (a.sees ?? 0));
  const path = longest && LISTS[longest[0]];
  if (path === undefined || (longest?.[1].sees ?? 0) < 2) return [];
  const page = await askPage(asking, path, { limit: FULL_PAGE, fields: 'id' });
  if (typeof page === 'string' || page.next === null) return [];
  const size = Number(URL.parse(page.next)?.searchParams.get('limit'));
  if (!(size > 0 && size < FULL_PAGE)) return [];
  return [
    {
      name: 'configuration',
      ok: true,
      found: `NetBox gives at most ${size} objects at once: comparing everything takes ${Math.ceil(FULL_PAGE / size)} times as many requests`,
      remedy: `set MAX_PAGE_SIZE in NetBox to ${FULL_PAGE}`,
    },
  ];
}

const Oldest = z.object({ time: z.string() });
const Made = z.object({ created: z.string().nullable() });

/**
 * How long NetBox keeps its change log is not told; but a log that begins within the last week, in a NetBox whose objects are older,
 * was cut. A site was entered once, and nobody enters a device without one.
 */
export async function retentionChecks(asking: Asking, now: Date): Promise<ProbeCheck[]> {
  const log = await askPage(asking, LISTS['core.objectchange'] ?? '', { limit: 1, ordering: 'id', fields: 'id,time' });
  const sites = await askPage(asking, LISTS['dcim.site'] ?? '', { limit: 1, ordering: 'id', fields: 'id,created' });
  if (typeof log === 'string' || typeof sites === 'string') return [];
  const oldest = Oldest.safeParse(log.results[0]).data?.time;
  const made = Made.safeParse(sites.results[0]).data?.created;
  if (made === null || made === undefined) return [];
  const since = oldest === undefined ? now.getTime() : Date.parse(oldest);
  const isShort = now.getTime() - since < LEAST_RETENTION && since - Date.parse(made) > DAY;
  if (!isShort) return [];
  const found = oldest === undefined ? 'the change log is empty' : `the change log begins at ${oldest}`;
  return [
    {
      name: 'configuration',
      ok: true,
      found: `${found}, though NetBox has objects of ${made}: after a longer standstill of the hub only a full compare tells what changed`,
      remedy: 'set CHANGELOG_RETENTION in NetBox to at least 7 days (its default is 90)',
    },
  ];
}
