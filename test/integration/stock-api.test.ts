import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { stockCountRoutes } from '#src/stock/count-routes.ts';
import { reserveSpare } from '#src/stock/commands/reserve-spare.ts';
import { stockPlanRoutes } from '#src/stock/plan-routes.ts';
import { stockReturnRoutes } from '#src/stock/return-routes.ts';
import { stockRoutes } from '#src/stock/routes.ts';
import type { Called } from '#test/kit/call.ts';
import { type RegistryWeb, registryWeb } from './registry-web.ts';
import { type StockWorld, stockWorld } from './stock-world.ts';

let web: RegistryWeb;
let on: StockWorld;
beforeAll(async () => {
  web = await registryWeb([...stockRoutes, ...stockPlanRoutes, ...stockReturnRoutes, ...stockCountRoutes]);
  on = await stockWorld(web.database);
});
afterAll(() => web?.close());
afterEach(() => on.audit());

const at = 'eu / ams1 / store / A1';
const lot = 'SSD_NVME_01.92TB_GEN4';

async function ok(answer: Promise<Called>, status = 200): Promise<Record<string, unknown>> {
  const { status: got, text, json } = await answer;
  expect(got, text).toBe(status);
  return json;
}

const ask = (path: string, body?: unknown): Promise<Called> =>
  web.ask(`/v1/stock${path}`, body === undefined ? {} : { body });
const receive = (body: object) => ok(ask('/receipts', { location: at, ...body }), 201);
const faultOf = ({ status, json }: Called): unknown[] => [
  status,
  (json['errors'] as { field: string }[] | undefined)?.[0]?.field,
];
const reserve = (lotId: string) =>
  tx(on.ctx, (inside) =>
    reserveSpare(inside, {
      ...{ ticketId: newId(), assetId: on.assetId, componentId: null, lotId, kind: null, site: null },
    }),
  );

describe('what comes in', () => {
  test('is an item with its place, found by its labels, with a line in the ledger', async () => {
    const item = await receive({
      ...{ serial: 'in-1', barcode: 'BC-1', lot, condition: 'TESTED', warranty_until: '2029-01-31' },
      ...{ supplier: 'Acme', purchase_order: 'PO-1', facts: { formFactor: 'U.2' } },
    });
    expect(item).toMatchObject({
      ...{ serial: 'IN-1', barcode: 'BC-1', tracking: 'piece', kind: 'drive', lot, quantity: 1, available: 1 },
      ...{ site: 'ams1', warehouse: 'store', bin: 'A1', place: at, condition: 'TESTED', supplier: 'Acme' },
      ...{ warranty_until: '2029-01-31T23:59:59.000Z', facts: { formFactor: 'U.2' } },
    });
    for (const label of ['BC-1', 'in-1', ' IN-1 '])
      expect(await ok(ask(`/lookup?label=${encodeURIComponent(label)}`))).toMatchObject({
        items: [{ id: item['id'] }],
      });
    expect((await ok(ask('/lookup?label=nothing')))['items']).toEqual([]);
    const { items } = await ok(ask(`/items/${item['id']}/movements`));
    expect(items).toEqual([
      expect.objectContaining({ did: 'receive', quantity: 1, reserved: 0, to: at, from: null, reference: 'PO-1' }),
    ]);
    const again = await ask('/receipts', { serial: 'IN-1', lot, location: at });
    expect([again.status, again.text]).toEqual([409, expect.stringContaining('in stock already')]);
  });

  test('takes its lot and kind from the part that the hub knows', async () => {
    const id = newId();
    await web.database.db('components').insert({
      ...{
        id,
        kind: 'drive',
        identity: 'serial',
        vendor: 'samsung',
        vendor_serial: 'KNOWN-1',
        lot_id: on.lots.nvme4.id,
      },
      ...{ model: 'MZQL23T8HCLS', attributes: '{}', created_at: '2026-01-01' },
    });
    expect(await receive({ serial: 'known-1' })).toMatchObject({
      ...{ component_id: id, lot: 'SSD_NVME_03.84TB_GEN4', kind: 'drive', model: 'MZQL23T8HCLS' },
    });
  });

  test('adds up in a counted bin, of which the oldest delivery and the earliest warranty are said', async () => {
    const first = {
      lot: 'SSD_SATA_00.96TB',
      quantity: 3,
      received_at: '2026-02-01T00:00:00Z',
      warranty_until: '2028-01-01',
    };
    const bin = await receive(first);
    const more = await receive({
      ...first,
      quantity: 2,
      received_at: '2026-01-01T00:00:00Z',
      warranty_until: '2027-01-01',
    });
    expect(more).toMatchObject({ id: bin['id'], quantity: 5, received_at: '2026-01-01T00:00:00.000Z' });
    expect(more['warranty_until']).toBe('2027-01-01T23:59:59.000Z');
    expect((await receive({ ...first, warranty_until: null }))['warranty_until']).toBeNull();
  });

  test.each([
    ['nowhere', { serial: 'SER-9', lot }, '/location'],
    ['a place that is not there', { serial: 'SER-9', lot, location: 'eu / ams1 / attic' }, '/location'],
    ['a site', { serial: 'SER-9', lot, location: 'eu / ams1' }, '/location'],
    ['a lot that is not there', { serial: 'SER-9', lot: 'SSD_X', location: at }, '/lot'],
    ['nobody knows what', { serial: 'SER-9', location: at }, '/kind'],
    ['a piece that is two', { serial: 'SER-9', lot, quantity: 2, location: at }, '/quantity'],
    ['a counted bin of nothing', { quantity: 2, location: at }, '/lot'],
    ['a placeholder for a serial', { serial: 'N/A', lot, location: at }, '/serial'],
    ['another kind than its lot', { serial: 'SER-9', lot, kind: 'dimm', location: at }, '/kind'],
    ['a field that nobody reads', { serial: 'SER-9', lot, location: at, colour: 'red' }, '/colour'],
  ])('is refused: %s', async (_what, body, field) => {
    expect(faultOf(await ask('/receipts', body))).toEqual([400, field]);
  });

  test('in bulk, as CSV, with a result for each line', async () => {
    const csv = [
      'serial;lot;location;quantity',
      `CSV-1;${lot};${at};`,
      `;${lot};${at};4`,
      `CSV-1;${lot};${at};`,
      `CSV-3;NO_LOT;${at};`,
    ];
    const answer = await web.ask('/v1/stock/receipts/bulk', {
      body: csv.join('\n'),
      headers: { 'content-type': 'text/csv' },
    });
    expect(answer.status, answer.text).toBe(200);
    expect((answer.json['results'] as Record<string, unknown>[]).map(({ did, pointer }) => [did, pointer])).toEqual([
      ['created', null],
      ['created', null],
      ['refused', '/items/2'],
      ['refused', '/items/3/lot'],
    ]);
  });
});

describe('the list', () => {
  test('is filtered, sorted, paged and exported', async () => {
    await receive({ serial: 'L-1', lot, location: 'eu / fra1 / store / A1', received_at: '2020-01-01T00:00:00Z' });
    await receive({ serial: 'L-2', lot, location: 'eu / fra1 / store', received_at: '2020-01-02T00:00:00Z' });
    await receive({
      serial: 'L-3',
      lot,
      location: 'eu / fra1 / store',
      condition: 'FAILED',
      received_at: '2020-01-03T00:00:00Z',
    });
    const serials = async (query: string): Promise<unknown[]> =>
      ((await ok(ask(`/items?site=fra1&${query}`)))['items'] as Record<string, unknown>[]).map(({ serial }) => serial);
    expect(await serials('sort=received_at')).toEqual(['L-1', 'L-2', 'L-3']);
    expect(await serials(`location_id=${on.places.fraBin}`)).toEqual(['L-1']);
    expect(await serials('condition=FAILED')).toEqual(['L-3']);
    expect(await serials(`lot=${lot}&kind=drive&serial=l-2`)).toEqual(['L-2']);
    expect(await serials('kind=dimm')).toEqual([]);
    const first = await ok(ask('/items?site=fra1&sort=-serial&limit=2'));
    expect((first['items'] as Record<string, unknown>[]).map(({ serial }) => serial)).toEqual(['L-3', 'L-2']);
    expect(await serials(`sort=-serial&limit=2&cursor=${String(first['next'])}`)).toEqual(['L-1']);
    const csv = await ask('/items?site=fra1&sort=serial&format=csv');
    expect(
      csv.text
        .split('\r\n')
        .slice(1, 4)
        .map((line) => line.split(',')[6]),
    ).toEqual(['L-1', 'L-2', 'L-3']);
    expect((await ask('/items?colour=red')).status).toBe(400);
  });

  test('needs the scope', async () => {
    const key = await web.keyFor(['assets:read']);
    expect((await web.ask('/v1/stock/items', { key })).status).toBe(403);
    const reader = await web.keyFor(['stock:read']);
    expect((await web.ask('/v1/stock/items', { key: reader })).status).toBe(200);
    expect(
      (await web.ask('/v1/stock/receipts', { key: reader, body: { serial: 'SER-9', lot, location: at } })).status,
    ).toBe(403);
  });
});

describe('a move', () => {
  test('of a piece changes its place and condition, and says from where', async () => {
    const item = await receive({ serial: 'M-1', lot });
    const moved = await ok(
      ask(`/items/${item['id']}/move`, { location: 'eu / fra1 / store', condition: 'FAILED', reason: 'rattles' }),
    );
    expect(moved).toMatchObject({ place: 'eu / fra1 / store', condition: 'FAILED', quantity: 1 });
    const { items } = await ok(ask(`/items/${item['id']}/movements?limit=1`));
    expect(items).toMatchObject([
      {
        did: 'move',
        quantity: 0,
        from: at,
        to: 'eu / fra1 / store',
        from_condition: 'NEW',
        to_condition: 'FAILED',
        reason: 'rattles',
      },
    ]);
    expect(faultOf(await ask(`/items/${item['id']}/move`, {}))[0]).toBe(400);
    expect((await ask(`/items/${newId()}/move`, { condition: 'NEW' })).status).toBe(404);
  });

  test('of some of a counted bin leaves the others there', async () => {
    const bin = await receive({ lot, quantity: 9, condition: 'REFURBISHED' });
    const there = await ok(ask(`/items/${bin['id']}/move`, { location: 'eu / ams1 / store', quantity: 4 }));
    expect(there).toMatchObject({ quantity: 4, place: 'eu / ams1 / store', condition: 'REFURBISHED' });
    expect(there['id']).not.toBe(bin['id']);
    expect(await ok(ask(`/items/${bin['id']}`))).toMatchObject({ quantity: 5 });
    expect((await ask(`/items/${bin['id']}/move`, { location: 'eu / ams1 / store', quantity: 6 })).status).toBe(409);
  });

  test('of what is reserved goes no further than its datacenter', async () => {
    const item = await receive({ serial: 'R-1', lot: 'SSD_NVME_03.84TB_GEN4', received_at: '2001-01-01T00:00:00Z' });
    expect(await reserve(on.lots.nvme4.id)).toMatchObject({ item: { id: item['id'] } });
    expect((await ask(`/items/${item['id']}/move`, { location: 'eu / ams1 / store' })).status).toBe(200);
    for (const body of [{ location: 'eu / fra1 / store' }, { condition: 'FAILED' }])
      expect((await ask(`/items/${item['id']}/move`, body)).text).toContain('release the reservation first');
    expect((await ask(`/items/${item['id']}/scrap`, { reason: 'x' })).status).toBe(409);
    const { items } = await ok(ask(`/reservations?state=held&item_id=${item['id']}`));
    const [held] = items as { id: string }[];
    const later = await ok(ask(`/reservations/${held?.id}/prolong`, { hours: 240 }));
    expect(Date.parse(String(later['expires_at']))).toBeGreaterThan(Date.now() + 200 * 3_600_000);
    expect(await ok(ask(`/reservations/${held?.id}/release`, { reason: 'not needed' }))).toMatchObject({
      ...{ state: 'released', end_reason: 'not needed', item: { reserved: 0 } },
    });
    expect((await ask(`/reservations/${held?.id}/release`, { reason: 'again' })).status).toBe(409);
  });
});

test('a place that holds stock is not archived', async () => {
  const bin = await ok(
    web.ask('/v1/locations', { body: { type: 'bin', name: 'Z9', parent: 'eu / ams1 / store' } }),
    201,
  );
  const item = await receive({ serial: 'Z-1', lot, location: 'eu / ams1 / store / Z9' });
  const archive = () => web.ask(`/v1/locations/${bin['id']}`, { method: 'PATCH', body: { archived: true } });
  expect((await archive()).text).toContain('Z9 holds Z-1: move or archive what is in it first');
  await ok(ask(`/items/${item['id']}/move`, { location: at }));
  await ok(archive());
  expect((await ask(`/items/${item['id']}/move`, { location: 'eu / ams1 / store / Z9' })).status).toBe(409);
});

describe('what leaves', () => {
  test('is scrapped: gone from the list, kept in the ledger', async () => {
    const item = await receive({ serial: 'S-1', lot });
    expect(await ok(ask(`/items/${item['id']}/scrap`, { reason: 'burnt' }))).toMatchObject({
      quantity: 0,
      condition: 'SCRAP',
    });
    expect((await ok(ask('/items?serial=S-1')))['items']).toEqual([]);
    expect((await ok(ask('/items?serial=S-1&gone=true')))['items']).toHaveLength(1);
    expect((await ask(`/items/${item['id']}/scrap`, { reason: 'burnt' })).status).toBe(409);
  });

  test('is sent back, and replaced by what comes for it', async () => {
    const item = await receive({ serial: 'V-1', lot, supplier: 'Acme', condition: 'FAILED' });
    const sent = await ok(ask(`/items/${item['id']}/return`, { rma: 'RMA-7', reason: 'dead on arrival' }));
    expect(sent).toMatchObject({ state: 'sent', supplier: 'Acme', rma: 'RMA-7' });
    expect(await ok(ask(`/items/${item['id']}`))).toMatchObject({ quantity: 0, condition: 'RMA' });
    const close = (body: object) => ask(`/returns/${sent['id']}/close`, body);
    expect(faultOf(await close({ outcome: 'replaced' }))).toEqual([400, '/replacement']);
    const closed = await ok(close({ outcome: 'replaced', replacement: { serial: 'V-2', lot, location: at } }));
    expect(await ok(ask(`/items/${closed['replacement_id']}`))).toMatchObject({ serial: 'V-2', quantity: 1 });
    expect((await close({ outcome: 'credited' })).status).toBe(409);
    expect((await ok(ask('/returns?state=replaced')))['items']).toHaveLength(1);
  });
});

describe('the plan', () => {
  test('sums per lot and datacenter, with what to order', async () => {
    const level = { lot: 'SSD_SATA_00.96TB', site: 'fra1', min: 4, target: 10 };
    expect(await ok(ask('/levels', level))).toMatchObject({ ...level, site_id: on.places.fra });
    expect(faultOf(await ask('/levels', { ...level, target: 1 }))).toEqual([400, '/target']);
    expect(faultOf(await ask('/levels', { ...level, site: 'nowhere' }))).toEqual([400, '/site']);
    const sums = async (query: string) => (await ok(ask(`/summary?${query}`)))['items'];
    expect(await sums('site=fra1&lot=SSD_SATA_00.96TB')).toMatchObject([
      { site: 'fra1', on_hand: 0, available: 0, min: 4, target: 10, reorder: 10 },
    ]);
    await receive({ lot: 'SSD_SATA_00.96TB', quantity: 3, location: 'eu / fra1 / store' });
    await receive({ lot: 'SSD_SATA_00.96TB', quantity: 2, location: 'eu / fra1 / store', condition: 'FAILED' });
    expect(await sums('site=fra1&below=true')).toMatchObject([{ on_hand: 3, unusable: 2, reorder: 7 }]);
    await receive({ lot: 'SSD_SATA_00.96TB', quantity: 1, location: 'eu / fra1 / store / A1' });
    expect(await sums('site=fra1&below=true')).toEqual([]);
  });

  test('finds spares with everything that was looked at, and keeps none', async () => {
    const good = await receive({ serial: 'F-1', lot, received_at: '1999-01-01T00:00:00Z' });
    await receive({ serial: 'F-2', lot, location: 'uk / aaa-lon1 / store' });
    await receive({ serial: 'F-3', lot, condition: 'FAILED' });
    const found = await ok(ask(`/spares?asset=${on.assetId}&lot=${lot}`));
    expect(found).toMatchObject({
      site: 'ams1',
      lot,
      kind: 'drive',
      under_warranty: null,
      why_none: null,
      reorder: null,
    });
    const all = found['candidates'] as { item: { serial: string }; verdict: string; why: string }[];
    expect(all[0]).toMatchObject({ verdict: 'takeable', item: { id: good['id'] }, why: `same lot, ${lot}` });
    expect(all.find(({ item }) => item.serial === 'F-2')).toMatchObject({ verdict: 'elsewhere' });
    expect(all.find(({ item }) => item.serial === 'F-3')).toMatchObject({
      ...{ verdict: 'refused', why: 'FAILED parts are not built in' },
    });
    expect(await ok(ask(`/items/${good['id']}`))).toMatchObject({ reserved: 0 });
    expect((await ask('/spares?kind=drive')).status).toBe(400);
  });
});
