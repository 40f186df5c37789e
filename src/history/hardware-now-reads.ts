import type { Ctx } from '../core/ctx.ts';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import { unknownSlots } from './slots-now-reads.ts';
import { FOR_MANY, INSTALLED_AND_SEEN, NEWEST_LOOKS, NEWEST_SEEN, saidBest } from './said-best-reads.ts';

/** What is known of a server's hardware as a whole; of many servers at once. */
export interface HardwareNow {
  /**
   * Kinds that were looked at completely by the newest look of some source, and since what was in some slot was seen elsewhere: how many there are
   * is not known before somebody looks into that slot.
   */
  lookedAt: ReadonlySet<string>;
  /** How many parts of each kind are in it. */
  counts: ReadonlyMap<string, number>;
  /** Sum of the memory modules. */
  memoryBytes: number;
  /** The first of each kind, in the order of the slots. */
  first: ReadonlyMap<string, { model: string | null; firmware: string | null }>;
  biosVersion: string | null;
  bmcFirmware: string | null;
}

/** Kinds that are counted. */
const COUNTED: readonly ComponentKind[] = ['cpu', 'dimm', 'drive', 'nic', 'gpu', 'psu'];
/** Kinds of which the first one stands for the server. */
const SHOWN: readonly ComponentKind[] = ['mainboard', 'bmc', 'cpu'];

/** By server; those that nobody has looked at are left out. */
export async function hardwareNow(ctx: Ctx, assetIds: readonly string[]): Promise<Map<string, HardwareNow>> {
  if (assetIds.length === 0) return new Map();
  const looks = await newestLooks(ctx, assetIds);
  const counts = await countParts(ctx, assetIds);
  const memory = await sumMemory(ctx, assetIds);
  const shown = await firstOfEach(ctx, assetIds);
  const unknown = new Set(
    (await unknownSlots(ctx, { assetIds, kinds: COUNTED })).map(({ assetId, kind }) => `${assetId} ${kind}`),
  );
  const found = new Map<string, HardwareNow>();
  for (const [assetId, said] of Map.groupBy(looks, ({ assetId: id }) => id)) {
    const text = (of: (look: Look) => string | null): string | null => said.map(of).find((one) => one !== null) ?? null;
    found.set(assetId, {
      lookedAt: new Set(said.flatMap(({ scope }) => scope.filter((kind) => !unknown.has(`${assetId} ${kind}`)))),
      counts: counts.get(assetId) ?? new Map(),
      memoryBytes: memory.get(assetId) ?? 0,
      first: shown.get(assetId) ?? new Map(),
      biosVersion: text((look) => look.biosVersion),
      bmcFirmware: text((look) => look.bmcFirmware),
    });
  }
  return found;
}

interface Look {
  assetId: string;
  scope: string[];
  biosVersion: string | null;
  bmcFirmware: string | null;
}

/** Best source first. */
async function newestLooks(ctx: Ctx, assetIds: readonly string[]): Promise<Look[]> {
  const [rows] = await ctx.db.raw(
    `${FOR_MANY} WITH ${NEWEST_LOOKS} SELECT place_id, scope, json_value(facts, '$.system.biosVersion') AS bios,
       json_value(facts, '$.system.bmcFirmware') AS bmc FROM newest ORDER BY place_id, source`,
    { places: [...assetIds] } as never,
  );
  return (rows as Record<string, string | null>[]).map((row) => ({
    assetId: String(row['place_id']),
    scope: row['scope'] ? row['scope'].split(',') : [],
    biosVersion: row['bios'] ?? null,
    bmcFirmware: row['bmc'] ?? null,
  }));
}

async function countParts(ctx: Ctx, assetIds: readonly string[]): Promise<Map<string, Map<string, number>>> {
  const [rows] = await ctx.db.raw(
    `SELECT installations.asset_id, components.kind, count(*) AS many
     FROM installations
     JOIN components ON components.id = installations.component_id
     WHERE installations.asset_id IN (:places) AND installations.removed_at IS NULL AND components.kind IN (:kinds)
     GROUP BY installations.asset_id, components.kind`,
    { places: [...assetIds], kinds: [...COUNTED] } as never,
  );
  const found = new Map<string, Map<string, number>>();
  for (const row of rows as Record<string, string | number>[]) {
    const counts = found.get(String(row['asset_id'])) ?? new Map<string, number>();
    counts.set(String(row['kind']), Number(row['many']));
    found.set(String(row['asset_id']), counts);
  }
  return found;
}

/** An aggregate also of what is the same in each row: all attributes would go through a temporary table on disk. */
async function sumMemory(ctx: Ctx, assetIds: readonly string[]): Promise<Map<string, number>> {
  const capacity = (table: string): string => `json_value(${table}.attributes, '$.capacityBytes')`;
  const [rows] = await ctx.db.raw(
    `${FOR_MANY} WITH ${NEWEST_SEEN}
     SELECT asset_id, sum(if(bytes REGEXP '^[0-9]+$', cast(bytes AS unsigned), 0)) AS bytes
     FROM (
       SELECT STRAIGHT_JOIN installations.asset_id,
         coalesce(${saidBest(capacity('observations'))}, min(${capacity('components')})) AS bytes
       FROM ${INSTALLED_AND_SEEN}
       WHERE installations.asset_id IN (:places) AND installations.removed_at IS NULL AND components.kind = 'dimm'
       GROUP BY installations.id
     ) AS modules GROUP BY asset_id`,
    { places: [...assetIds] } as never,
  );
  return new Map(
    (rows as Record<string, string | number>[]).map((row) => [String(row['asset_id']), Number(row['bytes'])]),
  );
}

async function firstOfEach(
  ctx: Ctx,
  assetIds: readonly string[],
): Promise<Map<string, Map<string, { model: string | null; firmware: string | null }>>> {
  const said = (column: string): string =>
    `coalesce(${saidBest(`observations.${column}`)}, components.${column}) AS ${column}`;
  const [rows] = await ctx.db.raw(
    `${FOR_MANY} WITH ${NEWEST_SEEN} SELECT STRAIGHT_JOIN installations.asset_id, components.kind, installations.slot, ${said('model')}, ${said('firmware')}
     FROM ${INSTALLED_AND_SEEN}
     WHERE installations.asset_id IN (:places) AND installations.removed_at IS NULL AND components.kind IN (:kinds)
     GROUP BY installations.id ORDER BY installations.asset_id, installations.id`,
    { places: [...assetIds], kinds: [...SHOWN] } as never,
  );
  const found = new Map<string, Map<string, { model: string | null; firmware: string | null }>>();
  const slotOf = (row: Record<string, string | null>): string => row['slot'] ?? '';
  for (const [assetId, parts] of Map.groupBy(rows as Record<string, string | null>[], (row) => row['asset_id'])) {
    const sorted = parts.toSorted((a, b) => slotOf(a).localeCompare(slotOf(b), 'en', { numeric: true }));
    const shown = new Map<string, { model: string | null; firmware: string | null }>();
    for (const row of sorted) {
      const kind = String(row['kind']);
      if (!shown.has(kind)) shown.set(kind, { model: row['model'] ?? null, firmware: row['firmware'] ?? null });
    }
    found.set(String(assetId), shown);
  }
  return found;
}
