import type { Ctx, TxCtx } from '#src/core/ctx.ts';
import { tx } from '#src/core/tx.ts';
import { findComponent, lastSlotAt, latestInventory } from '#src/history/reads.ts';
import { consumeReservation } from '#src/stock/commands/settle-reservation.ts';
import { receivePulled } from '#src/stock/commands/receive-pulled.ts';
import { moveTicket } from '#src/tickets/commands/move-ticket.ts';
import { recordProof } from '#src/tickets/commands/record-proof.ts';
import { findInSlot, kindOfWork, onlyNewcomer } from '#src/tickets/find-in-slot.ts';
import { judgeRepair, type RepairVerdict } from '#src/tickets/judge-repair.ts';
import { isOpen } from '#src/tickets/model.ts';
import { replacementsOf } from '#src/tickets/repair-reads.ts';
import type { Ticket } from '#src/tickets/reads.ts';
import { findPartOfServer } from './tasks/part-of-server.ts';
import { warrantyOf } from './warranty-of-part.ts';

const COMMITTED = { isolation: 'read committed' } as const;

/** Compares what the tickets of a server want replaced with what was seen in it since. @returns a line for each */
export async function checkRepairs(ctx: Ctx, assetId: string): Promise<string[]> {
  const tickets = await replacementsOf(ctx, assetId);
  if (tickets.length === 0) return [];
  const inventory = await latestInventory(ctx, assetId);
  if (inventory === undefined) return ['nobody has looked into the server yet'];
  const lines: string[] = [];
  for (const ticket of tickets) {
    const since = ticket.reopenedAt ?? ticket.openedAt;
    const old = await partThen(ctx, ticket, assetId);
    const kind = old.kind ?? kindOfWork(ticket.type);
    const where = { component: ticket.component, kind, known: old.slot };
    const inSlot = findInSlot(inventory.components, where);
    const isAlone = tickets.every((one) => one.id === ticket.id || one.type !== ticket.type || one.proof !== null);
    const there =
      inSlot.length > 0 || !isAlone
        ? inSlot
        : onlyNewcomer(inventory.components, { ...where, gone: old.componentId, since });
    const verdict = judgeRepair({ ...ticket, partId: old.componentId, since }, there, ctx.now());
    const looks = inventory.sources.filter(({ lastCollectedAt }) => lastCollectedAt >= since);
    const whole = looks.filter(({ scope }) => there.some(({ kind }) => scope.includes(kind)));
    const sources = (whole.length > 0 ? whole : looks).map(({ source }) => source);
    await settle(ctx, ticket, verdict, sources);
    lines.push(`${ticket.summary}: ${verdict.state}: ${verdict.why}`);
  }
  return lines;
}

/** The part that a ticket is about, and in which slot it was when the fault was seen: by its serial, whatever the alert called the slot. */
async function partThen(
  ctx: Ctx,
  { partId, serial, firstEventAt }: Ticket,
  assetId: string,
): Promise<{ componentId: string | null; kind: string | null; slot: string | null }> {
  const found = partId === null && serial !== null ? await findPartOfServer(ctx, serial, assetId) : undefined;
  const componentId = partId ?? (found !== undefined && 'componentId' in found ? found.componentId : null);
  if (componentId === null) return { componentId, kind: null, slot: null };
  const kind = (await findComponent(ctx, componentId))?.kind ?? null;
  const last = await lastSlotAt(ctx, { componentId, assetId });
  // It had gone from there before: the alert is of where it was then.
  const isOld = last !== undefined && last.removedAt !== null && last.removedAt < firstEventAt;
  return { componentId, kind, slot: isOld ? null : (last?.slot ?? null) };
}

async function settle(ctx: Ctx, ticket: Ticket, verdict: RepairVerdict, sources: string[]): Promise<void> {
  if (verdict.state !== 'replaced') return;
  const { part } = verdict;
  await tx(
    ctx,
    async (inside) => {
      const old = await oldPart(inside, ticket);
      const proof = {
        ...{ slot: ticket.component, oldSerial: old.serial ?? 'not known', newSerial: part.serial },
        ...{ newComponentId: part.componentId, seenAt: part.installedAt, sources },
      };
      const { ticket: now, isNew } = await recordProof(inside, { ticketId: ticket.id, proof });
      if (isNew) {
        const seen = { ticketId: ticket.id, serial: part.serial, componentId: part.componentId };
        await consumeReservation(inside, seen);
        await receivePulled(inside, { ...old, ticketId: ticket.id, site: ticket.site });
      }
      if (!verdict.healthy || !isOpen(now.state)) return;
      const reason = `${proof.oldSerial} → ${proof.newSerial}: ${verdict.why}`;
      await moveTicket(inside, { ticketId: ticket.id, move: 'finish', reason });
    },
    COMMITTED,
  );
}

/** What came out, and where it goes: back to its maker while its warranty is known to run. */
async function oldPart(ctx: TxCtx, ticket: Ticket) {
  const known = ticket.partId === null ? undefined : await findComponent(ctx, ticket.partId);
  const serial = ticket.serial ?? known?.serial ?? null;
  const until = await warrantyOf(ctx, { componentId: known?.id ?? null, serial });
  const underWarranty = until !== null && until > ctx.now().toISOString();
  const disposition = underWarranty ? ('RMA' as const) : ('FAILED' as const);
  return { componentId: known?.id ?? null, serial, lotId: known?.lot?.id ?? null, disposition };
}
