import type { TxCtx } from '../../core/ctx.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { book } from '../book.ts';
import { findItem } from '../item-reads.ts';
import { findCandidates, type StockCandidate } from '../candidate-reads.ts';
import { type Choice, chooseSpare, type Judged, type Wish } from '../choose-spare.ts';
import { stockReorderSuggested, stockReserved } from '../events.ts';
import { type Condition, HOLD_HOURS, isUsable, type Match } from '../model.ts';
import { readWish, type SpareWanted } from '../part-reads.ts';
import { findHeld, insertReservation, lockHeld, lockReservation, type Reservation } from '../reservation-store.ts';
import { findShelves, type Shelf, withinAll } from '../shelf-reads.ts';
import { spareRules } from '../spare-rules.ts';
import { lockItem, lockItemIfIdle, type StockItem } from '../store.ts';
import { suggestReorder } from '../suggest-reorder.ts';
import { aboutItem, ofItem, toldOf } from '../tell.ts';
import { findLot } from '../../lots/reads.ts';

export type ReservedSpare =
  | {
      outcome: 'reserved';
      reservation: { id: string; expiresAt: string };
      item: {
        id: string;
        serial: string | null;
        barcode: string | null;
        lot: { id: string; code: string } | null;
        site: string | null;
        warehouse: string | null;
        bin: string | null;
        condition: Condition;
        warrantyUntil: string | null;
      };
      match: Match;
      why: string;
    }
  | {
      outcome: 'none';
      why: string;
      nearest: {
        site: string | null;
        warehouse: string | null;
        bin: string | null;
        lotCode: string | null;
        quantity: number;
        why: string;
      } | null;
      reorder: { lotCode: string; quantity: number } | null;
    };

/**
 * Keeps one spare for a ticket, or says where the nearest one is and what to order. A ticket holds at most one: asked again, it gets what it holds.
 * @param want.holdHours until it is free again by itself; default 72
 * @param want.because stands before the reason of the choice
 * @throws HubError invalid where the server, the part or the lot is not there
 */
export async function reserveSpare(
  tx: TxCtx,
  want: SpareWanted & {
    assetId: string;
    ticketId: string;
    holdHours?: number | undefined;
    because?: string | undefined;
    /** When the ticket was opened again: an order was suggested for what it wanted before. */
    reopenedAt?: string | null | undefined;
  },
): Promise<ReservedSpare> {
  const known = await findHeld(tx.db, want.ticketId);
  const held = known && (await lockReservation(tx.db, known.id));
  if (held?.state === 'held') return heldAlready(tx, held);
  const wish = await readWish(tx, want);
  const { part, siteIds } = wish;
  const locationIds = await withinAll(tx, siteIds);
  const candidates = await findCandidates(tx, {
    lotId: part.lot?.id ?? null,
    kind: part.kind,
    locationIds,
    withUnusable: false,
  });
  const choice = chooseSpare(spareRules, wish, candidates);
  const taken = await take(tx, choice);
  if (!taken) return none(tx, want, wish, choice);
  const { judged, item } = taken;
  const now = tx.now();
  const reservation: Reservation = {
    id: newId(),
    itemId: item.id,
    ticketId: want.ticketId,
    assetId: want.assetId,
    componentId: want.componentId,
    state: 'held',
    fit: judged.verdict.match ?? 'compatible',
    why: [want.because, judged.why]
      .filter((said) => said !== undefined)
      .join(': ')
      .slice(0, 1000),
    heldBy: tx.actor.slice(0, 120),
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + (want.holdHours ?? HOLD_HOURS) * 3_600_000).toISOString(),
    endedAt: null,
    endedBy: null,
    endReason: null,
  };
  if (!(await insertReservation(tx.db, reservation))) {
    // The same ticket, asked for by two at once: the other one was first.
    const other = await lockHeld(tx.db, want.ticketId);
    if (other) return heldAlready(tx, other);
    throw new Error(`the reservation of ticket ${want.ticketId} is there and cannot be read`);
  }
  const ids = { ticketId: want.ticketId, reservationId: reservation.id };
  const after = await book(tx, item, { did: 'reserve', reserved: 1, ...ids, reason: reservation.why.slice(0, 500) });
  const { told } = await toldOf(tx, after);
  await append(tx, stockReserved, {
    subject: ofItem(after),
    related: aboutItem(after, [
      { type: 'ticket', id: want.ticketId },
      { type: 'asset', id: want.assetId },
    ]),
    data: { ...told, ...ids, match: reservation.fit, expiresAt: reservation.expiresAt, why: reservation.why },
  });
  return shown(reservation, after, judged.candidate.lot, judged.candidate.shelf);
}

interface Taken {
  judged: Judged<StockCandidate>;
  item: StockItem;
}

/**
 * The best that is still there under its lock. One that somebody else holds just now is passed over for another as good, but waited for before
 * a worse one is taken: whoever holds it may be taking one of fifty.
 */
async function take(tx: TxCtx, choice: Choice<StockCandidate>): Promise<Taken | undefined> {
  const ranks = Map.groupBy(choice.takeable, ({ verdict }) => verdict.rank);
  for (const [, equals] of [...ranks].toSorted(([a], [b]) => a - b)) {
    const busy: Judged<StockCandidate>[] = [];
    for (const judged of equals) {
      const item = await lockItemIfIdle(tx.db, judged.candidate.id);
      if (item === undefined) busy.push(judged);
      else if (isStill(item, judged.candidate)) return { judged, item };
    }
    for (const judged of busy.toSorted((a, b) => (a.candidate.id < b.candidate.id ? -1 : 1))) {
      const item = await lockItem(tx.db, judged.candidate.id);
      if (item && isStill(item, judged.candidate)) return { judged, item };
    }
  }
  return undefined;
}

/** What was decided on was read without a lock: whatever the decision rests on must not have changed since. */
function isStill(item: StockItem, { item: seen }: StockCandidate): boolean {
  return (
    isUsable(item.condition) &&
    item.quantity > item.reserved &&
    item.locationId === seen.locationId &&
    item.lotId === seen.lotId &&
    item.componentId === seen.componentId
  );
}

async function none(
  tx: TxCtx,
  { ticketId, reopenedAt }: { ticketId: string; reopenedAt?: string | null | undefined },
  wish: Wish & { siteIds: string[] },
  choice: Choice<StockCandidate>,
): Promise<ReservedSpare> {
  const [first] = choice.elsewhere;
  const { lot } = wish.part;
  const why = choice.takeable.length > 0 ? 'what fits was reserved for other tickets at the same moment' : choice.why;
  const reorder = lot === null ? null : await suggestReorder(tx, { lot, siteIds: wish.siteIds, needed: 1 });
  if (reorder !== null && lot !== null) {
    await append(tx, stockReorderSuggested, {
      subject: { type: 'lot', id: lot.id },
      related: [{ type: 'ticket', id: ticketId }],
      once: reopenedAt ? `${ticketId} ${reopenedAt}` : ticketId,
      data: { lot: lot.code, site: wish.site, quantity: reorder.quantity, ticketId, why },
    });
  }
  const shelf = first?.candidate.shelf;
  return {
    outcome: 'none',
    why,
    nearest: first
      ? {
          site: shelf?.site ?? null,
          warehouse: shelf?.warehouse ?? null,
          bin: shelf?.bin ?? null,
          lotCode: first.candidate.lot?.code ?? null,
          quantity: choice.elsewhere
            .filter(({ candidate }) => candidate.item.locationId === first.candidate.item.locationId)
            .filter(({ candidate }) => candidate.lot?.id === first.candidate.lot?.id)
            .reduce((sum, { candidate }) => sum + candidate.free, 0),
          why: first.why,
        }
      : null,
    reorder,
  };
}

async function heldAlready(tx: TxCtx, reservation: Reservation): Promise<ReservedSpare> {
  const item = await findItem(tx, reservation.itemId);
  if (!item) throw new Error(`stock item ${reservation.itemId} is gone, and reservation ${reservation.id} holds it`);
  const lot = item.lotId === null ? undefined : await findLot(tx, item.lotId);
  const shelves = await findShelves(tx, [item.locationId]);
  return shown(reservation, item, lot ?? null, shelves.get(item.locationId ?? '') ?? null);
}

function shown(
  reservation: Reservation,
  item: StockItem,
  lot: { id: string; code: string } | null,
  shelf: Shelf | null,
): ReservedSpare {
  return {
    outcome: 'reserved',
    reservation: { id: reservation.id, expiresAt: reservation.expiresAt },
    item: {
      id: item.id,
      serial: item.serial,
      barcode: item.barcode,
      lot: lot === null ? null : { id: lot.id, code: lot.code },
      site: shelf?.site ?? null,
      warehouse: shelf?.warehouse ?? null,
      bin: shelf?.bin ?? null,
      condition: item.condition,
      warrantyUntil: item.warrantyUntil,
    },
    match: reservation.fit,
    why: reservation.why,
  };
}
