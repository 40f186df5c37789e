import { findAsset } from '../assets/reads.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { toIsoOrNull } from '../core/time.ts';
import { findComponent } from '../history/reads.ts';
import { findPlaces } from '../locations/reads.ts';
import { findLot } from '../lots/reads.ts';
import type { Wish } from './choose-spare.ts';
import type { Facts } from './model.ts';
import { sitesNamed } from './shelf-reads.ts';

export interface SpareWanted {
  /** null: none is meant; then `site` says where. */
  assetId: string | null;
  componentId: string | null;
  lotId: string | null;
  kind: string | null;
  /** The datacenter's name; null: that of the server. */
  site: string | null;
}

/** What is known of the part that is to be replaced, and where. @throws HubError invalid where the server, part or lot is not there */
export async function readWish(ctx: Ctx, want: SpareWanted): Promise<Wish & { siteIds: string[] }> {
  const component = want.componentId === null ? undefined : await findComponent(ctx, want.componentId);
  if (want.componentId !== null && !component)
    throw missing('component_id', `there is no component ${want.componentId}`);
  const lotId = want.lotId ?? component?.lot?.id ?? null;
  const lot = lotId === null ? undefined : await findLot(ctx, lotId);
  if (lotId !== null && !lot) throw missing('lot_id', `there is no lot ${lotId}`);
  const site = want.site ?? (want.assetId === null ? null : await siteOfAsset(ctx, want.assetId));
  const sites = site === null ? [] : await sitesNamed(ctx, site);
  const seen = Object.entries(component?.attributes ?? {}).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  return {
    part: {
      kind: component?.kind ?? lot?.kind ?? want.kind,
      lot: lot === undefined ? null : { id: lot.id, code: lot.code },
      vendor: component?.vendor ?? null,
      model: component?.model ?? null,
      partNumber: component?.partNumber ?? null,
      facts: { ...(Object.fromEntries(seen) as Facts), ...lot?.facts },
    },
    site,
    way: sites.flatMap(({ way }) => way),
    siteIds: sites.map(({ id }) => id),
    warrantyUntil: want.componentId === null ? null : await warrantyOf(ctx, want.componentId),
    now: ctx.now().toISOString(),
  };
}

/** Of the place in the registry; what the system of record says where the registry knows none. */
async function siteOfAsset(ctx: Ctx, assetId: string): Promise<string | null> {
  const asset = await findAsset(ctx, assetId);
  if (!asset) throw missing('asset', `there is no asset ${assetId}`);
  const place =
    asset.locationId === null ? undefined : (await findPlaces(ctx, [asset.locationId])).get(asset.locationId);
  return place?.site ?? asset.site;
}

/** What was said of it when it came into stock; null where it never was, or nobody said. */
async function warrantyOf(ctx: Ctx, componentId: string): Promise<string | null> {
  const [row] = await ctx.db('stock_items').where({ component_id: componentId }).select('warranty_until');
  return toIsoOrNull((row?.warranty_until as string | null | undefined) ?? null);
}

function missing(field: string, message: string): HubError {
  return new HubError('invalid', `${field}: ${message}`, { fields: [{ field, message }] });
}
