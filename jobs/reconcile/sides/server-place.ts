import type { RecordedAsset } from '#src/assets/reads.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { findStandings, locationsWith, racksNamed } from '#src/locations/reads.ts';

export interface ServerPlace {
  site?: string | undefined;
  location?: string | null | undefined;
  rack?: string | null | undefined;
  position?: number | null | undefined;
}

/**
 * Where servers stand, by the ids of locations. Where one only has words for it (it was adopted with them), the one site of that name, and
 * the one rack of that name in it, are meant; words that name none, or several, say nothing.
 */
export async function serverPlaces(ctx: Ctx, servers: readonly RecordedAsset[]): Promise<Map<string, ServerPlace>> {
  const standings = await findStandings(
    ctx,
    servers.flatMap(({ locationId }) => locationId ?? []),
  );
  const named = await byWords(
    ctx,
    servers.filter(({ locationId }) => locationId === null),
  );
  return new Map(
    servers.map((server) => {
      const { id, locationId, position } = server;
      if (locationId === null) return [id, named(server)];
      const { siteId = null, areaId = null, rackId = null } = standings.get(locationId) ?? {};
      return [
        id,
        { site: siteId ?? undefined, location: areaId, rack: rackId, position: rackId === null ? null : position },
      ];
    }),
  );
}

async function byWords(ctx: Ctx, servers: readonly RecordedAsset[]): Promise<(server: RecordedAsset) => ServerPlace> {
  const words = (of: 'site' | 'rack'): string[] => [...new Set(servers.flatMap((server) => server[of] ?? []))];
  const siteWords = words('site');
  if (siteWords.length === 0) return () => ({});
  const sites = Map.groupBy(
    await locationsWith(ctx, { types: ['site'], field: 'name', values: siteWords }),
    ({ name }) => name,
  );
  const racks = Map.groupBy(await racksNamed(ctx, words('rack')), ({ name, siteId }) => `${siteId}\n${name}`);
  return ({ site: siteName, rack: rackName, position }) => {
    const site = only(sites.get(siteName ?? ''))?.id;
    if (site === undefined) return {};
    const rack = only(racks.get(`${site}\n${rackName ?? ''}`))?.id;
    return rack === undefined ? { site } : { site, rack, position: position ?? undefined };
  };
}

function only<T>(list: readonly T[] | undefined): T | undefined {
  return list?.length === 1 ? list[0] : undefined;
}
