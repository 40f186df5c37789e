import type { Ctx } from '../core/ctx.ts';
import { fromJson, fromJsonOrNull } from '../core/json.ts';
import type { SnapshotFacts } from './identity/prepare.ts';
import { unknownSlots } from './slots-now-reads.ts';
import { FOR_MANY, INSTALLED_AND_SEEN, NEWEST_LOOKS, NEWEST_SEEN, saidBest } from './said-best-reads.ts';

/** A network card of a server, as it is there now. */
export interface CardNow {
  assetId: string;
  slot: string;
  macs: string[];
  /** What the operating system calls the port with a MAC; only where it is certain which is which. */
  interfaces: ReadonlyMap<string, string>;
}

/** By server and slot; cards without a slot or a MAC are left out. */
export async function networkCardsNow(ctx: Ctx, assetIds: readonly string[]): Promise<CardNow[]> {
  if (assetIds.length === 0) return [];
  const macs = (table: string): string => `json_extract(${table}.attributes, '$.macAddresses')`;
  const names = `concat(json_extract(observations.attributes, '$.interfaces'), '\\n', ${macs('observations')})`;
  const [rows] = await ctx.db.raw(
    `${FOR_MANY} WITH ${NEWEST_SEEN} SELECT STRAIGHT_JOIN installations.asset_id, installations.slot, installations.installed_at, installations.id,
       coalesce(${saidBest(macs('observations'))}, min(${macs('components')})) AS macs, ${saidBest(names)} AS names
     FROM ${INSTALLED_AND_SEEN}
     WHERE installations.asset_id IN (:places) AND installations.removed_at IS NULL AND installations.slot IS NOT NULL
       AND components.kind = 'nic'
     GROUP BY installations.id ORDER BY asset_id, slot, installed_at DESC, id`,
    { places: [...assetIds] } as never,
  );
  const found = new Map<string, CardNow>();
  for (const row of rows as Record<string, string | null>[]) {
    const [assetId, slot] = [String(row['asset_id']), String(row['slot'])];
    const key = `${assetId}\n${slot}`;
    const list = texts(fromJsonOrNull(row['macs']));
    if (list.length > 0 && !found.has(key))
      found.set(key, { assetId, slot, macs: list, interfaces: namesByMac(row['names'] ?? null) });
  }
  return [...found.values()];
}

/**
 * Slots of which nobody knows what is in them now (see `unknownSlots`), with how many MACs the card had that was last seen there: its ports are
 * not known to be gone.
 */
export async function unknownCards(
  ctx: Ctx,
  assetIds: readonly string[],
): Promise<{ assetId: string; slot: string; ports: number }[]> {
  const slots = await unknownSlots(ctx, { assetIds, kinds: ['nic'] });
  if (slots.length === 0) return [];
  const wanted = new Set(slots.map(({ assetId, slot }) => `${assetId} ${slot}`));
  const [rows] = await ctx.db.raw(
    `SELECT installations.asset_id, installations.slot,
       substring_index(group_concat(json_length(components.attributes, '$.macAddresses') ORDER BY installations.removed_at DESC), ',', 1) AS ports
     FROM installations
     JOIN components ON components.id = installations.component_id
     WHERE installations.asset_id IN (:places) AND installations.slot IS NOT NULL AND components.kind = 'nic'
     GROUP BY installations.asset_id, installations.slot`,
    { places: [...new Set(slots.map(({ assetId }) => assetId))] } as never,
  );
  return (rows as Record<string, string | number | null>[])
    .map((row) => ({ assetId: String(row['asset_id']), slot: String(row['slot']), ports: Number(row['ports'] ?? 0) }))
    .filter(({ assetId, slot }) => wanted.has(`${assetId} ${slot}`));
}

/** Two lists of the same length, made port by port: the nth name is that of the nth MAC. */
function namesByMac(text: string | null): Map<string, string> {
  if (text === null) return new Map();
  const [names, macs] = text.split('\n').map((part) => texts(fromJson<unknown>(part)));
  if (names === undefined || macs === undefined || names.length !== macs.length) return new Map();
  return new Map(macs.map((mac, at) => [mac, names[at] ?? '']));
}

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

/** Link partners that a server hears over LLDP, as the best source that hears any said last. */
export async function linkPartnersNow(
  ctx: Ctx,
  assetIds: readonly string[],
): Promise<Map<string, SnapshotFacts['neighbours']>> {
  if (assetIds.length === 0) return new Map();
  const [rows] = await ctx.db.raw(
    `${FOR_MANY} WITH ${NEWEST_LOOKS} SELECT place_id, json_extract(facts, '$.neighbours') AS neighbours FROM newest
     WHERE json_length(facts, '$.neighbours') > 0 ORDER BY place_id, source`,
    { places: [...assetIds] } as never,
  );
  const found = new Map<string, SnapshotFacts['neighbours']>();
  for (const row of rows as Record<string, string>[]) {
    const assetId = String(row['place_id']);
    if (!found.has(assetId)) found.set(assetId, fromJson(row['neighbours']));
  }
  return found;
}
