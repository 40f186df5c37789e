import type { Ctx } from '../../core/ctx.ts';
import { type BundleRow, toBundleRow } from '../bundle-store.ts';
import { loadCards } from '../card-store.ts';
import type { Place } from '../derive/look.ts';
import { sourceNumber } from '../identity/prepare.ts';
import { fromMoment } from '../moment.ts';
import { SOURCES } from '../../ports/bundle-format.ts';
import type { BundleView } from './bundle-view.ts';

export interface FoundBundle extends BundleRow {
  id: number;
}

export async function findBundle(ctx: Ctx, sha256: string): Promise<FoundBundle | undefined> {
  const [row] = await ctx
    .db('log_bundles')
    .join('bundle_reports', 'bundle_reports.id', 'log_bundles.report_id')
    .where('log_bundles.sha256', Buffer.from(sha256, 'hex'))
    .select('log_bundles.*', 'bundle_reports.body');
  return row ? { ...toBundleRow(row), id: Number(row.id) } : undefined;
}

/** Newest first. */
export async function listBundles(
  ctx: Ctx,
  want: { before: number | undefined; limit: number },
): Promise<FoundBundle[]> {
  const query = ctx
    .db('log_bundles')
    .join('bundle_reports', 'bundle_reports.id', 'log_bundles.report_id')
    .orderBy('log_bundles.id', 'desc')
    .limit(want.limit)
    .select('log_bundles.*', 'bundle_reports.body');
  if (want.before !== undefined) void query.where('log_bundles.id', '<', want.before);
  return (await query).map((row: Record<string, unknown>) => ({ ...toBundleRow(row), id: Number(row['id']) }));
}

export async function viewBundles(ctx: Ctx, bundles: readonly FoundBundle[]): Promise<BundleView[]> {
  const cards = await loadCards(ctx.db, [
    ...new Set(bundles.flatMap(({ report }) => report.snapshots.map(({ card }) => card))),
  ]);
  const places = new Map([...cards.values()].map(({ place }) => [place.id, place]));
  const names = await namesOf(ctx, [...places.values()]);
  const views: BundleView[] = [];
  for (const bundle of bundles) {
    const snapshots: BundleView['snapshots'] = [];
    for (const kept of bundle.report.snapshots) {
      const place = cards.get(kept.card)?.place ?? null;
      snapshots.push({
        source: kept.source,
        collected_at: place === null ? null : await collectedAt(ctx, bundle.id, kept.source, place),
        place: place === null ? null : { ...place, name: names.get(place.id) ?? null },
        scope: kept.scope,
        components: kept.components,
        identified: kept.identified,
        evidence: kept.evidence,
        warnings: kept.warnings,
      });
    }
    views.push({
      sha256: bundle.sha256,
      bytes: bundle.bytes,
      received_at: fromMoment(bundle.receivedAt),
      file_name: bundle.report.hint.fileName,
      uploaded_by: bundle.report.hint.uploadedBy,
      snapshots,
      files: bundle.report.files.map(({ withSerial, readings: _readings, ...file }) => ({
        ...file,
        with_serial: withSerial,
      })),
      warnings: bundle.report.warnings,
    });
  }
  return views;
}

async function collectedAt(ctx: Ctx, bundleId: number, source: string, place: Place): Promise<string | null> {
  const known = SOURCES.find((one) => one === source);
  if (known === undefined) return null;
  const [row] = await ctx
    .db('snapshots')
    .where({ place_id: place.id, source: sourceNumber(known), bundle_id: bundleId })
    .max({ at: 'collected_at' });
  return row?.at ? fromMoment(String(row.at)) : null;
}

async function namesOf(ctx: Ctx, places: readonly Place[]): Promise<Map<string, string | null>> {
  const names = new Map<string, string | null>();
  const ids = (type: Place['type']) => places.filter((place) => place.type === type).map(({ id }) => id);
  for (const row of await ctx.db('assets').whereIn('id', ids('asset')).select('id', 'name', 'vendor_serial'))
    names.set(String(row.id), row.name ?? row.vendor_serial ?? null);
  for (const row of await ctx.db('locations').whereIn('id', ids('location')).select('id', 'name'))
    names.set(String(row.id), row.name);
  return names;
}
