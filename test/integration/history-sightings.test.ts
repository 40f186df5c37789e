import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Called } from '#test/kit/call.ts';
import { type HistoryWeb, historyWeb } from './history-web.ts';

let on: HistoryWeb;
beforeAll(async () => void (on = await historyWeb()));
afterAll(() => on.close());

type Item = Record<string, unknown>;

const scan = (body: Item): Promise<Called> => on.ask('/v1/scans', { body });
const idOf = ({ json }: Called): string => String((json['component'] as Item)['id']);
const whereOf = ({ json }: Called): unknown => (json['component'] as Item)['where'];
const typesOf = ({ json }: Called, list = 'added'): string[] =>
  (json[list] as Item[]).map(({ type }) => String(type)).toSorted();
const faultOf = ({ status, json }: Called): unknown[] => [
  status,
  (json['errors'] as { field: string }[] | undefined)?.[0]?.field,
];

async function countOf(table: string): Promise<number> {
  const [row] = await on.database.db(table).count({ n: '*' });
  return Number(row?.n);
}

/** A drive that an agent saw on 1 May. */
async function seenDrive(name: string): Promise<{ asset: string; component: string; serial: string }> {
  const asset = await on.addAsset(name);
  const serial = `D-${name.toUpperCase()}`;
  await on.look(asset, '2026-05-01T12:00:00Z', [{ serial, slot: 'Bay.1' }]);
  const { json } = await on.ask(`/v1/components?serial=${serial}`);
  return { asset, serial, component: String((json['items'] as Item[])[0]?.['id']) };
}

describe('a scan', () => {
  test('of a part that nobody knows needs its kind, and enters it', async () => {
    const bin = await on.addLocation('shelf 1');
    const body = {
      serial: 'new-0001',
      manufacturer: 'Micron',
      where: { location_id: bin },
      at: '2026-05-02T10:00:00Z',
    };
    expect(faultOf(await scan(body))).toEqual([400, '/kind']);
    const entered = await scan({ ...body, kind: 'dimm', model: '36ASF4G72PZ' });
    expect(entered.status).toBe(201);
    expect(entered.json['component']).toMatchObject({
      kind: 'dimm',
      serial: 'NEW-0001',
      vendor: 'micron',
      model: '36ASF4G72PZ',
    });
    expect(whereOf(entered)).toEqual({
      type: 'location',
      id: bin,
      name: 'shelf 1',
      slot: null,
      since: '2026-05-02T10:00:00.000Z',
    });
    expect(typesOf(entered)).toEqual(['FIRST_SEEN', 'STORED']);
    expect([...on.objects.keys()].some((key) => key.endsWith(String(entered.json['bundle'])))).toBe(true);
  });

  test('the very same again is 200 and changes nothing, though the part is known by now', async () => {
    const bin = await on.addLocation('shelf 2');
    const body = {
      barcode: '*S/N: rep-0001*',
      manufacturer: 'Samsung Electronics',
      model: 'MZ7LH960HAJR',
      kind: 'drive',
      where: { location_id: bin },
      at: '2026-05-02T10:00:00Z',
    };
    const first = await scan(body);
    expect([first.status, (first.json['component'] as Item)['serial']]).toEqual([201, 'REP-0001']);
    const counts = async () => Promise.all(['log_bundles', 'snapshots', 'events', 'timeline_events'].map(countOf));
    const before = await counts();
    const again = await scan(body);
    expect(again.status).toBe(200);
    expect([again.json['bundle'], idOf(again)]).toEqual([first.json['bundle'], idOf(first)]);
    expect([again.json['added'], again.json['retracted']]).toEqual([[], []]);
    expect(await counts()).toEqual(before);
  });

  test('of a known part in a bin moves it there; its serial alone is enough; what is known of it stays', async () => {
    const { component, serial } = await seenDrive('moved');
    const bin = await on.addLocation('shelf 3');
    const moved = await scan({ barcode: `S${serial}`, where: { location_id: bin }, at: '2026-05-03T12:00:00Z' });
    expect([moved.status, idOf(moved), typesOf(moved)]).toEqual([201, component, ['MOVED']]);
    expect(await on.stays(component)).toEqual(['asset:moved/Bay.1 05-01..05-03 moved', 'location:shelf 3/- 05-03..']);
    expect(moved.json['component']).toMatchObject({
      manufacturer: 'Samsung',
      model: 'MZ7LH960HAJR-00005',
      attributes: { capacityBytes: 960_197_124_096 },
      lot: { code: expect.stringContaining('SSD') },
    });
  });

  test('that comes late lands in its place in time', async () => {
    const { asset, component, serial } = await seenDrive('late');
    const bin = await on.addLocation('shelf 4');
    await on.look(asset, '2026-05-09T12:00:00Z', [{ serial, slot: 'Bay.2' }]);
    const away = await scan({ serial, where: { location_id: bin }, at: '2026-05-05T12:00:00Z' });
    expect(typesOf(away)).toEqual(['MOVED', 'MOVED']);
    expect(typesOf(away, 'retracted')).toEqual(['SLOT_CHANGED']);
    expect(await on.stays(component)).toEqual([
      'asset:late/Bay.1 05-01..05-05 moved',
      'location:shelf 4/- 05-05..05-09 moved',
      'asset:late/Bay.2 05-09..',
    ]);
  });

  test('of a serial that several parts have: 409 with the candidates, until one is meant', async () => {
    const bin = await on.addLocation('shelf 5');
    const where = { location_id: bin };
    const [dimm] = [await scan({ serial: 'SAME-77', kind: 'dimm', manufacturer: 'Micron', where })];
    const drive = await scan({ serial: 'SAME-77', kind: 'drive', manufacturer: 'Micron', where });
    const refused = await scan({ serial: 'same-77', where });
    expect(faultOf(refused)).toEqual([409, '/serial']);
    expect((refused.json['candidates'] as Item[]).map(({ id, kind, vendor }) => [id, kind, vendor]).toSorted()).toEqual(
      [
        [idOf(dimm), 'dimm', 'micron'],
        [idOf(drive), 'drive', 'micron'],
      ].toSorted(),
    );
    expect(idOf(await scan({ serial: 'same-77', kind: 'drive', where }))).toBe(idOf(drive));
  });

  test('is refused where it cannot be', async () => {
    const bin = await on.addLocation('shelf 6');
    const body = { serial: 'FAULTS-1', kind: 'drive', where: { location_id: bin } };
    const nowhere = '01a1fd9c-0000-7000-8000-000000000001';
    expect(faultOf(await scan({ ...body, where: { location_id: nowhere } }))).toEqual([400, '/where/location_id']);
    expect(faultOf(await scan({ ...body, where: { asset_id: nowhere } }))).toEqual([400, '/where/asset_id']);
    expect(faultOf(await scan({ ...body, where: {} }))).toEqual([400, '/where']);
    expect(faultOf(await scan({ ...body, at: '2036-01-01T00:00:00Z' }))).toEqual([400, '/at']);
    expect(faultOf(await scan({ ...body, at: '1999-01-01T00:00:00Z' }))).toEqual([400, '/at']);
    expect(faultOf(await scan({ ...body, serial: 'To Be Filled By O.E.M.' }))).toEqual([400, '/serial']);
    expect(faultOf(await scan({ kind: 'drive', barcode: 'P/N: 123', where: body.where }))).toEqual([400, '/barcode']);
    expect(faultOf(await scan({ ...body, barcode: 'X' }))).toEqual([400, '/serial']);
    const reader = await on.keyFor(['components:read']);
    expect((await on.ask('/v1/scans', { body, key: reader })).status).toBe(403);
    expect((await on.ask('/v1/components?serial=FAULTS-1')).json['items']).toEqual([]);
  });

  test('ten at once of ten parts in one bin, and of one part in two: nothing is lost', async () => {
    const [bin, other] = [await on.addLocation('shelf 7'), await on.addLocation('shelf 8')];
    const at = '2026-05-02T10:00:00Z';
    const scans = Array.from({ length: 10 }, (_, n) =>
      scan({ serial: `CROWD-${n}`, kind: 'drive', manufacturer: 'Samsung', where: { location_id: bin }, at }),
    );
    const both = ['2026-05-02T10:00:00Z', '2026-05-03T10:00:00Z'].map((time, n) =>
      scan({ serial: 'RACER-1', kind: 'drive', where: { location_id: n === 0 ? bin : other }, at: time }),
    );
    const answers = await Promise.all([...scans, ...both]);
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(12).fill(201));
    const { json } = await on.ask(`/v1/components?location_id=${bin}&limit=50`);
    expect((json['items'] as Item[]).map(({ serial }) => serial).toSorted()).toEqual(
      Array.from({ length: 10 }, (_, n) => `CROWD-${n}`),
    );
    expect(await on.stays(idOf(answers[10] as Called))).toEqual([
      'location:shelf 7/- 05-02..05-03 moved',
      'location:shelf 8/- 05-03..',
    ]);
  });
});

describe('by hand', () => {
  test('a part is installed, and removed for a reason into a bin; each again is 200', async () => {
    const { component, serial } = await seenDrive('hand-a');
    const [other, bin] = [await on.addAsset('hand-b'), await on.addLocation('repair')];
    const put = { asset_id: other, slot: 'Bay.3', at: '2026-05-04T08:00:00Z' };
    const installed = await on.ask(`/v1/components/${component}/install`, { body: put });
    expect([installed.status, typesOf(installed)]).toEqual([201, ['MOVED']]);
    expect(whereOf(installed)).toMatchObject({ type: 'asset', id: other, slot: 'Bay.3' });
    expect((await on.ask(`/v1/components/${component}/install`, { body: put })).status).toBe(200);

    const take = { reason: 'failed', to_location_id: bin, at: '2026-05-06T08:00:00Z' };
    const removed = await on.ask(`/v1/components/${component}/remove`, { body: take });
    expect([removed.status, whereOf(removed)]).toMatchObject([201, { type: 'location', id: bin }]);
    expect((await on.ask(`/v1/components/${component}/remove`, { body: take })).status).toBe(200);
    expect(await on.stays(component)).toEqual([
      'asset:hand-a/Bay.1 05-01..05-04 moved',
      'asset:hand-b/Bay.3 05-04..05-06 failed',
      'location:repair/- 05-06..',
    ]);
    const { json } = await on.ask(`/v1/components?serial=${serial}`);
    expect((json['items'] as Item[])[0]).toMatchObject({ attributes: { capacityBytes: 960_197_124_096 } });
  });

  test('a removal that somebody planned is planned, whatever failed; the server is known without being named', async () => {
    const { asset, component } = await seenDrive('planned');
    await on.ask('/v1/failures', {
      body: { component_id: component, mode: 'other', occurred_at: '2026-05-02T00:00:00Z', source: 'person' },
    });
    const removed = await on.ask(`/v1/components/${component}/remove`, {
      body: { reason: 'planned', at: '2026-05-04T08:00:00Z' },
    });
    expect([removed.status, typesOf(removed), whereOf(removed)]).toEqual([201, ['REMOVED'], null]);
    expect(await on.stays(component)).toEqual(['asset:planned/Bay.1 05-01..05-04 planned']);
    const again = await on.ask(`/v1/components/${component}/remove`, { body: { reason: 'planned' } });
    expect(faultOf(again)).toEqual([409, '/asset_id']);
    // Named, it is taken: an upload may still come that shows it there.
    const named = await on.ask(`/v1/components/${component}/remove`, { body: { reason: 'planned', asset_id: asset } });
    expect([named.status, named.json['added']]).toEqual([201, []]);
  });

  test('a part that is known by its slot only cannot be moved by anybody', async () => {
    const asset = await on.addAsset('no-serial');
    await on.look(asset, '2026-05-01T12:00:00Z', [{ serial: 'N/A', slot: 'Bay.1' }]);
    const { json } = await on.ask(`/v1/components?asset_id=${asset}`);
    const [one] = json['items'] as Item[];
    expect(one).toMatchObject({ identity: 'place' });
    const answer = await on.ask(`/v1/components/${one?.['id']}/install`, { body: { asset_id: asset } });
    expect(answer.status).toBe(409);
    expect((await on.ask(`/v1/components/${asset}/install`, { body: { asset_id: asset } })).status).toBe(404);
  });
});

describe('a delivery', () => {
  test('enters all of its parts; the very same again is 200', async () => {
    const bin = await on.addLocation('incoming');
    const items = Array.from({ length: 120 }, (_, n) => ({
      serial: `PAL-${String(n).padStart(3, '0')}`,
      kind: 'drive',
      manufacturer: 'Samsung',
      model: 'MZ7LH960HAJR-00005',
    }));
    const body = { location_id: bin, at: '2026-05-01T00:00:00Z', items };
    const first = await on.ask('/v1/deliveries', { body });
    expect(first.status, first.text).toBe(201);
    expect((first.json['components'] as Item[]).map(({ serial }) => serial)).toEqual(items.map(({ serial }) => serial));
    expect((first.json['added'] as Item[]).length).toBe(240);
    const again = await on.ask('/v1/deliveries', { body });
    expect([again.status, again.json['added']]).toEqual([200, []]);
    const { json } = await on.ask(`/v1/components?location_id=${bin}&limit=200`);
    expect(json['items']).toHaveLength(120);
  });

  test('with one fault is refused as a whole, naming the item', async () => {
    const bin = await on.addLocation('faulty');
    const deliver = (items: Item[]) => on.ask('/v1/deliveries', { body: { location_id: bin, items } });
    const good = { serial: 'GOOD-1', kind: 'drive' };
    expect(faultOf(await deliver([good, { serial: 'KINDLESS-1' }]))).toEqual([400, '/items/1/kind']);
    expect(faultOf(await deliver([good, { serial: 'good-1 ', kind: 'drive' }]))).toEqual([400, '/items/1/serial']);
    expect(faultOf(await deliver([good, { serial: '0000000', kind: 'drive' }]))).toEqual([400, '/items/1/serial']);
    expect((await on.ask('/v1/components?serial=GOOD-1')).json['items']).toEqual([]);
  });
});
