import { z } from 'zod';
import { isPlaceholder } from '../core/placeholder.ts';
import { COMPONENT_KINDS } from '../ports/hardware-inventory.ts';

/** In what shape a part is. What may be built in is `USABLE`. */
export const CONDITIONS = ['NEW', 'TESTED', 'REFURBISHED', 'FAILED', 'RMA', 'SCRAP'] as const;
export const Condition = z.enum(CONDITIONS).meta({ id: 'StockCondition' });
export type Condition = z.infer<typeof Condition>;

const USABLE: readonly Condition[] = ['NEW', 'TESTED', 'REFURBISHED'];

export function isUsable(condition: Condition): boolean {
  return USABLE.includes(condition);
}

/** `piece`: known by a serial or barcode of its own; `bulk`: so many of one lot, alike. */
export const Tracking = z.enum(['piece', 'bulk']).meta({ id: 'StockTracking' });
export type Tracking = z.infer<typeof Tracking>;

export const MOVEMENTS = [
  'receive',
  'move',
  'reserve',
  'release',
  'consume',
  'pull',
  'adjust',
  'scrap',
  'return',
] as const;
export type MovementKind = (typeof MOVEMENTS)[number];

export const RESERVATION_STATES = ['held', 'consumed', 'released', 'expired'] as const;
export type ReservationState = (typeof RESERVATION_STATES)[number];

/** How well a spare stands in for the part. */
export const Match = z.enum(['same-lot', 'compatible']).meta({ id: 'SpareMatch' });
export type Match = z.infer<typeof Match>;

/** Until somebody has walked to the rack and back. */
export const HOLD_HOURS = 72;

/** How often a part is kept again for a ticket that is still open: with the usual hold longer than a ticket may lie unfinished. */
export const HELD_AGAIN_AT_MOST = 3;
/** Why a reservation ended whose part was built in for another ticket, at its beginning: who had it wants one still. */
export const TAKEN_FOR = 'it was taken for ticket';

const LONGEST_SERIAL = 128;

/** As the history keeps serials, so that a part is known again once it has left the shelf. Null where it identifies nothing. */
export function serialAsKept(serial: string | null): string | null {
  if (serial === null) return null;
  const text = serial.trim().replaceAll(/\s+/g, ' ').toUpperCase();
  return text === '' || text.length > LONGEST_SERIAL || isPlaceholder(text) ? null : text;
}

export type Facts = Record<string, string | number | boolean>;

const text = (max: number) => z.string().trim().min(1).max(max);
const Moment = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString());
/** A day alone means its end: a warranty that runs until a day runs on that day. */
const Until = z.union([Moment, z.iso.date().transform((day) => `${day}T23:59:59.000Z`)]);
export const Reason = text(500).meta({ description: 'Why; stands in the ledger and on the timeline' });

/** What comes onto a shelf. With a serial, barcode or component it is one piece, otherwise so many of a lot. */
export const ReceiptInput = z
  .strictObject({
    serial: text(128).nullish().meta({ description: 'On its label: it is tracked by it' }),
    barcode: text(128).nullish().meta({ description: 'Of a label that was stuck on it; one item’s' }),
    component_id: z.uuid().nullish().meta({ description: 'The part, where the hub knows it already' }),
    lot: text(80).nullish().meta({ description: 'Id or code; left out: that of the part, where it is known' }),
    kind: z.enum(COMPONENT_KINDS).nullish().meta({ description: 'Where neither lot nor part say it' }),
    quantity: z.int().min(1).max(1_000_000).default(1).meta({ description: 'Of a lot; a piece is 1' }),
    location_id: z.uuid().nullish().meta({ description: 'Warehouse or bin' }),
    location: text(1000).nullish().meta({ description: 'Its path instead, e.g. "ams1 / store / A3"' }),
    condition: Condition.default('NEW'),
    manufacturer: text(150).nullish(),
    model: text(200).nullish(),
    part_number: text(150).nullish(),
    facts: z
      .record(z.string().regex(/^[a-z][A-Za-z]{0,39}$/), z.union([z.string().max(100), z.number(), z.boolean()]))
      .nullish()
      .meta({ description: 'What no tool reports and the spare rules ask for, e.g. formFactor, enduranceClass' }),
    received_at: Moment.nullish().meta({ description: 'Left out: now' }),
    warranty_until: Until.nullish().meta({ description: 'A day, or a moment' }),
    supplier: text(150).nullish(),
    purchase_order: text(120).nullish(),
  })
  .superRefine((input, ctx) => {
    const fault = (field: string, message: string): void => ctx.addIssue({ code: 'custom', path: [field], message });
    const isPiece = [input.serial, input.barcode, input.component_id].some((value) => typeof value === 'string');
    if (isPiece && input.quantity !== 1)
      fault('quantity', 'a piece with a serial or barcode is one: leave it out, or say 1');
    if (!isPiece && typeof input.lot !== 'string')
      fault('lot', 'without a serial or barcode it is counted by its lot: say which');
    if (typeof input.location_id === 'string' && typeof input.location === 'string')
      fault('location', 'say location_id or location, not both');
    if (typeof input.location_id !== 'string' && typeof input.location !== 'string')
      fault('location', 'say where it is put: a warehouse or bin, by its path or as location_id');
    if (typeof input.serial === 'string' && serialAsKept(input.serial) === null)
      fault('serial', 'is a placeholder that is on many parts: leave it out, and stick a barcode on it');
  })
  .meta({ id: 'StockReceipt' });
export type ReceiptInput = z.infer<typeof ReceiptInput>;

/** What somebody found while counting. */
export const FoundInput = z
  .strictObject({
    item_id: z.uuid().nullish(),
    serial: text(128).nullish(),
    barcode: text(128).nullish(),
    lot: text(80).nullish().meta({ description: 'Id or code; of counted bins, and of a serial that nobody knows' }),
    kind: z.enum(COMPONENT_KINDS).nullish(),
    condition: Condition.default('NEW').meta({ description: 'Of a counted bin, and of what nobody knew of' }),
    counted: z.int().min(0).max(1_000_000).default(1),
    location_id: z.uuid().nullish().meta({ description: 'Where it was found; left out: the place that is counted' }),
    location: text(1000).nullish().meta({ description: 'Its path instead' }),
  })
  .refine(
    (found) => [found.item_id, found.serial, found.barcode, found.lot].some((said) => typeof said === 'string'),
    'say item_id, serial, barcode or lot',
  )
  .meta({ id: 'StockFound' });
export type FoundInput = z.infer<typeof FoundInput>;
