import type { Ctx } from '../core/ctx.ts';
import { inParts } from '../core/insert-rows.ts';

/** As much of a server as whoever reports of it needs. */
export interface NamedAsset {
  id: string;
  site: string | null;
  manufacturer: string | null;
  model: string | null;
}

type Row = Record<
  'id' | 'name' | 'vendor_serial' | 'asset_tag' | 'site' | 'manufacturer' | 'model' | 'merged_into',
  string | null
>;
const COLUMNS = ['id', 'name', 'vendor_serial', 'asset_tag', 'site', 'manufacturer', 'model', 'merged_into'];

/**
 * As `findAssetByName`, of many in a few statements: our id, serial, name or asset tag. One that proved to be another server is that one;
 * several matches are none.
 */
export async function findAssetsByNames(ctx: Ctx, names: readonly string[]): Promise<Map<string, NamedAsset>> {
  const found = new Map<string, NamedAsset>();
  const isId = (name: string): boolean => /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(name);
  const wanted = [...new Set(names)];
  const ids = wanted.filter(isId);
  const byId = await byIds(
    ctx,
    ids.map((id) => id.toLowerCase()),
  );
  const into = await byIds(
    ctx,
    [...byId.values()].flatMap((row) => row.merged_into ?? []),
  );
  for (const id of ids) {
    const row = byId.get(id.toLowerCase());
    const is = row === undefined ? undefined : (into.get(row.merged_into ?? '') ?? row);
    if (is !== undefined) found.set(id, toNamed(is));
  }
  let left = wanted.filter((name) => !isId(name));
  for (const column of ['vendor_serial', 'name', 'asset_tag'] as const) {
    if (left.length === 0) break;
    const rows: Row[] = await inParts(left, (part) =>
      ctx.db('assets').whereIn(column, part).whereNull('merged_into').select(COLUMNS),
    );
    const matches = Map.groupBy(rows, (row) => String(row[column]));
    for (const [name, [only, ...others]] of matches)
      if (only !== undefined && others.length === 0) found.set(name, toNamed(only));
    left = left.filter((name) => !found.has(name));
  }
  return found;
}

async function byIds(ctx: Ctx, ids: readonly string[]): Promise<Map<string, Row>> {
  if (ids.length === 0) return new Map();
  const rows: Row[] = await inParts([...new Set(ids)], (part) => ctx.db('assets').whereIn('id', part).select(COLUMNS));
  return new Map(rows.map((row) => [String(row.id), row]));
}

function toNamed({ id, site, manufacturer, model }: Row): NamedAsset {
  return { id: String(id), site, manufacturer, model };
}
