import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { findBySerial } from '../../history/reads.ts';
import { findPlace } from '../../locations/reads.ts';
import { type CountLine, insertLines, linesOf, type StockCount, updateLine } from '../count-store.ts';
import { holdShelf, invalidAt, mustFindLot } from '../hold-shelf.ts';
import { findItem } from '../item-reads.ts';
import { type FoundInput, serialAsKept } from '../model.ts';
import { findBulk, pieceIdsOf, type StockItem } from '../store.ts';
import { mustLockOpen } from './open-count.ts';

/**
 * What was found, said of a line of the count; or a new line, for what is booked elsewhere or not known at all. Counting again says it anew. Nothing is
 * booked by it.
 * @throws HubError not-found; invalid where it cannot be told what it is; conflict where the count is closed
 */
export async function countItems(
  tx: TxCtx,
  want: { countId: string; found: readonly FoundInput[] },
): Promise<StockCount> {
  const count = await mustLockOpen(tx, want.countId);
  const lines = await linesOf(tx.db, count.id);
  const by = { countedAt: tx.now().toISOString(), countedBy: tx.actor.slice(0, 120) };
  for (const [index, found] of want.found.entries()) {
    const at = `/found/${index}`;
    const said = await placeOf(tx, count, found, at);
    const item = await itemMeant(tx, { count, found, said, lines, at });
    // Who counts a warehouse and scans a serial does not say that it lies in no bin of it.
    const isBookedHere = item !== undefined && item.quantity > 0 && (await isIn(tx, count, item.locationId));
    const foundAt = said ?? (isBookedHere ? item.locationId : null) ?? count.locationId;
    const fresh = await newLine(tx, { count, found, item, foundAt, at });
    const line = lines.find((one) => (item ? one.itemId === item.id : isLike(one, fresh)));
    if (item?.tracking === 'piece' && found.counted > 1)
      throw invalidAt(`${at}/counted`, 'a piece is there once or not at all');
    if (line) {
      // What lies there by the ledger at this moment is what it is compared with.
      const moved = fresh.expected === 0 || item?.tracking === 'piece' ? { foundAt } : {};
      const again = { ...by, ...moved, expected: fresh.expected, counted: found.counted };
      await updateLine(tx.db, line, again);
      Object.assign(line, again);
      continue;
    }
    await insertLines(tx.db, [{ ...fresh, ...by }]);
    lines.push({ ...fresh, ...by });
  }
  return count;
}

/** The place that is counted, or one that is in it; null where nobody said. */
async function placeOf(tx: TxCtx, count: StockCount, found: FoundInput, at: string): Promise<string | null> {
  if (typeof found.location_id !== 'string' && typeof found.location !== 'string') return null;
  const shelf = await holdShelf(tx, { id: found.location_id, path: found.location });
  if (!(await isIn(tx, count, shelf.id)))
    throw invalidAt(`${at}/location`, `${shelf.name} is not in the place that is counted`);
  return shelf.id;
}

async function isIn(tx: TxCtx, count: StockCount, locationId: string | null): Promise<boolean> {
  if (locationId === null) return false;
  return (await findPlace(tx, locationId))?.ids.includes(count.locationId) ?? false;
}

async function itemMeant(
  tx: TxCtx,
  of: { count: StockCount; found: FoundInput; said: string | null; lines: readonly CountLine[]; at: string },
): Promise<StockItem | undefined> {
  const { count, found, said, at } = of;
  if (typeof found.item_id === 'string') {
    const item = await findItem(tx, found.item_id);
    if (!item) throw invalidAt(`${at}/item_id`, `there is no stock item ${found.item_id}`);
    return item;
  }
  const serial = serialAsKept(found.serial ?? null);
  if (serial !== null || typeof found.barcode === 'string') {
    const ids = await pieceIdsOf(tx.db, { serial, barcode: found.barcode ?? null });
    const items = (await Promise.all(ids.map((id) => findItem(tx, id)))).filter((item) => item !== undefined);
    const meant = items.filter(({ kind }) => typeof found.kind !== 'string' || kind === found.kind);
    if (meant.length > 1) throw invalidAt(`${at}/serial`, `is that of ${meant.length} items: say item_id`);
    return meant[0];
  }
  const lot = await mustFindLot(tx, found.lot ?? '', `${at}/lot`);
  const alike = of.lines.filter(
    (line) =>
      line.lotId === lot.id && line.condition === found.condition && line.serial === null && line.barcode === null,
  );
  const booked = alike.flatMap(({ itemId }) => itemId ?? []);
  if (said === null && booked.length > 1)
    throw invalidAt(`${at}/location`, `${lot.code} lies in ${booked.length} places here: say which one was counted`);
  if (said === null && booked[0] !== undefined) return findItem(tx, booked[0]);
  const place = said ?? count.locationId;
  const bin = await findBulk(tx.db, { lotId: lot.id, locationId: place, condition: found.condition });
  return bin && findItem(tx, bin.id);
}

/** Said before of the same thing that the hub does not know of. */
function isLike(line: CountLine, fresh: CountLine): boolean {
  if (line.itemId !== null || line.serial !== fresh.serial || line.barcode !== fresh.barcode) return false;
  if (fresh.serial !== null || fresh.barcode !== null) return line.kind === fresh.kind;
  return line.lotId === fresh.lotId && line.foundAt === fresh.foundAt && line.condition === fresh.condition;
}

async function newLine(
  tx: TxCtx,
  at: { count: StockCount; found: FoundInput; item: StockItem | undefined; foundAt: string; at: string },
): Promise<CountLine> {
  const { count, found, item, foundAt } = at;
  const common = { countId: count.id, id: newId(), foundAt, counted: found.counted, countedAt: null, countedBy: null };
  if (item) {
    const expected = (await isIn(tx, count, item.locationId)) ? item.quantity : 0;
    const { lotId, componentId, kind, serial, barcode, condition } = item;
    return { ...common, itemId: item.id, lotId, componentId, kind, serial, barcode, condition, expected };
  }
  const serial = serialAsKept(found.serial ?? null);
  const parts = serial === null ? [] : await findBySerial(tx, serial, null);
  const known = parts.filter(({ kind }) => typeof found.kind !== 'string' || kind === found.kind);
  const component = known.length === 1 ? known[0] : undefined;
  const lot = typeof found.lot === 'string' ? await mustFindLot(tx, found.lot, `${at.at}/lot`) : undefined;
  const kind = component?.kind ?? lot?.kind ?? found.kind ?? null;
  if (kind === null)
    throw new HubError('invalid', `${at.at}: nobody knows ${serial ?? found.barcode}: say its lot or kind`, {
      fields: [{ field: `${at.at}/lot`, message: `nobody knows ${serial ?? found.barcode}: say its lot or kind` }],
    });
  return {
    ...common,
    ...{ itemId: null, lotId: lot?.id ?? component?.lot?.id ?? null, componentId: component?.id ?? null, kind, serial },
    ...{ barcode: found.barcode ?? null, condition: found.condition, expected: 0 },
  };
}
