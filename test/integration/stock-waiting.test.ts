import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { JobCtx, JobResult } from '#jobs/job-ctx.ts';
import { noteSpare } from '#jobs/reactions/note-spare.ts';
import { reserveForReopened } from '#jobs/reactions/reserve-for-reopened.ts';
import { reserveForWaiting } from '#jobs/reactions/reserve-for-waiting.ts';
import { wishOf } from '#jobs/spare-for-ticket.ts';
import { noteSpareTask } from '#jobs/tasks/note-spare.ts';
import { reserveForReopenedTask } from '#jobs/tasks/reserve-for-reopened.ts';
import { reserveForWaitingTask } from '#jobs/tasks/reserve-for-waiting.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { releaseById } from '#src/stock/commands/change-reservation.ts';
import { moveStock } from '#src/stock/commands/move-stock.ts';
import { reserveSpare } from '#src/stock/commands/reserve-spare.ts';
import { closeReturn, returnStock } from '#src/stock/commands/return-stock.ts';
import { consumeReservation, releaseReservation } from '#src/stock/commands/settle-reservation.ts';
import { ReceiptInput } from '#src/stock/model.ts';
import { reservationOfTicket } from '#src/stock/reads.ts';
import type { StockItem } from '#src/stock/store.ts';
import { moveTicket } from '#src/tickets/commands/move-ticket.ts';
import type { TicketPriority } from '#src/tickets/model.ts';
import { type StockWorld, stockWorld } from './stock-world.ts';
import { type LabCtx, type TicketLab, ticketLab } from './ticket-lab.ts';

let lab: TicketLab;
let stock: StockWorld;
let seen: Set<string>;
beforeAll(async () => {
  lab = await ticketLab();
  stock = await stockWorld(lab.database);
});
afterAll(() => lab?.close());
beforeEach(async () => {
  // Each test begins with nobody waiting and nothing free.
  await lab.database.db('tickets').update({ state: 'DONE', closed_at: toSql(lab.ctx.now()) });
  await lab.database.db('stock_items').where({ reserved: 0 }).update({ grade: 'SCRAP' });
  seen = new Set((await lab.rows('events')).map(({ id }) => String(id)));
});
afterEach(() => stock.audit());

const HOUR = 3_600_000;
let slots = 0;

/** An open ticket for a drive of a known lot, in a slot of its own. */
async function openTicket(priority: TicketPriority = 'HIGH'): Promise<string> {
  slots += 1;
  lab.clock.at += HOUR;
  const { ticketId } = await lab.take(lab.alert(stock.assetId, { component: `Bay.${slots}`, priority }));
  const part = { id: newId(), kind: 'drive', identity: 'serial', vendor_serial: `BAD-${slots}`, attributes: '{}' };
  const { db } = lab.database;
  await db('components').insert({ ...part, lot_id: stock.lots.nvme2.id, created_at: toSql(lab.ctx.now()) });
  await db('tickets').where({ id: ticketId }).update({ part_id: part.id });
  return String(ticketId);
}

async function hold(ticketId: string): Promise<string> {
  const [ticket] = await lab.tickets({ id: ticketId });
  const wish = ticket && (await wishOf(lab.ctx, ticket));
  if (!wish) throw new Error(`ticket ${ticketId} wants nothing`);
  const spare = await tx(lab.ctx, (inside) => reserveSpare(inside, wish));
  return spare.outcome === 'reserved' ? spare.reservation.id : spare.outcome;
}

/** What the reactions make of what happened since the last time, as the relay would hand it on. */
async function happened(): Promise<{ type: string; site: string }[]> {
  const rows = (await lab.rows('events')).filter(({ id }) => !seen.has(String(id)));
  for (const { id } of rows) seen.add(String(id));
  return rows.flatMap((row) => {
    const type = String(row['type']);
    if (!reserveForWaiting.on.includes(type)) return [];
    const event = { type, data: JSON.parse(String(row['data'])) };
    const input = reserveForWaiting.input(event as Parameters<typeof reserveForWaiting.input>[0]);
    return input === undefined ? [] : [{ type, ...(input as { site: string }) }];
  });
}

const run = (site = 'ams1', by: LabCtx = lab.ctx): Promise<JobResult> =>
  reserveForWaitingTask.run(
    { ...by, settings: { stock: { holdHours: 10 } } } as unknown as JobCtx,
    reserveForWaitingTask.job.Input.parse({ site }),
  );
/** All that it led to. */
async function follow(): Promise<string[]> {
  const events = await happened();
  for (const site of new Set(events.map((one) => one.site))) await run(site);
  return events.map(({ type }) => type);
}
const receive = (serial: string, more: object = {}): Promise<StockItem> =>
  stock.receive({ serial, lot: stock.lots.nvme2.id, ...more });
const heldBy = async (ticketId: string): Promise<string | null> => {
  const known = await reservationOfTicket(lab.ctx, ticketId);
  return known?.reservation.state === 'held' ? known.item.serial : null;
};
const close = (ticketId: string) =>
  tx(lab.ctx, (inside) => moveTicket(inside, { ticketId, move: 'refuse', reason: null }));

test('what is received goes to the most urgent ticket that waits, and of those to the oldest; others get what comes next', async () => {
  const [old, urgent, young] = [await openTicket(), await openTicket('CRITICAL'), await openTicket()];
  for (const ticketId of [old, urgent, young]) expect(await hold(ticketId)).toBe('none');
  await receive('W-1');
  expect(await follow()).toEqual(['stock.received']);
  expect([await heldBy(urgent), await heldBy(old), await heldBy(young)]).toEqual(['W-1', null, null]);
  await receive('W-2');
  await follow();
  expect([await heldBy(old), await heldBy(young)]).toEqual(['W-2', null]);
  expect(await run()).toMatchObject({ outcome: 'nothing is free there' });
});

test('its ticket is told of it once, whatever is handed on again', async () => {
  const ticketId = await openTicket();
  await hold(ticketId);
  await receive('T-1');
  await follow();
  await run();
  const reserved = (await lab.rows('events', { type: 'stock.reserved' })).filter(({ data }) =>
    String(data).includes(ticketId),
  );
  expect(reserved).toHaveLength(1);
  const [event] = reserved.map((row) => ({ ...row, data: JSON.parse(String(row['data'])) }));
  const input = noteSpareTask.job.Input.parse(noteSpare.input(event as never));
  const told: unknown[] = [];
  const enqueue = (job: { name: string }): Promise<void> => Promise.resolve(void told.push(job.name));
  const note = () => noteSpareTask.run({ ...lab.ctx, enqueue } as unknown as JobCtx, input);
  expect([await note(), await note()]).toMatchObject([{ outcome: 'noted' }, { outcome: 'noted already' }]);
  const notes = await lab.rows('ticket_notes', { ticket_id: ticketId });
  const comments = notes.filter(({ body }) => String(body).includes('T-1'));
  expect(comments).toHaveLength(1);
  expect(String(comments[0]?.['body'])).toContain('something came or is free again: same lot');
  expect(told).toEqual(['tell-ticket']);
});

test('what is moved here, comes back from a vendor or is let go by another ticket is looked at too', async () => {
  const [first, second, third] = [await openTicket(), await openTicket(), await openTicket()];
  const far = await receive('M-1', { location_id: stock.places.fraBin });
  expect(await follow()).toEqual(['stock.received']);
  expect(await heldBy(first)).toBe(null);
  const here = { locationId: stock.places.amsBin, quantity: null, reason: null };
  await tx(lab.ctx, (inside) => moveStock(inside, { itemId: far.id, ...here }));
  expect(await follow()).toEqual(['stock.moved']);
  expect(await heldBy(first)).toBe('M-1');
  const broken = await receive('M-2', { condition: 'FAILED' });
  expect(await follow()).toEqual([]);
  const [sent] = [
    await tx(lab.ctx, (inside) =>
      returnStock(inside, { itemId: broken.id, quantity: 1, rma: 'RMA-1', supplier: null, reason: 'dead' }),
    ),
  ];
  const came = { serial: 'M-3', lot: stock.lots.nvme2.id, location_id: stock.places.amsBin };
  const replacement = ReceiptInput.parse(came);
  await tx(lab.ctx, (inside) => closeReturn(inside, { returnId: sent.id, outcome: 'replaced', replacement }));
  expect(await follow()).toEqual(['stock.received']);
  expect(await heldBy(second)).toBe('M-3');
  await close(second);
  await tx(lab.ctx, (inside) => releaseReservation(inside, { ticketId: second, reason: 'will not be fixed' }));
  expect(await follow()).toEqual(['stock.reservation_released']);
  expect(await heldBy(third)).toBe('M-3');
});

test('who let go of a spare by hand gets none by itself; whose spare was built in elsewhere does', async () => {
  const [letGo, robbed, other] = [await openTicket(), await openTicket(), await openTicket()];
  await receive('H-1');
  await receive('H-2');
  const reservation = await hold(letGo);
  await hold(robbed);
  await happened();
  await tx(lab.ctx, (inside) => releaseById(inside, { id: reservation, reason: 'has one in his pocket' }));
  await follow();
  expect(await heldBy(letGo)).toBe(null);
  expect(await heldBy(other)).toBe('H-1');
  await tx(lab.ctx, (inside) => consumeReservation(inside, { ticketId: other, serial: 'H-2', componentId: null }));
  await follow();
  expect(await heldBy(robbed)).toBe('H-1');
  expect(await heldBy(other)).toBe(null);
});

test('a part that was kept in vain four times is not kept once more by itself, and a closed ticket gets none', async () => {
  const [vain, closed, proven] = [await openTicket(), await openTicket(), await openTicket()];
  await receive('V-1');
  const db = lab.database.db('stock_reservations');
  for (let turn = 0; turn < 4; turn += 1) {
    const id = await hold(vain);
    await tx(lab.ctx, (inside) => releaseById(inside, { id, reason: 'over' }));
    await db.clone().where({ id }).update({ state: 'expired' });
  }
  await close(closed);
  await lab.database.db('tickets').where({ id: proven }).update({ proof: '{}' });
  expect(await run()).toMatchObject({ reserved: 0, waiting: 0 });
  for (const ticketId of [vain, closed, proven]) expect(await heldBy(ticketId)).toBe(null);
});

test('a ticket that cannot be looked after keeps no other from its spare', async () => {
  const broken = await openTicket('CRITICAL');
  const well = await openTicket();
  await lab.database.db('tickets').where({ id: broken }).update({ asset_id: newId(), site: null });
  await receive('B-1');
  expect(await run()).toMatchObject({ reserved: 1, failed: 1 });
  expect(await heldBy(well)).toBe('B-1');
});

test('of many workers at once no part is kept for two, and no ticket holds two', async () => {
  const tickets: string[] = [];
  for (let nth = 0; nth < 8; nth += 1) tickets.push(await openTicket(nth < 4 ? 'HIGH' : 'LOW'));
  const items = await Promise.all([1, 2, 3, 4, 5].map((number) => receive(`R-${number}`)));
  const workers = [lab.ctx, lab.another(), lab.another()];
  await Promise.all([...workers, ...workers].map((by) => run('ams1', by)));
  const mine = new Set(items.map(({ id }) => id));
  const held = (await lab.rows('stock_reservations', { state: 'held' })).filter((row) =>
    mine.has(String(row['item_id'])),
  );
  expect(new Set(held.map((row) => row['item_id'])).size).toBe(5);
  expect(held).toHaveLength(5);
  expect(new Set(held.map((row) => row['ticket_id'])).size).toBe(5);
});

const reopenings = async () =>
  (await lab.rows('events')).flatMap((row) => {
    if (seen.has(String(row['id'])) || !reserveForReopened.on.includes(String(row['type']))) return [];
    const subject = { type: String(row['subject_type']), id: String(row['subject_id']) };
    const event = { id: String(row['id']), type: String(row['type']), subject, data: JSON.parse(String(row['data'])) };
    const input = reserveForReopened.input(event as Parameters<typeof reserveForReopened.input>[0]);
    return input === undefined ? [] : [reserveForReopenedTask.job.Input.parse(input) as { eventId: string }];
  });

test('a ticket that is opened again gets a spare at once, whatever it had before, and one only', async () => {
  const [ticketId, other] = [await openTicket(), await openTicket('CRITICAL')];
  await receive('O-1');
  await hold(ticketId);
  await tx(lab.ctx, (inside) => consumeReservation(inside, { ticketId, serial: 'O-1', componentId: null }));
  await receive('O-2');
  await receive('O-3');
  await hold(other);
  await tx(lab.ctx, (inside) => moveTicket(inside, { ticketId, move: 'finish', reason: null }));
  expect(await reopenings()).toEqual([]);
  lab.clock.at += HOUR;
  await tx(lab.ctx, (inside) => moveTicket(inside, { ticketId, move: 'reopen', reason: 'fails again' }));
  const [input, ...more] = await reopenings();
  expect(more).toEqual([]);
  if (input === undefined) throw new Error('nobody heard of it');
  const told: string[] = [];
  const enqueue = (job: { name: string }): Promise<void> => Promise.resolve(void told.push(job.name));
  const ctx = { ...lab.ctx, enqueue, settings: { stock: { holdHours: 10 } } } as unknown as JobCtx;
  const reserve = () => reserveForReopenedTask.run(ctx, input);
  expect(await reserve()).toMatchObject({ outcome: 'reserved' });
  expect(await reserve()).toMatchObject({ outcome: 'it wants none, or holds one' });
  expect([await heldBy(ticketId), await heldBy(other)].toSorted()).toEqual(['O-2', 'O-3']);
  // Nothing is left for the next one: it is told so, once.
  const late = await openTicket();
  await tx(lab.ctx, (inside) => moveTicket(inside, { ticketId: late, move: 'finish', reason: null }));
  await tx(lab.ctx, (inside) => moveTicket(inside, { ticketId: late, move: 'reopen', reason: null }));
  const [, last] = await reopenings();
  if (last === undefined) throw new Error('nobody heard of it');
  for (let times = 0; times < 2; times += 1)
    expect(await reserveForReopenedTask.run(ctx, last)).toMatchObject({ outcome: 'none' });
  const notes = await lab.rows('ticket_notes', { ticket_id: late, source: last.eventId });
  expect(notes.map(({ body }) => String(body))).toEqual([expect.stringContaining('none reserved')]);
  expect(told).toEqual(['tell-ticket']);
});
