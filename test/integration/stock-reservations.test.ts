import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { expireReservations } from '#src/stock/commands/expire-reservations.ts';
import { receivePulled } from '#src/stock/commands/receive-pulled.ts';
import { type ReservedSpare, reserveSpare } from '#src/stock/commands/reserve-spare.ts';
import { consumeReservation, releaseReservation } from '#src/stock/commands/settle-reservation.ts';
import { findItem } from '#src/stock/item-reads.ts';
import { reservationOfTicket } from '#src/stock/reads.ts';
import { type StockWorld, stockWorld } from './stock-world.ts';

let on: StockWorld;
beforeAll(async () => void (on = await stockWorld()));
afterAll(() => on?.database.close());
beforeEach(async () => {
  for (const table of ['stock_items', 'stock_movements', 'stock_reservations', 'stock_levels', 'events'])
    await on.database.db(table).delete();
});
afterEach(() => on.audit());

const want = (more: object = {}) => ({
  ticketId: newId(),
  ...{ assetId: on.assetId, componentId: null, lotId: on.lots.nvme2.id, kind: 'drive', site: null },
  ...more,
});

function reserve(more: object = {}, ctx = on.ctx, isolation?: 'read committed'): Promise<ReservedSpare> {
  const wish = want(more);
  return tx(ctx, (inside) => reserveSpare(inside, wish), isolation ? { isolation } : {});
}

function itemOf(spare: ReservedSpare): string {
  if (spare.outcome !== 'reserved') throw new Error(`nothing was reserved: ${spare.why}`);
  return spare.item.id;
}

describe('many tickets at once', () => {
  test.each([undefined, 'read committed'] as const)('never get one piece twice (%s)', async (isolation) => {
    const pieces = await Promise.all(
      [1, 2, 3, 4, 5].map((number) => on.receive({ serial: `PIECE-${number}`, lot: on.lots.nvme2.id })),
    );
    const contexts = [on.ctx, { ...on.ctx, db: on.database.connect() }, { ...on.ctx, db: on.database.connect() }];
    const got = await Promise.all(
      Array.from({ length: 24 }, (_, index) => reserve({}, contexts[index % contexts.length], isolation)),
    );
    const taken = got.flatMap((one) => (one.outcome === 'reserved' ? [one.item.id] : []));
    expect(taken.toSorted()).toEqual(pieces.map(({ id }) => id).toSorted());
    expect(got.filter(({ outcome }) => outcome === 'none')).toHaveLength(19);
    expect(await on.said('stock.reserved')).toHaveLength(5);
  });

  test('never get more of a counted bin than there is', async () => {
    const bin = await on.receive({ lot: on.lots.nvme2.code, quantity: 7 });
    const got = await Promise.all(Array.from({ length: 30 }, () => reserve()));
    expect(got.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(7);
    expect(await findItem(on.ctx, bin.id)).toMatchObject({ quantity: 7, reserved: 7 });
    await expect(on.database.db('stock_items').where({ id: bin.id }).update({ quantity: 6 })).rejects.toThrow(
      /stock_items_reserved|CONSTRAINT/,
    );
  });

  test('wait for one of the same lot rather than take a worse one', async () => {
    const bin = await on.receive({ lot: on.lots.nvme2.code, quantity: 20 });
    await on.receive({ lot: on.lots.nvme4.code, quantity: 20 });
    const got = await Promise.all(Array.from({ length: 20 }, () => reserve()));
    expect(new Set(got.map(itemOf))).toEqual(new Set([bin.id]));
  });

  test('take, let go and use what is there, all at once, and the ledger adds up', async () => {
    await on.receive({ lot: on.lots.nvme2.code, quantity: 6 });
    for (const number of [1, 2, 3, 4]) await on.receive({ serial: `MIX-${number}`, lot: on.lots.nvme2.id });
    const work = Array.from({ length: 20 }, async (_, index) => {
      const ticketId = newId();
      const got = await reserve({ ticketId });
      if (got.outcome === 'none') return 'none';
      if (index % 3 === 0) await tx(on.ctx, (inside) => releaseReservation(inside, { ticketId, reason: 'not needed' }));
      else if (index % 3 === 1)
        await tx(on.ctx, (inside) => consumeReservation(inside, { ticketId, serial: null, componentId: null }));
      return got.outcome;
    });
    await Promise.all(work);
    const [sums] = await on.database.db('stock_items').sum({ quantity: 'quantity', reserved: 'reserved' });
    const used = (await on.said('stock.consumed')).length;
    expect(Number(sums?.['quantity'])).toBe(10 - used);
  });
});

describe('a ticket', () => {
  test('holds one spare, however often and by however many it is asked for', async () => {
    await on.receive({ serial: 'ONE', lot: on.lots.nvme2.id });
    await on.receive({ serial: 'TWO', lot: on.lots.nvme2.id });
    const ticketId = newId();
    const got = await Promise.all(Array.from({ length: 8 }, () => reserve({ ticketId })));
    expect(new Set(got.map(itemOf)).size).toBe(1);
    expect(await on.said('stock.reserved')).toHaveLength(1);
    const again = await reserve({ ticketId, lotId: on.lots.sata.id });
    expect(again).toEqual(got[0]);
  });

  test('gets the oldest of the same lot in its own datacenter, with its bin, and for how long', async () => {
    await on.receive({ serial: 'YOUNG', lot: on.lots.nvme2.id, received_at: '2026-05-01T00:00:00Z' });
    await on.receive({
      ...{ serial: 'OLD', barcode: 'B-7', lot: on.lots.nvme2.id, received_at: '2026-01-01T00:00:00Z' },
      ...{ condition: 'REFURBISHED', warranty_until: '2030-06-30' },
    });
    await on.receive({
      serial: 'BROKEN',
      lot: on.lots.nvme2.id,
      received_at: '2025-01-01T00:00:00Z',
      condition: 'FAILED',
    });
    await on.receive({
      ...{ serial: 'FAR', lot: on.lots.nvme2.id, received_at: '2024-01-01T00:00:00Z', location_id: on.places.fraBin },
    });
    const ticketId = newId();
    const got = await reserve({ ticketId, holdHours: 2 }, on.at('2026-11-21T10:00:00Z') as typeof on.ctx);
    expect(got).toMatchObject({
      outcome: 'reserved',
      reservation: { expiresAt: '2026-11-21T12:00:00.000Z' },
      item: {
        ...{ serial: 'OLD', barcode: 'B-7', site: 'ams1', warehouse: 'store', bin: 'A1', condition: 'REFURBISHED' },
        ...{ lot: { code: 'SSD_NVME_01.92TB_GEN4' }, warrantyUntil: '2030-06-30T23:59:59.000Z' },
      },
      match: 'same-lot',
      why: 'same lot, SSD_NVME_01.92TB_GEN4',
    });
    expect(await reservationOfTicket(on.ctx, ticketId)).toMatchObject({
      reservation: { state: 'held' },
      item: { serial: 'OLD' },
      shelf: { path: 'eu / ams1 / store / A1' },
    });
  });

  test('gets a compatible one where none of its lot is free, and why', async () => {
    await on.receive({ lot: on.lots.nvme4.code, quantity: 2 });
    await on.receive({ lot: on.lots.sata.code, quantity: 2 });
    const got = await reserve();
    expect(got).toMatchObject({
      outcome: 'reserved',
      match: 'compatible',
      item: { lot: { code: 'SSD_NVME_03.84TB_GEN4' } },
    });
    expect(got.why).toContain('compatible by ssd-nvme: ');
    expect(got.why).toContain('capacity tb 3.84 for 1.92');
  });

  test('is told of the nearest one and what to order where its datacenter has none', async () => {
    await on.receive({ lot: on.lots.sata.code, quantity: 4 });
    await on.receive({ lot: on.lots.nvme2.code, quantity: 3, location_id: on.places.lonStore });
    await on.receive({ lot: on.lots.nvme2.code, quantity: 2, location_id: on.places.fraBin });
    await on.database.db('stock_levels').insert({
      ...{ lot_id: on.lots.nvme2.id, site_id: on.places.ams, min_quantity: 2, target_quantity: 5 },
      ...{ updated_at: '2026-01-01', updated_by: 'test' },
    });
    const ticketId = newId();
    const first = await reserve({ ticketId });
    expect(first).toMatchObject({
      outcome: 'none',
      why: 'none of 1 in stock in ams1 may stand in for SSD_NVME_01.92TB_GEN4',
      nearest: { site: 'fra1', warehouse: 'store', bin: 'A1', lotCode: 'SSD_NVME_01.92TB_GEN4', quantity: 2 },
      reorder: { lotCode: 'SSD_NVME_01.92TB_GEN4', quantity: 6 },
    });
    await reserve({ ticketId });
    expect(await on.said('stock.reorder_suggested')).toHaveLength(1);
  });

  test('gets nothing where nobody knows which part it is', async () => {
    await on.receive({ lot: on.lots.sata.code, quantity: 4 });
    expect(await reserve({ lotId: null, kind: null })).toEqual({
      outcome: 'none',
      why: 'neither the lot nor the kind of the part is known',
      nearest: null,
      reorder: null,
    });
    expect(await reserve({ lotId: null, kind: 'drive' })).toMatchObject({ outcome: 'none', reorder: null });
  });
});

describe('what is reserved', () => {
  test('is free again when its time is over, once, whoever looks', async () => {
    await on.receive({ serial: 'SLOW', lot: on.lots.nvme2.id });
    const ticketId = newId();
    const got = await reserve({ ticketId }, on.at('2026-11-18T09:59:00Z') as typeof on.ctx);
    const before = on.at('2026-11-21T09:58:00Z');
    expect(await expireReservations(before)).toBe(0);
    const after = on.at('2026-11-21T10:00:00Z');
    const expired = await Promise.all(
      [1, 2, 3, 4].map(() => expireReservations({ ...after, db: on.database.connect() })),
    );
    expect(expired.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await on.said('stock.reservation_expired')).toEqual([
      expect.objectContaining({ ticketId, serial: 'SLOW', expiredAt: '2026-11-21T09:59:00.000Z' }),
    ]);
    expect(await findItem(on.ctx, itemOf(got))).toMatchObject({ quantity: 1, reserved: 0 });
    expect((await reservationOfTicket(on.ctx, ticketId))?.reservation.state).toBe('expired');
    expect(itemOf(await reserve())).toBe(itemOf(got));
  });

  test('is used when its serial is seen, once', async () => {
    await on.receive({ serial: 'Seen 1', lot: on.lots.nvme2.id });
    const ticketId = newId();
    const itemId = itemOf(await reserve({ ticketId }));
    const consume = () =>
      tx(on.ctx, (inside) => consumeReservation(inside, { ticketId, serial: ' seen 1', componentId: null }));
    expect(await consume()).toEqual({ outcome: 'consumed', itemId });
    expect(await consume()).toEqual({ outcome: 'nothing', itemId: null });
    expect(await findItem(on.ctx, itemId)).toMatchObject({ quantity: 0, reserved: 0 });
  });

  test('is that part of the history from then on, so that its warranty is known when it fails', async () => {
    await on.receive({ serial: 'COVERED', lot: on.lots.nvme2.id, warranty_until: '2099-01-01' });
    const componentId = newId();
    await on.database.db('components').insert({
      ...{ id: componentId, kind: 'drive', identity: 'serial', vendor_serial: 'COVERED', lot_id: on.lots.nvme2.id },
      ...{ attributes: '{}', created_at: '2026-01-01' },
    });
    const ticketId = newId();
    const itemId = itemOf(await reserve({ ticketId }));
    await tx(on.ctx, (inside) => consumeReservation(inside, { ticketId, serial: 'COVERED', componentId }));
    expect(await findItem(on.ctx, itemId)).toMatchObject({ componentId, quantity: 0 });
    await on.receive({ serial: 'OLD-BARE', lot: on.lots.nvme2.id, received_at: '2020-01-01T00:00:00Z' });
    const backed = await on.receive({ serial: 'BACKED', lot: on.lots.nvme2.id, warranty_until: '2099-01-01' });
    const next = await reserve({ componentId });
    expect(itemOf(next)).toBe(backed.id);
    expect(next.why).toContain('under warranty until 2099-01-01: send it back (RMA)');
  });

  test('is free again when another one was taken, also one that was kept for another ticket', async () => {
    await on.receive({ serial: 'FIRST', lot: on.lots.nvme2.id, received_at: '2026-01-01T00:00:00Z' });
    await on.receive({ serial: 'SECOND', lot: on.lots.nvme2.id, received_at: '2026-02-01T00:00:00Z' });
    const [one, two] = [newId(), newId()];
    const first = itemOf(await reserve({ ticketId: one }));
    const second = itemOf(await reserve({ ticketId: two }));
    const used = await tx(on.ctx, (inside) =>
      consumeReservation(inside, { ticketId: one, serial: 'SECOND', componentId: null }),
    );
    expect(used).toEqual({ outcome: 'other', itemId: second });
    expect(await findItem(on.ctx, first)).toMatchObject({ quantity: 1, reserved: 0 });
    expect(await findItem(on.ctx, second)).toMatchObject({ quantity: 0, reserved: 0 });
    const released = await on.said('stock.reservation_released');
    expect(released.map((data) => [data['ticketId'], data['reason']])).toEqual([
      [one, 'SECOND was taken instead'],
      [two, `it was taken for ticket ${one}`],
    ]);
  });

  test('is free again when a part from elsewhere was put in', async () => {
    const { id } = await on.receive({ serial: 'OURS', lot: on.lots.nvme2.id });
    const ticketId = newId();
    await reserve({ ticketId });
    const used = await tx(on.ctx, (inside) =>
      consumeReservation(inside, { ticketId, serial: 'NOT-OURS', componentId: null }),
    );
    expect(used).toEqual({ outcome: 'foreign', itemId: null });
    expect(await findItem(on.ctx, id)).toMatchObject({ quantity: 1, reserved: 0 });
  });

  test('is let go when the ticket needs it no more', async () => {
    const { id } = await on.receive({ lot: on.lots.nvme2.code, quantity: 1 });
    const ticketId = newId();
    await reserve({ ticketId });
    const release = () => tx(on.ctx, (inside) => releaseReservation(inside, { ticketId, reason: 'it was the cable' }));
    expect(await release()).toEqual({ outcome: 'released', itemId: id });
    expect(await release()).toEqual({ outcome: 'nothing held', itemId: null });
    expect(await on.said('stock.reservation_released')).toMatchObject([{ reason: 'it was the cable' }]);
  });
});

describe('what was pulled', () => {
  const pull = (more: object) =>
    tx(on.ctx, (inside) =>
      receivePulled(inside, {
        ...{
          componentId: null,
          serial: null,
          lotId: on.lots.nvme2.id,
          ticketId: newId(),
          disposition: 'FAILED',
          site: 'ams1',
        },
        ...more,
      }),
    );

  test('is stock again, as failed, once, and no spare', async () => {
    const ticketId = newId();
    const first = await pull({ serial: 'dead-1', ticketId });
    expect(first.isNew).toBe(true);
    expect(await pull({ serial: 'DEAD-1', ticketId })).toEqual({ itemId: first.itemId, isNew: false });
    expect(await findItem(on.ctx, first.itemId)).toMatchObject({
      ...{ serial: 'DEAD-1', condition: 'FAILED', quantity: 1, locationId: on.places.amsStore, kind: 'drive' },
    });
    expect((await reserve()).outcome).toBe('none');
    expect(await on.said('stock.pulled')).toHaveLength(1);
  });

  test('is the same item when it came out of this stock', async () => {
    const { id } = await on.receive({ serial: 'ROUND', barcode: 'R-1', lot: on.lots.nvme2.id });
    const ticketId = newId();
    await reserve({ ticketId });
    await tx(on.ctx, (inside) => consumeReservation(inside, { ticketId, serial: 'ROUND', componentId: null }));
    expect(await pull({ serial: 'ROUND', disposition: 'RMA' })).toEqual({ itemId: id, isNew: true });
    expect(await findItem(on.ctx, id)).toMatchObject({ barcode: 'R-1', condition: 'RMA', quantity: 1 });
  });

  test('without a serial is known by its ticket; at a place that nobody knows it is not shelved', async () => {
    const ticketId = newId();
    const first = await pull({ ticketId, site: 'nowhere' });
    expect(await pull({ ticketId, site: 'nowhere' })).toEqual({ itemId: first.itemId, isNew: false });
    expect(await findItem(on.ctx, first.itemId)).toMatchObject({ locationId: null, serial: null, quantity: 1 });
  });
});
