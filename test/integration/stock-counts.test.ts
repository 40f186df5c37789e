import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { stockCountRoutes } from '#src/stock/count-routes.ts';
import { reserveSpare } from '#src/stock/commands/reserve-spare.ts';
import { stockRoutes } from '#src/stock/routes.ts';
import type { Called } from '#test/kit/call.ts';
import { type RegistryWeb, registryWeb } from './registry-web.ts';
import { type StockWorld, stockWorld } from './stock-world.ts';

let web: RegistryWeb;
let on: StockWorld;
beforeAll(async () => {
  web = await registryWeb([...stockRoutes, ...stockCountRoutes]);
  on = await stockWorld(web.database);
});
afterAll(() => web?.close());
beforeEach(async () => {
  for (const table of ['items', 'movements', 'reservations', 'counts', 'count_lines'])
    await web.database.db(`stock_${table}`).delete();
  await web.database.db('events').delete();
});
afterEach(() => on.audit());

interface Line {
  serial: string | null;
  lot: string | null;
  expected: number;
  counted: number | null;
  finding: string;
}

const bin = 'eu / ams1 / store / A1';
const ask = (path: string, body?: unknown): Promise<Called> =>
  web.ask(`/v1/stock${path}`, body === undefined ? {} : { body });

async function ok(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const { status, text, json } = await ask(path, body);
  expect(status, text).toBeLessThan(300);
  return json;
}

async function begin(location = bin): Promise<string> {
  return String((await ok('/counts', { location }))['id']);
}

const found = async (count: string, ...lines: object[]): Promise<Line[]> =>
  (await ok(`/counts/${count}/found`, { found: lines }))['lines'] as Line[];
const findings = (lines: Line[]) => Object.fromEntries(lines.map((line) => [line.serial ?? line.lot, line.finding]));
const quantityOf = async (id: string): Promise<number> => Number((await ok(`/items/${id}`))['quantity']);
const [nvme, sata] = ['SSD_NVME_01.92TB_GEN4', 'SSD_SATA_00.96TB'];

describe('a count', () => {
  test('changes nothing before it is approved, then books every variance with its reason', async () => {
    const here = await on.receive({ serial: 'HERE', lot: nvme });
    const missing = await on.receive({ serial: 'MISSING', lot: nvme });
    const far = await on.receive({ serial: 'FAR', lot: nvme, location_id: on.places.fraBin });
    const left = await on.receive({ serial: 'LEFT', lot: nvme });
    const sent = await on.receive({ serial: 'GONE', lot: nvme });
    await ok(`/items/${sent.id}/scrap`, { reason: 'thrown away, they said' });
    const counted = await on.receive({ lot: sata, quantity: 10 });
    const count = await begin();
    const lines = await found(
      ...[count, { serial: 'here' }, { serial: 'MISSING', counted: 0 }, { serial: 'FAR' }, { serial: 'GONE' }],
      ...[
        { lot: sata, counted: 8 },
        { serial: 'NEVER-SEEN', lot: nvme, condition: 'TESTED' },
        { lot: nvme, counted: 2 },
      ],
    );
    expect(findings(lines)).toEqual({
      ...{ HERE: 'as expected', MISSING: 'missing', LEFT: 'not counted', FAR: 'booked elsewhere' },
      ...{ GONE: 'booked elsewhere', [sata]: 'fewer', 'NEVER-SEEN': 'not known', [nvme]: 'not known' },
    });
    expect(await ok(`/counts/${count}`)).toMatchObject({ state: 'open', variance: { fewer: 3, not_counted: 1 } });
    expect([await quantityOf(missing.id), await quantityOf(counted.id)]).toEqual([1, 10]);
    expect(await on.said('stock.adjusted')).toEqual([]);

    await ok(`/counts/${count}/approve`, { reason: 'yearly count' });
    expect(await Promise.all([here, missing, left, counted].map(({ id }) => quantityOf(id)))).toEqual([1, 0, 1, 8]);
    expect(await ok(`/items/${far.id}`)).toMatchObject({ quantity: 1, place: bin });
    expect(await ok(`/items/${sent.id}`)).toMatchObject({ quantity: 1, place: bin, condition: 'SCRAP' });
    const { items } = await ok('/items?serial=NEVER-SEEN');
    expect(items).toMatchObject([{ lot: nvme, condition: 'TESTED', place: bin, quantity: 1 }]);
    expect(await ok(`/items?lot=${nvme}&location_id=${on.places.amsBin}&sort=kind`)).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ tracking: 'bulk', quantity: 2 })]),
    });
    const { items: ledger } = await ok(`/items/${counted.id}/movements?limit=1`);
    expect(ledger).toMatchObject([
      { did: 'adjust', quantity: -2, count_id: count, reason: 'yearly count', actor: expect.any(String) },
    ]);
    expect(await on.said('stock.adjusted')).toHaveLength(6);
    expect(await on.said('stock.count_approved')).toMatchObject([{ counted: 7, adjusted: 6, left: 1 }]);
    expect((await ask(`/counts/${count}/approve`, { reason: 'again' })).status).toBe(409);
  });

  test('says that what nobody looked at is missing only when told so', async () => {
    const { id } = await on.receive({ serial: 'UNSEEN', lot: nvme });
    const first = await begin();
    await ok(`/counts/${first}/approve`, { reason: 'nobody came' });
    expect(await quantityOf(id)).toBe(1);
    const second = await begin();
    await ok(`/counts/${second}/approve`, { reason: 'the shelf is empty', uncounted: 'missing' });
    expect(await quantityOf(id)).toBe(0);
  });

  test('of a warehouse leaves things in their bins, and asks which of several was meant', async () => {
    const piece = await on.receive({ serial: 'IN-A-BIN', lot: nvme });
    const one = await on.receive({ lot: sata, quantity: 5 });
    const count = await begin('eu / ams1 / store');
    await found(count, { serial: 'IN-A-BIN' }, { lot: sata, counted: 6 });
    await ok(`/counts/${count}/approve`, { reason: 'counted' });
    expect(await ok(`/items/${piece.id}`)).toMatchObject({ place: bin, quantity: 1 });
    expect(await ok(`/items/${one.id}`)).toMatchObject({ place: bin, quantity: 6 });
    await on.receive({ lot: sata, quantity: 2, location_id: on.places.amsStore });
    const next = await begin('eu / ams1 / store');
    const unclear = await ask(`/counts/${next}/found`, { found: [{ lot: sata, counted: 3 }] });
    expect([unclear.status, unclear.text]).toEqual([400, expect.stringContaining('lies in 2 places here')]);
    await found(next, { lot: sata, counted: 3, location: 'eu / ams1 / store' });
    await ok(`/counts/${next}/approve`, { reason: 'counted' });
    expect(await quantityOf(one.id)).toBe(6);
  });

  test('is not approved over what was moved since', async () => {
    const { id } = await on.receive({ lot: sata, quantity: 5 });
    const count = await begin();
    await found(count, { lot: sata, counted: 4 });
    await on.receive({ lot: sata, quantity: 3 });
    const refused = await ask(`/counts/${count}/approve`, { reason: 'x' });
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('count again')]);
    expect(await quantityOf(id)).toBe(8);
    await found(count, { lot: sata, counted: 7 });
    await ok(`/counts/${count}/approve`, { reason: 'counted again' });
    expect(await quantityOf(id)).toBe(7);
  });

  test('sets a reservation free whose part is not there', async () => {
    const { id } = await on.receive({ serial: 'PROMISED', lot: nvme });
    const ticketId = newId();
    const want = { ticketId, assetId: on.assetId, componentId: null, lotId: on.lots.nvme2.id, kind: null, site: null };
    await tx(on.ctx, (inside) => reserveSpare(inside, want));
    const count = await begin();
    await found(count, { serial: 'PROMISED', counted: 0 });
    await ok(`/counts/${count}/approve`, { reason: 'not on the shelf' });
    expect(await ok(`/items/${id}`)).toMatchObject({ quantity: 0, reserved: 0 });
    expect(await on.said('stock.reservation_released')).toMatchObject([
      { ticketId, reason: 'it was not there when it was counted: not on the shelf' },
    ]);
  });

  test('of one place is open once, and can be cancelled', async () => {
    const count = await begin();
    expect((await ask('/counts', { location: bin })).status).toBe(409);
    await ok(`/counts/${count}/cancel`, { reason: 'wrong bin' });
    expect((await ask(`/counts/${count}/found`, { found: [{ serial: 'LATE-1', lot: nvme }] })).status).toBe(409);
    expect((await ok(`/counts/${await begin()}`))['state']).toBe('open');
    expect((await ok('/counts?state=cancelled'))['items']).toHaveLength(1);
  });

  test.each([
    ['nothing named', { counted: 1 }, '/found/0'],
    ['a serial of which nobody knows the kind', { serial: 'STRANGER' }, '/found/0/lot'],
    [
      'a place that is not counted',
      { serial: 'STRANGER', lot: nvme, location: 'eu / fra1 / store' },
      '/found/0/location',
    ],
  ])('refuses %s', async (_what, line, field) => {
    const answer = await ask(`/counts/${await begin()}/found`, { found: [line] });
    const faults = answer.json['errors'] as { field: string }[];
    expect([answer.status, faults[0]?.field]).toEqual([400, field]);
  });
});
