import { pageOfRecorded, type RecordedAsset, recordedById } from '#src/assets/reads.ts';
import type { Ctx } from '#src/core/ctx.ts';
import type { HubObject, HubSide } from '#src/drift/hub-side.ts';
import { assetOf } from './slot-name.ts';

/** What belongs to servers, read from many at once. */
type OfServers = (ctx: Ctx, servers: readonly RecordedAsset[]) => Promise<HubObject[]>;

/** The part of a side that all which belongs to servers has in common. */
export function ofServers(name: string, readAll: OfServers): HubSide {
  const readOf = async (ctx: Ctx, parentIds: readonly string[]): Promise<HubObject[]> =>
    readAll(ctx, await recordedById(ctx, parentIds));
  return {
    name,
    parent: 'server',
    async digests(ctx, after, limit) {
      const servers = await pageOfRecorded(ctx, after, limit);
      const byServer = Map.groupBy(await readAll(ctx, servers), ({ parentId }) => parentId);
      return servers.map(({ id }) => ({
        id,
        digest: JSON.stringify(byServer.get(id)?.map((one) => [one.id, one.values]) ?? []),
      }));
    },
    async read(ctx, ids) {
      const wanted = new Set(ids);
      const all = await readOf(ctx, [...new Set(ids.map(assetOf))]);
      return all.filter(({ id }) => wanted.has(id));
    },
    readOf,
    find: async () => [],
  };
}

export function labelOf({ name, serial, id }: RecordedAsset, what: string): string {
  return `${name ?? serial ?? id} ${what}`.slice(0, 255);
}
