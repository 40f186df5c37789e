import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { reserveSpare } from '#src/stock/commands/reserve-spare.ts';
import { reservationOfTicket } from '#src/stock/reads.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
beforeAll(async () => {
  on = await testHub({ without: ['NETBOX', 'JIRA', 'AWX'], parts: ['web'] });
});
afterAll(() => on?.close());

test('a worker sets free what was kept beyond its time, and says so in the feed', async () => {
  const { ctx } = on.hub;
  const post = (path: string, body: object): Promise<{ id: string }> => on.client.post(`/v1/${path}`, body);
  await post('locations', { type: 'site', name: 'ams1' });
  await post('locations', { type: 'warehouse', name: 'store', parent: 'ams1' });
  const { id: lotId } = await post('lots', { code: 'FAN_A', kind: 'fan', title: 'A fan' });
  const item = await post('stock/receipts', { lot: 'FAN_A', quantity: 2, location: 'ams1 / store' });
  const assetId = newId();
  const now = toSql(ctx.now());
  const times = { state_since: now, created_at: now, updated_at: now };
  await ctx.db('assets').insert({ id: assetId, name: 'srv', lifecycle_state: 'IN_SERVICE', ...times });
  const [short, long] = [newId(), newId()];
  for (const [ticketId, holdHours] of [
    [short, 1e-6],
    [long, 72],
  ] as const) {
    const want = { ticketId, assetId, componentId: null, lotId, kind: null, site: 'ams1', holdHours };
    expect((await tx(ctx, (inside) => reserveSpare(inside, want))).outcome).toBe('reserved');
  }
  await on.startWorker();
  await until('the reservation that is over', async () => {
    return (await reservationOfTicket(ctx, short))?.reservation.state === 'expired';
  });
  expect((await reservationOfTicket(ctx, long))?.reservation.state).toBe('held');
  expect(await on.client.get(`/v1/stock/items/${item.id}`)).toMatchObject({ quantity: 2, reserved: 1 });
  const [event] = await ctx.db('events').where({ type: 'stock.reservation_expired' }).select('actor', 'subject_id');
  expect(event).toMatchObject({ subject_id: item.id, actor: expect.stringContaining('expire-reservations') });
});
