import { z } from 'zod';
import { defineEvent } from '../core/event.ts';
import { Condition, Match } from './model.ts';

/** What the item is, in words of its label; `site`: the datacenter where it lies. */
const Thing = z.object({
  what: z.string().meta({ description: 'Serial, barcode or lot', examples: ['SSD_NVME_03.84TB_GEN4 S5H9NS0T'] }),
  lot: z.string().nullable(),
  serial: z.string().nullable(),
  site: z.string().nullable(),
  place: z.string().nullable().meta({ description: 'Names from the top down' }),
  condition: Condition,
});
const Reason = z.string().nullable();
const at = (place: string | null): string => place ?? 'a place that nobody has said';
const because = (reason: string | null): string => (reason === null ? '' : `: ${reason}`);
const times = (quantity: number, what: string): string => (quantity === 1 ? what : `${quantity} × ${what}`);

export const stockReceived = defineEvent({
  type: 'stock.received',
  version: 1,
  topic: 'stock.received',
  Data: Thing.extend({ quantity: z.int(), supplier: z.string().nullable(), purchaseOrder: z.string().nullable() }),
  sentence: (data) =>
    `${times(data.quantity, data.what)} received at ${at(data.place)} (${data.condition})${data.supplier === null ? '' : ` from ${data.supplier}`}`,
});

export const stockMoved = defineEvent({
  type: 'stock.moved',
  version: 1,
  topic: 'stock.moved',
  Data: Thing.extend({
    quantity: z.int(),
    from: z.string().nullable(),
    fromCondition: Condition,
    reason: Reason,
  }),
  sentence: (data) => {
    const moved =
      data.from === data.place ? `stays at ${at(data.place)}` : `from ${at(data.from)} to ${at(data.place)}`;
    const graded = data.fromCondition === data.condition ? '' : `, ${data.fromCondition} → ${data.condition}`;
    return `${times(data.quantity, data.what)} ${moved}${graded}${because(data.reason)}`;
  },
});

const ForTicket = Thing.extend({ ticketId: z.string(), reservationId: z.string() });

export const stockReserved = defineEvent({
  type: 'stock.reserved',
  version: 1,
  topic: 'stock.reserved',
  Data: ForTicket.extend({ match: Match, expiresAt: z.string(), why: z.string() }),
  sentence: (data) => `${data.what} at ${at(data.place)} reserved until ${data.expiresAt}: ${data.why}`,
});

export const stockReservationReleased = defineEvent({
  type: 'stock.reservation_released',
  version: 1,
  topic: 'stock.reservation_released',
  Data: ForTicket.extend({ reason: z.string() }),
  sentence: (data) => `${data.what} at ${at(data.place)} is no longer reserved: ${data.reason}`,
});

export const stockReservationExpired = defineEvent({
  type: 'stock.reservation_expired',
  version: 1,
  topic: 'stock.reservation_expired',
  Data: ForTicket.extend({ expiredAt: z.string() }),
  sentence: (data) => `${data.what} at ${at(data.place)} is free again: its reservation ended at ${data.expiredAt}`,
});

export const stockReservationNotRenewed = defineEvent({
  type: 'stock.reservation_not_renewed',
  version: 1,
  topic: 'stock.reservation_not_renewed',
  Data: ForTicket.extend({ why: z.string() }),
  sentence: (data) => `no spare is kept any more, and the ticket is still open: ${data.why}`,
});

export const stockConsumed = defineEvent({
  type: 'stock.consumed',
  version: 1,
  topic: 'stock.consumed',
  Data: Thing.extend({ ticketId: z.string().nullable(), reserved: z.boolean(), reason: Reason }),
  sentence: (data) =>
    `${data.what} taken from ${at(data.place)}${data.reserved ? ', as it was reserved' : ''}${because(data.reason)}`,
});

export const stockPulled = defineEvent({
  type: 'stock.pulled',
  version: 1,
  topic: 'stock.pulled',
  Data: Thing.extend({ ticketId: z.string().nullable() }),
  sentence: (data) => `${data.what} pulled out of its server, kept as ${data.condition} at ${at(data.place)}`,
});

export const stockAdjusted = defineEvent({
  type: 'stock.adjusted',
  version: 1,
  topic: 'stock.adjusted',
  Data: Thing.extend({ from: z.int(), to: z.int(), countId: z.string().nullable(), reason: z.string() }),
  sentence: (data) => `${data.what} at ${at(data.place)} counted: ${data.to}, not ${data.from}: ${data.reason}`,
});

export const stockScrapped = defineEvent({
  type: 'stock.scrapped',
  version: 1,
  topic: 'stock.scrapped',
  Data: Thing.extend({ quantity: z.int(), reason: z.string() }),
  sentence: (data) => `${times(data.quantity, data.what)} scrapped: ${data.reason}`,
});

export const stockReturned = defineEvent({
  type: 'stock.returned',
  version: 1,
  topic: 'stock.returned',
  Data: Thing.extend({ quantity: z.int(), rma: z.string(), supplier: z.string().nullable(), reason: z.string() }),
  sentence: (data) =>
    `${times(data.quantity, data.what)} sent back${data.supplier === null ? '' : ` to ${data.supplier}`} (RMA ${data.rma}): ${data.reason}`,
});

export const stockReturnClosed = defineEvent({
  type: 'stock.return_closed',
  version: 1,
  topic: 'stock.return_closed',
  Data: z.object({ rma: z.string(), outcome: z.string(), replacement: z.string().nullable() }),
  sentence: (data) => `RMA ${data.rma}: ${data.outcome}${data.replacement === null ? '' : `, by ${data.replacement}`}`,
});

export const stockReorderSuggested = defineEvent({
  type: 'stock.reorder_suggested',
  version: 1,
  topic: 'stock.reorder_suggested',
  Data: z.object({
    lot: z.string(),
    site: z.string().nullable(),
    quantity: z.int(),
    ticketId: z.string(),
    why: z.string(),
  }),
  sentence: (data) =>
    `Order ${data.quantity} × ${data.lot} for ${data.site ?? 'a site that is not known'}: ${data.why}`,
});

export const stockLevelChanged = defineEvent({
  type: 'stock.level_changed',
  version: 1,
  topic: 'stock.level_changed',
  Data: z.object({ lot: z.string(), site: z.string(), min: z.int(), target: z.int() }),
  sentence: (data) =>
    data.target === 0
      ? `${data.site} need not keep ${data.lot}`
      : `${data.site} shall keep at least ${data.min} × ${data.lot}, and is filled up to ${data.target}`,
});

const Count = z.object({ countId: z.string(), place: z.string() });

export const stockCountOpened = defineEvent({
  type: 'stock.count_opened',
  version: 1,
  topic: 'stock.count_opened',
  Data: Count.extend({ lines: z.int() }),
  sentence: (data) => `Count of ${data.place} begun: ${data.lines} line(s) expected`,
});

export const stockCountApproved = defineEvent({
  type: 'stock.count_approved',
  version: 1,
  topic: 'stock.count_approved',
  Data: Count.extend({ counted: z.int(), adjusted: z.int(), left: z.int(), reason: z.string() }),
  sentence: (data) =>
    `Count of ${data.place} approved: ${data.counted} line(s) counted, ${data.adjusted} adjusted, ${data.left} not looked at: ${data.reason}`,
});

export const stockCountCancelled = defineEvent({
  type: 'stock.count_cancelled',
  version: 1,
  topic: 'stock.count_cancelled',
  Data: Count.extend({ reason: z.string() }),
  sentence: (data) => `Count of ${data.place} cancelled, nothing was changed: ${data.reason}`,
});
