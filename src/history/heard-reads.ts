import type { Ctx } from '../core/ctx.ts';
import { fromJson } from '../core/json.ts';
import { toIso } from '../core/time.ts';
import type { SnapshotFacts } from './identity/prepare.ts';

/** What one server heard of its link partners when it was last looked at by whoever hears any. */
export interface Heard {
  assetId: string;
  heardAt: string;
  neighbours: SnapshotFacts['neighbours'];
}

/** Those of the next servers after an id that hear any; `next`: the last that was looked at, null at the end. */
export async function heardAfter(
  ctx: Ctx,
  { after, limit }: { after: string | null; limit: number },
): Promise<{ heard: Heard[]; next: string | null }> {
  const query = ctx.db('assets').whereNull('merged_into').orderBy('id').limit(limit).select('id');
  if (after !== null) void query.where('id', '>', after);
  const assets: { id: string }[] = await query;
  const ids = assets.map(({ id }) => String(id));
  if (ids.length === 0) return { heard: [], next: null };
  const [rows] = await ctx.db.raw(
    `SELECT STRAIGHT_JOIN runs.place_id, runs.last_at, json_extract(inventories.facts, '$.neighbours') AS neighbours
     FROM (SELECT place_id, source, max(first_at) AS first_at FROM runs WHERE place_id IN (:ids) GROUP BY place_id, source) AS latest
     JOIN runs ON runs.place_id = latest.place_id AND runs.source = latest.source AND runs.first_at = latest.first_at
     JOIN inventories ON inventories.id = runs.inventory_id
     WHERE json_length(inventories.facts, '$.neighbours') > 0 ORDER BY runs.place_id, runs.source`,
    { ids } as never,
  );
  const found = new Map<string, Heard>();
  for (const row of rows as { place_id: string; last_at: string; neighbours: string }[]) {
    const { place_id: assetId, last_at: at, neighbours } = row;
    if (!found.has(assetId)) found.set(assetId, { assetId, heardAt: toIso(at), neighbours: fromJson(neighbours) });
  }
  return { heard: [...found.values()], next: ids.length < limit ? null : (ids.at(-1) ?? null) };
}
