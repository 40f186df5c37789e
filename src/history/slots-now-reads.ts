import type { Ctx } from '../core/ctx.ts';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import { FOR_MANY, INSTALLED_AND_SEEN, NEWEST_SEEN, saidBest } from './said-best-reads.ts';

/** A slot of a server, and what is in it now. */
export interface SlotNow {
  assetId: string;
  kind: ComponentKind;
  slot: string;
  /** Null: nobody knows. What was here was seen elsewhere since, and nobody has looked at all parts of this kind here after that. */
  part: PartNow | null;
}

export interface PartNow {
  manufacturer: string | null;
  model: string | null;
  partNumber: string | null;
  /** As it is kept: in upper case; null where it identifies nothing. */
  serial: string | null;
}

interface Wanted {
  assetIds: readonly string[];
  kinds: readonly ComponentKind[];
}

const saidOf = (column: string): string =>
  `coalesce(${saidBest(`observations.${column}`)}, components.${column}) AS ${column}`;

/** Parts that are in a slot. Where two are said to be in one (two sources, two names), both come; the one that came last is first. */
const IN_SLOTS = `SELECT STRAIGHT_JOIN installations.asset_id, components.kind, installations.slot, components.vendor_serial,
    ${['manufacturer', 'model', 'part_number'].map(saidOf).join(', ')}, installations.installed_at, installations.id
  FROM ${INSTALLED_AND_SEEN}
  WHERE installations.asset_id IN (:places) AND installations.removed_at IS NULL AND installations.slot IS NOT NULL
    AND components.kind IN (:kinds)
  GROUP BY installations.id`;

/** By server, kind and slot. Parts of which nobody says in which slot they are, are left out: they have no stable name. */
export async function slotsNow(ctx: Ctx, { assetIds, kinds }: Wanted): Promise<SlotNow[]> {
  if (assetIds.length === 0 || kinds.length === 0) return [];
  const [rows] = await ctx.db.raw(
    `${FOR_MANY} WITH ${NEWEST_SEEN} ${IN_SLOTS} ORDER BY asset_id, kind, slot, installed_at DESC, id`,
    { places: [...assetIds], kinds: [...kinds] } as never,
  );
  const found = new Map<string, SlotNow>();
  for (const row of rows as Record<string, string | null>[]) {
    const slot = slotOf(row);
    const key = keyOf(slot);
    if (found.has(key)) continue;
    const { manufacturer = null, model = null, part_number: partNumber = null, vendor_serial: serial = null } = row;
    found.set(key, { ...slot, part: { manufacturer, model, partNumber, serial } });
  }
  for (const slot of await unknownSlots(ctx, { assetIds, kinds })) found.set(keyOf(slot), slot);
  return [...found.values()];
}

/** Per server a text that is another one when any slot of it shows something else. Computed where the rows are: a fleet has hundreds of thousands. */
export async function slotDigests(ctx: Ctx, { assetIds, kinds }: Wanted): Promise<Map<string, string>> {
  const digests = new Map(assetIds.map((id) => [id, '']));
  if (assetIds.length === 0 || kinds.length === 0) return digests;
  // The slot is part of what is hashed, so that two parts that change places do not cancel out; null is not the empty text.
  const text = ['kind', 'slot', 'manufacturer', 'model', 'part_number', 'vendor_serial']
    .map((column) => `coalesce(concat('=', ${column}), '')`)
    .join(", '\\n', ");
  const half = (from: number) => `bit_xor(cast(conv(substring(hash, ${from}, 16), 16, 10) AS unsigned))`;
  const [rows] = await ctx.db.raw(
    `${FOR_MANY} WITH ${NEWEST_SEEN} SELECT asset_id, count(*) AS many, ${half(1)} AS one, ${half(17)} AS other
     FROM (SELECT asset_id, md5(concat(${text})) AS hash FROM (${IN_SLOTS}) AS described) AS hashed GROUP BY asset_id`,
    { places: [...assetIds], kinds: [...kinds] } as never,
  );
  for (const { asset_id: id, many, one, other } of rows as Record<string, string | number>[])
    digests.set(String(id), `${many} ${one} ${other}`);
  for (const slot of await unknownSlots(ctx, { assetIds, kinds }))
    digests.set(slot.assetId, `${digests.get(slot.assetId) ?? ''} ?${JSON.stringify([slot.kind, slot.slot])}`);
  return digests;
}

/**
 * Empty now, as far as is known, and not looked at completely since it became so: there may be another part in it. As in the history, a look
 * counts only where its source has seen the part there itself: many an agent lists the drives that the system shows, and knows nothing of those
 * behind a controller.
 */
export async function unknownSlots(ctx: Ctx, { assetIds, kinds }: Wanted): Promise<SlotNow[]> {
  if (assetIds.length === 0 || kinds.length === 0) return [];
  // Few slots were ever emptied: asked about one by one. Left alone, MariaDB goes through all installations of the fleet first.
  const [rows] = await ctx.db.raw(
    `SET STATEMENT optimizer_switch = 'exists_to_in=off' FOR
     SELECT emptied.asset_id, emptied.kind, emptied.slot
     FROM (
       SELECT installations.asset_id, components.kind, installations.slot, max(installations.removed_at) AS removed_at
       FROM installations
       JOIN components ON components.id = installations.component_id
       WHERE installations.asset_id IN (:places) AND installations.removed_at IS NOT NULL AND installations.slot IS NOT NULL
         AND components.kind IN (:kinds)
       GROUP BY installations.asset_id, components.kind, installations.slot
     ) AS emptied
     WHERE NOT EXISTS (
       SELECT 1 FROM installations AS now JOIN components ON components.id = now.component_id
       WHERE now.asset_id = emptied.asset_id AND now.removed_at IS NULL AND now.slot = emptied.slot
         AND components.kind = emptied.kind)
     AND NOT EXISTS (
       SELECT 1 FROM runs JOIN inventories ON inventories.id = runs.inventory_id
       WHERE runs.place_id = emptied.asset_id AND runs.last_at >= emptied.removed_at
         AND find_in_set(emptied.kind, inventories.scope)
         AND EXISTS (
           SELECT 1 FROM installations AS was
           JOIN observations ON observations.component_id = was.component_id AND observations.source = runs.source
           JOIN inventories AS earlier ON earlier.card_id = observations.card_id
           JOIN runs AS looks ON looks.inventory_id = earlier.id AND looks.place_id = was.asset_id AND looks.source = runs.source
           WHERE was.asset_id = emptied.asset_id AND was.slot = emptied.slot AND was.removed_at = emptied.removed_at))
     ORDER BY emptied.asset_id, emptied.kind, emptied.slot`,
    { places: [...assetIds], kinds: [...kinds] } as never,
  );
  return (rows as Record<string, string | null>[]).map((row) => ({ ...slotOf(row), part: null }));
}

function slotOf(row: Record<string, string | null>): Omit<SlotNow, 'part'> {
  return { assetId: String(row['asset_id']), kind: row['kind'] as ComponentKind, slot: String(row['slot']) };
}

function keyOf({ assetId, kind, slot }: Omit<SlotNow, 'part'>): string {
  return `${assetId}\n${kind}\n${slot}`;
}
