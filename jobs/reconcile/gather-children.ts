import type { HubObject } from '#src/drift/hub-side.ts';
import { linksOfRoots } from '#src/drift/link-store.ts';
import type { RecordLink } from '#src/drift/model.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import type { RecordObject } from '#src/ports/record-objects.ts';
import type { Reconciling } from './reconciling.ts';

export interface GatheredChildren {
  theirs: RecordObject[];
  ours: HubObject[];
  links: RecordLink[];
  /** Links that stand for nothing any more, on either side. */
  drop: { object: string; theirId: string }[];
}

interface RootPair {
  hubId: string;
  theirId: string;
}

/** Everything of one type that belongs to these roots, on both sides, with what is known of it. */
export async function gatherChildren(
  rc: Reconciling,
  mapping: Mapping,
  pairs: readonly RootPair[],
): Promise<GatheredChildren> {
  const { ctx, system, records } = rc;
  const object = mapping.object;
  const hubIds = pairs.map(({ hubId }) => hubId);
  const theirs = await records.readOf(
    object,
    { fields: mapping.theirNames, parentIds: pairs.map(({ theirId }) => theirId) },
    ctx.signal,
  );
  const ours = await rc.sideOf(mapping).readOf(ctx, hubIds);
  const known = await linksOfRoots(ctx.db, { system, object, rootHubIds: hubIds });
  const { links, missing, drop } = sortLinks(pairs, known, theirs, ours);
  // Taken off its server there, what the hub made is still its own to remove.
  const detached = await readDetached(rc, mapping, missing);
  for (const link of missing) {
    const found = detached.get(link.theirId);
    if (!found) drop.push(link);
    else {
      theirs.push({ ...found, parentId: link.rootTheirId });
      links.push(link);
    }
  }
  return { theirs, ours, links, drop: drop.map(({ theirId }) => ({ object, theirId })) };
}

function sortLinks(
  pairs: readonly RootPair[],
  known: readonly RecordLink[],
  theirs: readonly RecordObject[],
  ours: readonly HubObject[],
): Record<'links' | 'missing' | 'drop', RecordLink[]> {
  const hubOf = new Map(pairs.map(({ hubId, theirId }) => [theirId, hubId]));
  const theirRootOf = new Map(pairs.map(({ hubId, theirId }) => [hubId, theirId]));
  const parentOf = new Map(theirs.map((one) => [one.id, one.parentId]));
  const here = new Set(ours.map(({ id }) => id));
  const sorted: Record<'links' | 'missing' | 'drop', RecordLink[]> = { links: [], missing: [], drop: [] };
  for (const link of known) {
    const parent = parentOf.get(link.theirId);
    if (parent === undefined) {
      const isSameRoot = link.rootTheirId === theirRootOf.get(link.rootHubId ?? '');
      // Gone with the server that it was in: the one that stands for it now never had it.
      if (!isSameRoot) sorted.drop.push(link);
      else if (link.hubId !== null && here.has(link.hubId)) sorted.links.push(link);
      else sorted[link.isOurs ? 'missing' : 'drop'].push(link);
    }
    // What moved here from somewhere else is looked at as if nobody had known it: that it belongs elsewhere is the other server's news.
    else if (parent === null || hubOf.get(parent) === link.rootHubId) sorted.links.push(link);
  }
  return sorted;
}

/** Those that are there still, and on no other server. */
async function readDetached(
  { ctx, records }: Reconciling,
  mapping: Mapping,
  links: readonly RecordLink[],
): Promise<Map<string, RecordObject>> {
  if (links.length === 0) return new Map();
  const query = { fields: mapping.theirNames, ids: links.map(({ theirId }) => theirId) };
  const found = await records.readMany(mapping.object, query, ctx.signal);
  return new Map(found.flatMap((one) => (one.parentId === null ? [[one.id, one] as const] : [])));
}
