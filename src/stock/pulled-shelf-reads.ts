import type { Ctx } from '../core/ctx.ts';
import { findPlaces } from '../locations/reads.ts';
import { sitesNamed, withinAll } from './shelf-reads.ts';

/** Where what was pulled at a site is put: the place whose code says so, else the site's first warehouse by its path; null where there is none. */
export async function shelfForPulled(
  ctx: Ctx,
  want: { site: string | null; disposition: string },
): Promise<string | null> {
  if (want.site === null) return null;
  const sites = await sitesNamed(ctx, want.site);
  const ids = await withinAll(
    ctx,
    sites.map(({ id }) => id),
  );
  const rows: { id: string; code: string | null; type: string }[] = await ctx
    .db('locations')
    .whereIn('id', ids)
    .whereIn('type', ['warehouse', 'bin', 'repair-centre'])
    .whereNull('archived_at')
    .select('id', 'code', 'type');
  const places = await findPlaces(
    ctx,
    rows.map(({ id }) => String(id)),
  );
  const byPath = rows.toSorted((a, b) =>
    (places.get(String(a.id))?.path ?? '') < (places.get(String(b.id))?.path ?? '') ? -1 : 1,
  );
  const meant =
    byPath.find(({ code }) => code?.toUpperCase() === want.disposition) ??
    byPath.find(({ type }) => type === 'warehouse');
  return meant ? String(meant.id) : null;
}
