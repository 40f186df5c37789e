import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JobCtx, JobResult } from '#jobs/job-ctx.ts';
import { reserveAgain } from '#jobs/reactions/reserve-again.ts';
import { wishOf } from '#jobs/spare-for-ticket.ts';
import { reserveAgainTask } from '#jobs/tasks/reserve-again.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { expireReservations } from '#src/stock/commands/expire-reservations.ts';
import { moveStock } from '#src/stock/commands/move-stock.ts';
import { reserveSpare } from '#src/stock/commands/reserve-spare.ts';
import { consumeReservation } from '#src/stock/commands/settle-reservation.ts';
import { reservationOfTicket } from '#src/stock/reads.ts';
import { moveTicket } from '#src/tickets/commands/move-ticket.ts';
import { type StockWorld, stockWorld } from './stock-world.ts';
import { type LabCtx, type TicketLab, ticketLab } from './ticket-lab.ts';

let lab: TicketLab;
let stock: StockWorld;
beforeAll(async () => {
  lab = await ticketLab();
  stock = await stockWorld(lab.database);
});
afterAll(() => lab?.close());
afterEach(() => stock.audit());

const HOUR = 3_600_000;
const HOLD_HOURS = 10;
let slots = 0;

/** An open ticket for a drive of a known lot, in a slot of its own. */
async function openTicket(): Promise<string> {
  slots += 1;
  const { ticketId } = await lab.take(lab.alert(stock.assetId, { component: `Bay.${slots}` }));
  const part = { id: newId(), kind: 'drive', identity: 'serial', vendor_serial: `BAD-${slots}`, attributes: '{}' };
  const { db } = lab.database;
  await db('components').insert({ ...part, lot_id: stock.lots.nvme2.id, created_at: toSql(lab.ctx.now()) });
  await db('tickets').where({ id: ticketId }).update({ part_id: part.id });
  return String(ticketId);
}

async function hold(ticketId: string): Promise<void> {
  const [ticket] = await lab.tickets({ id: ticketId });
  const wish = ticket && (await wishOf(lab.ctx, ticket));
  if (!wish) throw new Error(`ticket ${ticketId} wants nothing`);
  const spare = await tx(lab.ctx, (inside) => reserveSpare(inside, { ...wish, holdHours: HOLD_HOURS }));
  expect(spare).toMatchObject({ outcome: 'reserved' });
}

/** The time of all that is held is over. @returns what the reaction makes of it, as the worker would take it */
async function runOut(): Promise<Record<string, unknown>[]> {
  lab.clock.at += (HOLD_HOURS + 1) * HOUR;
  const before = new Set((await expired()).map(({ id }) => id));
  await expireReservations(lab.ctx);
  return (await expired()).filter(({ id }) => !before.has(id)).map(({ input }) => input);
}

async function expired(): Promise<{ id: string; input: Record<string, unknown> }[]> {
  const rows = await lab.rows('events', { type: 'stock.reservation_expired' });
  return rows.map((row) => {
    const event = { data: JSON.parse(String(row['data'])) } as Parameters<typeof reserveAgain.input>[0];
    return { id: String(row['id']), input: reserveAgain.input(event) as Record<string, unknown> };
  });
}

/** What the job needs of its surroundings is the database and the clock. */
const run = (input: unknown, by: LabCtx = lab.ctx): Promise<JobResult> =>
  reserveAgainTask.run(by as unknown as JobCtx, reserveAgainTask.job.Input.parse(input));

const stateOf = async (ticketId: string): Promise<string | undefined> =>
  (await reservationOfTicket(lab.ctx, ticketId))?.reservation.state;

async function timelineOf(ticketId: string): Promise<string[]> {
  const rows = await lab.rows('timeline_events', { subject_type: 'ticket', subject_id: ticketId });
  return rows.map(({ type }) => String(type)).filter((type) => type.startsWith('stock.'));
}

describe('a reservation that ran out', () => {
  test('is made again for a ticket that is still open, for as long, three times; then people are told', async () => {
    await stock.receive({ serial: 'AGAIN-1', lot: stock.lots.nvme2.id });
    const ticketId = await openTicket();
    await hold(ticketId);
    for (const turn of [1, 2, 3]) {
      const [input] = await runOut();
      expect(await run(input)).toMatchObject({ outcome: 'reserved again' });
      expect(await run(input)).toMatchObject({ outcome: 'reserved again' }); // the same run once more
      const held = await reservationOfTicket(lab.ctx, ticketId);
      expect(held?.reservation).toMatchObject({ state: 'held', why: expect.stringContaining(`again (${turn} of 3)`) });
      expect(held?.reservation.expiresAt).toBe(new Date(lab.clock.at + HOLD_HOURS * HOUR).toISOString());
    }
    const [last] = await runOut();
    const given = { outcome: 'not reserved again', why: expect.stringContaining('reserve one by hand') };
    expect(await run(last)).toMatchObject(given);
    expect(await run(last)).toMatchObject(given);
    expect(await stateOf(ticketId)).toBe('expired');
    const told = await timelineOf(ticketId);
    const many = (type: string): number => told.filter((one) => one === type).length;
    expect([many('stock.reserved'), many('stock.reservation_expired')]).toEqual([4, 4]);
    expect(many('stock.reservation_not_renewed')).toBe(1);
    await lab.database.db('stock_items').where({ serial: 'AGAIN-1' }).update({ grade: 'SCRAP' });
  });

  test('is not made again where the ticket is closed, or a part was taken', async () => {
    for (const serial of ['CLOSED-1', 'CLOSED-2', 'CLOSED-3'])
      await stock.receive({ serial, lot: stock.lots.nvme2.id });
    const [closed, taken] = [await openTicket(), await openTicket()];
    for (const ticketId of [closed, taken]) await hold(ticketId);
    const inputs = await runOut();
    expect(inputs).toHaveLength(2);
    await tx(lab.ctx, (inside) => moveTicket(inside, { ticketId: closed, move: 'finish', reason: null }));
    await hold(taken);
    await tx(lab.ctx, (inside) => consumeReservation(inside, { ticketId: taken, serial: null, componentId: null }));
    const outcomes = await Promise.all(inputs.map(async (input) => [input['ticketId'], (await run(input))['outcome']]));
    expect(new Map(outcomes as [string, string][])).toEqual(
      new Map([
        [closed, 'its ticket is closed'],
        [taken, 'a part was taken for it'],
      ]),
    );
    expect(await stateOf(closed)).toBe('expired');
    for (const ticketId of [closed, taken])
      expect(await timelineOf(ticketId)).not.toContain('stock.reservation_not_renewed');
    await lab.database
      .db('stock_items')
      .whereIn('serial', ['CLOSED-1', 'CLOSED-2', 'CLOSED-3'])
      .update({ grade: 'SCRAP' });
  });

  test('of many tickets at once: no part is kept for two, and who gets none is told so once', async () => {
    const items = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((number) => stock.receive({ serial: `RACE-${number}`, lot: stock.lots.nvme2.id })),
    );
    const tickets = await Promise.all(items.map(() => openTicket()));
    await Promise.all(tickets.map(hold));
    const inputs = await runOut();
    expect(inputs).toHaveLength(6);
    // Meanwhile half of them are found to be broken.
    for (const item of items.slice(0, 3))
      await tx(lab.ctx, (inside) =>
        moveStock(inside, { itemId: item.id, condition: 'FAILED', locationId: null, quantity: null, reason: 'tested' }),
      );
    const workers = [lab.ctx, lab.another(), lab.another()];
    // Each twice, as when a worker that was taken for dead goes on.
    await Promise.all([...inputs, ...inputs].map((input, index) => run(input, workers[index % 3])));
    const held = await lab.rows('stock_reservations', { state: 'held' });
    const kept = held.map((row) => String(row['item_id']));
    expect(kept.toSorted()).toEqual(
      items
        .slice(3)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(new Set(held.map((row) => row['ticket_id'])).size).toBe(3);
    const without = tickets.filter((id) => !held.some((row) => row['ticket_id'] === id));
    for (const ticketId of without)
      expect((await timelineOf(ticketId)).filter((type) => type === 'stock.reservation_not_renewed')).toHaveLength(1);
  });
});
