import type { Ctx } from '#src/core/ctx.ts';
import { tx } from '#src/core/tx.ts';
import { type ReservedSpare, reserveSpare } from '#src/stock/commands/reserve-spare.ts';
import { stillWaiting } from '#src/stock/waiting-reads.ts';
import type { SpareFacts } from '#src/tickets/draft.ts';
import { kindOfWork } from '#src/tickets/find-in-slot.ts';
import { isOpen } from '#src/tickets/model.ts';
import type { Ticket } from '#src/tickets/reads.ts';
import { lockTicket } from '#src/tickets/store.ts';
import type { JobCtx } from './job-ctx.ts';
import { partOf } from './ticket-facts.ts';

/** What a ticket wants of the stock; undefined where nothing is to be replaced. */
export async function wishOf(ctx: Ctx, ticket: Ticket) {
  const { assetId } = ticket;
  if (!ticket.type.startsWith('REPLACE_') || assetId === null) return undefined;
  const { componentId, lotId, part } = await partOf(ctx, ticket);
  const kind = part?.kind ?? kindOfWork(ticket.type);
  return { ticketId: ticket.id, assetId, componentId, lotId, kind, site: ticket.site };
}

type Wish = NonNullable<Awaited<ReturnType<typeof wishOf>>>;

/** Keeps a spare for an open ticket that wants one still; undefined where it does not. */
export async function reserveIfWanted(ctx: JobCtx, wish: Wish, because: string): Promise<ReservedSpare | undefined> {
  const { holdHours } = ctx.settings.stock;
  return tx(
    ctx,
    async (inside) => {
      const ticket = await lockTicket(inside.db, wish.ticketId);
      if (!ticket || !isOpen(ticket.state) || ticket.proof !== null) return undefined;
      // Another worker, or a person, may have been here since it was read.
      if ((await stillWaiting(inside, [toWaiting(ticket)])).size === 0) return undefined;
      return reserveSpare(inside, { ...wish, holdHours, because, reopenedAt: ticket.reopenedAt });
    },
    { isolation: 'read committed' },
  );
}

export function toWaiting({ id, openedAt, reopenedAt }: Ticket): { id: string; since: string } {
  return { id, since: reopenedAt ?? openedAt };
}

/** Keeps a spare for what is to be replaced; undefined where nothing is. In a transaction of its own, before anybody outside is called. */
export async function spareFor(ctx: JobCtx, ticket: Ticket): Promise<SpareFacts | undefined> {
  const want = await wishOf(ctx, ticket);
  if (want === undefined) return undefined;
  const { holdHours } = ctx.settings.stock;
  const spare = await tx(ctx, (inside) => reserveSpare(inside, { ...want, holdHours }), {
    isolation: 'read committed',
  });
  return toFacts(spare);
}

/** As a technician is told of it. */
export function toFacts(spare: ReservedSpare): SpareFacts {
  if (spare.outcome === 'reserved') {
    const { item, reservation } = spare;
    return {
      ...{ serial: item.serial, barcode: item.barcode, lot: item.lot?.code ?? null, warehouse: item.warehouse },
      ...{ bin: item.bin, condition: item.condition, warrantyUntil: item.warrantyUntil },
      ...{ match: spare.match, why: spare.why, expiresAt: reservation.expiresAt },
    };
  }
  const { nearest, reorder, why } = spare;
  return {
    none: why,
    nearest:
      nearest === null
        ? null
        : `${nearest.quantity} × ${nearest.lotCode ?? 'without a lot'} in ${[nearest.site, nearest.warehouse, nearest.bin].filter((text) => text !== null).join(', ')}: ${nearest.why}`,
    reorder: reorder === null ? null : `${reorder.quantity} × ${reorder.lotCode}`,
  };
}
