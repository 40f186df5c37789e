import type { Ctx } from '../core/ctx.ts';
import type { Lot } from './model.ts';
import { toLot } from './store.ts';

export type { Lot };

export async function findLot(ctx: Ctx, id: string): Promise<Lot | undefined> {
  const [row] = await ctx.db('lots').where({ id }).select('*');
  return row ? toLot(row) : undefined;
}

/** By code. */
export async function listLots(
  ctx: Ctx,
  want: {
    kind?: Lot['kind'] | undefined;
    /** Words that all stand in the code or the title. */
    q?: string | undefined;
    /** Id of the last one before. Lots are never deleted, nor renamed. */
    after?: string | undefined;
    limit: number;
  },
): Promise<Lot[]> {
  const query = ctx.db('lots').orderBy('lots.code').limit(want.limit);
  if (want.kind) void query.where('lots.kind', want.kind);
  for (const word of (want.q ?? '').split(/\s+/).filter(Boolean).slice(0, 10)) {
    const inside = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    void query.where((any) =>
      any.whereRaw('lots.code COLLATE ascii_general_ci LIKE ?', [inside]).orWhere('lots.title', 'like', inside),
    );
  }
  if (want.after) void query.where('lots.code', '>', ctx.db('lots').where({ id: want.after }).select('code'));
  return (await query.select('lots.*')).map(toLot);
}

/** How many components are of it. */
export async function countInLot(ctx: Ctx, id: string): Promise<number> {
  const [row] = await ctx.db('components').where({ lot_id: id }).count({ n: '*' });
  return Number(row?.['n'] ?? 0);
}

export interface UnclassifiedGroup {
  kind: string;
  /** What would have to be known; `rule`: no rule knows such a part. */
  missing: string[];
  count: number;
  /** The commonest. */
  examples: {
    manufacturer: string | null;
    model: string | null;
    partNumber: string | null;
    count: number;
    /** One of them. */
    componentId: string;
  }[];
}

/** Components without a lot, by kind and by what is missing, the largest group first. Kinds that have no lots are not among them. */
export async function unclassified(
  ctx: Ctx,
  want: { kind?: string | undefined; examples: number },
): Promise<UnclassifiedGroup[]> {
  const [rows] = await ctx.db.raw(
    `SELECT * FROM (
       SELECT kind, lot_missing, manufacturer, model, part_number, count(*) AS alike, min(id) AS component_id,
         sum(count(*)) OVER (PARTITION BY kind, lot_missing) AS total,
         row_number() OVER (PARTITION BY kind, lot_missing ORDER BY count(*) DESC, manufacturer, model, part_number) AS place
       FROM components
       WHERE lot_id IS NULL AND lot_missing IS NOT NULL ${want.kind === undefined ? '' : 'AND kind = ?'}
       GROUP BY kind, lot_missing, manufacturer, model, part_number
     ) AS grouped
     WHERE place <= ?
     ORDER BY total DESC, kind, lot_missing, place`,
    want.kind === undefined ? [want.examples] : [want.kind, want.examples],
  );
  const groups = new Map<string, UnclassifiedGroup>();
  for (const row of rows as Record<string, unknown>[]) {
    const { kind, lot_missing: missing } = row;
    const key = `${kind} ${missing}`;
    const group = groups.get(key) ?? {
      kind: String(kind),
      missing: String(missing).split(','),
      count: Number(row['total']),
      examples: [],
    };
    groups.set(key, group);
    group.examples.push({
      manufacturer: row['manufacturer'] === null ? null : String(row['manufacturer']),
      model: row['model'] === null ? null : String(row['model']),
      partNumber: row['part_number'] === null ? null : String(row['part_number']),
      count: Number(row['alike']),
      componentId: String(row['component_id']),
    });
  }
  return [...groups.values()];
}
