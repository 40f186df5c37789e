import { z } from 'zod';
import type { CsvColumn } from '../core/csv.ts';
import { Nullable, Time } from '../core/schemas.ts';
import type { ShownItem } from './item-reads.ts';
import { Condition, MOVEMENTS, RESERVATION_STATES, Match, Tracking } from './model.ts';
import type { Reservation } from './reservation-store.ts';
import type { VendorReturn } from './return-store.ts';
import type { Movement } from './store.ts';
import type { StockSum } from './summary-reads.ts';

export const StockItemView = z
  .object({
    id: z.string(),
    tracking: Tracking,
    kind: z.string(),
    lot_id: Nullable.text,
    lot: Nullable.text,
    component_id: Nullable.text,
    serial: Nullable.text,
    barcode: Nullable.text,
    manufacturer: Nullable.text,
    model: Nullable.text,
    part_number: Nullable.text,
    facts: z.record(z.string(), z.unknown()),
    location_id: Nullable.text.meta({ description: 'null: it is here, and nobody has shelved it yet' }),
    place: Nullable.text.meta({ description: 'Names from the top down', examples: ['eu / ams1 / store / A1'] }),
    site: Nullable.text,
    warehouse: Nullable.text,
    bin: Nullable.text,
    condition: Condition,
    quantity: z.int(),
    reserved: z.int(),
    available: z.int().meta({ description: 'quantity - reserved' }),
    received_at: Time,
    warranty_until: Nullable.time,
    supplier: Nullable.text,
    purchase_order: Nullable.text,
    created_at: Time,
    updated_at: Time,
    version: z.int(),
  })
  .meta({ id: 'StockItem' });

export function viewItem(item: ShownItem): z.infer<typeof StockItemView> {
  return {
    id: item.id,
    tracking: item.tracking,
    kind: item.kind,
    lot_id: item.lotId,
    lot: item.lotCode,
    component_id: item.componentId,
    serial: item.serial,
    barcode: item.barcode,
    manufacturer: item.manufacturer,
    model: item.model,
    part_number: item.partNumber,
    facts: item.facts,
    location_id: item.locationId,
    place: item.shelf?.path ?? null,
    site: item.shelf?.site ?? null,
    warehouse: item.shelf?.warehouse ?? null,
    bin: item.shelf?.bin ?? null,
    condition: item.condition,
    quantity: item.quantity,
    reserved: item.reserved,
    available: item.quantity - item.reserved,
    received_at: item.receivedAt,
    warranty_until: item.warrantyUntil,
    supplier: item.supplier,
    purchase_order: item.purchaseOrder,
    created_at: item.createdAt,
    updated_at: item.updatedAt,
    version: item.version,
  };
}

export const STOCK_COLUMNS: CsvColumn<ShownItem>[] = StockItemView.keyof().options.map((name) => ({
  name,
  of: (item) => viewItem(item)[name],
}));

export const MovementView = z
  .object({
    id: z.string(),
    did: z.enum(MOVEMENTS),
    quantity: z.int().meta({ description: 'By how much what lies there changed' }),
    reserved: z.int().meta({ description: 'By how much what is reserved changed' }),
    from_location_id: Nullable.text,
    to_location_id: Nullable.text,
    from: Nullable.text,
    to: Nullable.text,
    from_condition: Nullable.text,
    to_condition: Nullable.text,
    ticket_id: Nullable.text,
    reservation_id: Nullable.text,
    count_id: Nullable.text,
    reason: Nullable.text,
    reference: Nullable.text.meta({ description: 'Purchase order, RMA number' }),
    actor: z.string(),
    at: Time,
  })
  .meta({ id: 'StockMovement' });

/** `pathOf`: the place's names from the top down. */
export function viewMovement(
  line: Movement,
  pathOf: (id: string | null) => string | null,
): z.infer<typeof MovementView> {
  return {
    id: line.id,
    did: line.did,
    quantity: line.quantity,
    reserved: line.reserved,
    from_location_id: line.fromLocation,
    to_location_id: line.toLocation,
    from: pathOf(line.fromLocation),
    to: pathOf(line.toLocation),
    from_condition: line.fromGrade,
    to_condition: line.toGrade,
    ticket_id: line.ticketId,
    reservation_id: line.reservationId,
    count_id: line.countId,
    reason: line.reason,
    reference: line.reference,
    actor: line.actor,
    at: line.at,
  };
}

export const ReservationView = z
  .object({
    id: z.string(),
    item_id: z.string(),
    ticket_id: z.string(),
    asset_id: z.string(),
    component_id: Nullable.text,
    state: z.enum(RESERVATION_STATES),
    match: Match,
    why: z.string(),
    held_by: z.string(),
    created_at: Time,
    expires_at: Time,
    ended_at: Nullable.time,
    ended_by: Nullable.text,
    end_reason: Nullable.text,
    item: StockItemView.nullable(),
  })
  .meta({ id: 'StockReservation' });

export function viewReservation(
  reservation: Reservation,
  item: ShownItem | undefined,
): z.infer<typeof ReservationView> {
  return {
    id: reservation.id,
    item_id: reservation.itemId,
    ticket_id: reservation.ticketId,
    asset_id: reservation.assetId,
    component_id: reservation.componentId,
    state: reservation.state,
    match: reservation.fit,
    why: reservation.why,
    held_by: reservation.heldBy,
    created_at: reservation.createdAt,
    expires_at: reservation.expiresAt,
    ended_at: reservation.endedAt,
    ended_by: reservation.endedBy,
    end_reason: reservation.endReason,
    item: item === undefined ? null : viewItem(item),
  };
}

export const SumView = z
  .object({
    lot_id: Nullable.text,
    lot: Nullable.text,
    kind: z.string(),
    site_id: Nullable.text,
    site: Nullable.text.meta({ description: 'null: in no datacenter, or not shelved' }),
    on_hand: z.int().meta({ description: 'Usable: NEW, TESTED, REFURBISHED' }),
    reserved: z.int(),
    available: z.int(),
    unusable: z.int().meta({ description: 'FAILED, RMA, SCRAP' }),
    min: Nullable.number,
    target: Nullable.number,
    reorder: z.int().meta({ description: 'To fill it up to the target; 0 where it is not below the minimum' }),
  })
  .meta({ id: 'StockSummary' });

export function viewSum(sum: StockSum): z.infer<typeof SumView> {
  const { lotId, lot, kind, siteId, site, onHand, reserved, available, unusable, min, target, reorder } = sum;
  const what = { lot_id: lotId, lot, kind, site_id: siteId, site };
  return { ...what, on_hand: onHand, reserved, available, unusable, min, target, reorder };
}

export const ReturnView = z
  .object({
    id: z.string(),
    item_id: z.string(),
    quantity: z.int(),
    rma: z.string(),
    supplier: Nullable.text,
    reason: z.string(),
    state: z.enum(['sent', 'replaced', 'credited', 'refused']),
    sent_at: Time,
    sent_by: z.string(),
    closed_at: Nullable.time,
    closed_by: Nullable.text,
    replacement_id: Nullable.text,
    item: StockItemView.nullable(),
  })
  .meta({ id: 'StockReturn' });

export function viewReturn(sent: VendorReturn, item: ShownItem | undefined): z.infer<typeof ReturnView> {
  return {
    id: sent.id,
    item_id: sent.itemId,
    quantity: sent.quantity,
    rma: sent.rma,
    supplier: sent.supplier,
    reason: sent.reason,
    state: sent.state,
    sent_at: sent.sentAt,
    sent_by: sent.sentBy,
    closed_at: sent.closedAt,
    closed_by: sent.closedBy,
    replacement_id: sent.replacementId,
    item: item === undefined ? null : viewItem(item),
  };
}
