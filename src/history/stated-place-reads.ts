import type { Ctx } from '../core/ctx.ts';
import { invalid } from '../core/route.ts';
import type { Place } from './derive/look.ts';
import { existingLocations } from './location-reads.ts';

const MOST_MERGES = 20;

/** The place that is named; of a server that proved to be another one, that one. @throws HubError invalid */
export async function findPlace(
  ctx: Ctx,
  named: { assetId?: string | null | undefined; locationId?: string | null | undefined },
  field: string,
): Promise<Place> {
  const { assetId, locationId } = named;
  if (assetId !== undefined && assetId !== null)
    return { type: 'asset', id: await standing(ctx, assetId, `${field}asset_id`) };
  if (locationId === undefined || locationId === null) throw invalid(field, 'needs one of asset_id and location_id');
  const known = await existingLocations(ctx.db, [locationId]);
  if (!known.has(locationId.toLowerCase())) throw invalid(`${field}location_id`, `there is no location ${locationId}`);
  return { type: 'location', id: locationId.toLowerCase() };
}

async function standing(ctx: Ctx, assetId: string, field: string): Promise<string> {
  let id = assetId.toLowerCase();
  for (let hops = 0; hops < MOST_MERGES; hops += 1) {
    const [row] = await ctx.db('assets').where({ id }).select('merged_into');
    if (!row) throw invalid(field, `there is no asset ${assetId}`);
    if (row.merged_into === null) return id;
    id = String(row.merged_into);
  }
  return id;
}
