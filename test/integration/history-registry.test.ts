import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditWeb, auditWeb, type Json, placeOf, report, statement } from './history-audit-web.ts';

let on: AuditWeb;
let [server, second, bin] = ['', '', ''];
const FORMULA = '=HYPERLINK("X")';
const at = (day: number) => `2026-05-${String(day).padStart(2, '0')}T12:00:00Z`;

beforeAll(async () => {
  on = await auditWeb();
  await on.ask('/v1/locations', { body: { type: 'site', name: 'ams1' } });
  await on.ask('/v1/locations', { body: { type: 'warehouse', name: 'store', parent: 'ams1' } });
  const made = await on.ask('/v1/locations', {
    body: { type: 'bin', name: 'A-1', parent: 'ams1 / store', aisle: 'A', shelf: '1' },
  });
  bin = String(made.json['id']);
  const drives = Array.from({ length: 9 }, (_, n) => ({ serial: `LIST00000${n}`, slot: `Bay.${n}` }));
  const first = await on.upload(
    report(
      { product_serial: 'LIST-1' },
      at(1),
      [
        ...drives,
        { serial: FORMULA, slot: 'PSU.1', kind: 'psu', maker: 'Delta', model: 'DPS-1400' },
        { serial: null, slot: 'Fan.1', kind: 'fan', maker: null, model: 'Fan' },
      ],
      { scope: ['drive', 'psu', 'fan'] },
    ),
  );
  server = placeOf(first);
  // The same fan, by a better source: the other name of it has no history.
  await on.upload(
    report(
      { product_serial: 'LIST-1' },
      at(2),
      [{ serial: null, slot: 'Fan 1A', kind: 'fan', maker: null, model: 'Fan' }],
      { source: 'redfish', scope: ['fan'] },
    ),
  );
  // One serial in two servers, one that moved on and one that nobody has seen again.
  second = placeOf(
    await on.upload(
      report({ product_serial: 'LIST-2' }, at(1), [
        { serial: 'LIST000000', slot: 'Bay.5' },
        { serial: 'LISTAWAY01', slot: 'Bay.6' },
        { serial: 'LISTMOVE01', slot: 'Bay.7' },
      ]),
    ),
  );
  await on.upload(
    report({ product_serial: 'LIST-2' }, at(3), [
      { serial: 'LIST000000', slot: 'Bay.5' },
      { serial: 'LISTMOVE01', slot: 'Bay.7' },
    ]),
  );
  await on.upload(report({ product_serial: 'LIST-1' }, at(4), drives));
  await on.upload(statement({ location_id: bin }, at(5), { present: [{ serial: 'LISTMOVE01', kind: 'drive' }] }));
});
afterAll(() => on.close());

const serials = (rows: readonly Json[]): unknown[] => rows.map(({ serial }) => serial);

describe('a list of parts', () => {
  test('has each part once on its pages, in every order', async () => {
    const whole = await on.all('/v1/components?limit=1000');
    expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
    expect(whole).toHaveLength(13);
    for (const sort of ['id', '-id', 'serial', '-serial', 'model', '-model']) {
      const pages = await on.all(`/v1/components?sort=${sort}&limit=3`);
      const one = (await on.get(`/v1/components?sort=${sort}&limit=1000`))['items'];
      expect(pages, sort).toEqual(one);
      expect(pages.map(({ id }) => id).toSorted(), sort).toEqual(whole.map(({ id }) => id).toSorted());
    }
    const bySerial = serials(await on.all('/v1/components?sort=-serial&limit=2'));
    expect(bySerial.at(-1)).toBeNull();
    expect(bySerial.slice(0, -1)).toEqual(bySerial.slice(0, -1).toSorted().toReversed());
  });

  test('is filtered', async () => {
    const found = async (query: string): Promise<unknown[]> =>
      serials(await on.all(`/v1/components?limit=2&${query}`)).toSorted();
    expect(await found('kind=psu')).toEqual([FORMULA]);
    expect(await found('kind=fan')).toEqual([null]);
    expect(await found('place=stored')).toEqual(['LISTMOVE01']);
    expect(await found('place=away')).toEqual(['LISTAWAY01']);
    expect(await found(`location_id=${bin}`)).toEqual(['LISTMOVE01']);
    expect(await found(`asset_id=${second}`)).toEqual(['LIST000000']);
    expect(await found(`asset_id=${server}&kind=drive`)).toHaveLength(9);
    expect(await found('place=installed&kind=drive')).toHaveLength(9);
    expect(await found('serial=list000003')).toEqual(['LIST000003']);
    expect(await found('vendor=samsung&kind=psu')).toEqual([]);
    expect(await found('q=listm')).toEqual(['LISTMOVE01']);
    expect(await found('q=mz7lh')).toHaveLength(11);
    expect(await found('q=%25')).toEqual([]);
    expect(await found('q=_IST')).toEqual([]);
    const [there] = await on.all(`/v1/components?asset_id=${server}&serial=LIST000000`);
    expect(there?.['where']).toMatchObject({ id: server, slot: 'Bay.0' });
    expect((await on.ask('/v1/components?sort=vendor')).status).toBe(400);
    expect((await on.ask('/v1/components?kind=flux')).status).toBe(400);
  });

  test('is a table for a spreadsheet that runs nothing', async () => {
    const csv = await on.ask('/v1/components?format=csv&sort=serial&limit=1');
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const [head, ...lines] = csv.text.trimEnd().split('\r\n');
    expect(head).toBe('id,kind,vendor,serial,manufacturer,model,part_number,firmware,lot,place_type,place,slot,since');
    expect(lines).toHaveLength(13);
    expect(csv.text).toContain(`"'=HYPERLINK(""X"")"`);
    expect(csv.text).not.toContain(',=');
    expect(lines.find((line) => line.includes('LISTMOVE01'))).toContain('location,A-1');
  });
});

describe('lots', () => {
  test('stand on the parts, and what has none says what is missing', async () => {
    const drives = await on.all('/v1/components?kind=drive');
    const lot = drives[0]?.['lot'] as Json | null;
    const { groups } = await on.get('/v1/lots/unclassified');
    const open = (groups as Json[]).reduce((sum, group) => sum + Number(group['count']), 0);
    if (lot === null) expect(drives[0]?.['lot_missing']).not.toBeNull();
    else {
      expect((await on.get(`/v1/lots/${String(lot['id'])}`))['code']).toBe(lot['code']);
      expect(await on.all(`/v1/components?lot_id=${String(lot['id'])}&limit=4`)).toHaveLength(11);
    }
    const without = (await on.all('/v1/components')).filter(
      (one) => one['lot'] === null && one['lot_missing'] !== null,
    );
    expect(without.length).toBeLessThanOrEqual(open);
    const made = await on.ask('/v1/lots', { body: { code: 'PSU_TEST_1400W', kind: 'psu', title: 'Test', facts: {} } });
    expect(made.status, made.text).toBe(201);
    const [psu] = await on.all('/v1/components?kind=psu');
    const set = await on.ask(`/v1/components/${String(psu?.['id'])}/lot`, {
      body: { lot_id: made.json['id'], reason: 'label' },
    });
    expect(set.status, set.text).toBe(200);
    expect((await on.get(`/v1/components/${String(psu?.['id'])}`))['lot']).toMatchObject({
      code: 'PSU_TEST_1400W',
      rule: 'person',
    });
    const { components } = await on.get(`/v1/assets/${server}/inventory`);
    expect((components as Json[]).find(({ kind }) => kind === 'psu')?.['lot']).toBe('PSU_TEST_1400W');
    // What a person chose stays when the part is seen again.
    await on.upload(
      report(
        { product_serial: 'LIST-1' },
        at(8),
        [{ serial: FORMULA, slot: 'PSU.1', kind: 'psu', maker: 'Delta', model: 'DPS-1400', firmware: '2' }],
        { scope: ['psu'] },
      ),
    );
    expect((await on.get(`/v1/components/${String(psu?.['id'])}`))['lot']).toMatchObject({ code: 'PSU_TEST_1400W' });
  });
});

describe('a bin', () => {
  test('has an inventory and a timeline at a time', async () => {
    const [part] = await on.all('/v1/components?serial=LISTMOVE01');
    const then = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const taken = await on.upload(
      statement({ location_id: bin }, at(7), { absent: [{ serial: 'LISTMOVE01', reason: 'planned' }] }),
    );
    expect(taken.status, taken.text).toBe(201);
    const inside = async (query: string): Promise<unknown[]> =>
      serials((await on.get(`/v1/locations/${bin}/inventory?${query}`))['components'] as Json[]);
    expect(await inside('')).toEqual([]);
    expect(await inside('as_of=2026-05-05')).toEqual(['LISTMOVE01']);
    expect(await inside('as_of=2026-05-04')).toEqual([]);
    expect(await inside('as_of=2026-05-07')).toEqual([]);
    expect(await inside(`known_at=${then}`)).toEqual(['LISTMOVE01']);
    const types = (await on.all(`/v1/locations/${bin}/timeline?limit=1`)).map(({ type }) => type);
    expect(types.filter((type) => type !== 'LOG_COLLECTED' && !String(type).startsWith('location.'))).toEqual([
      'REMOVED',
      'MOVED',
    ]);
    const stays = (await on.get(`/v1/components/${String(part?.['id'])}/installations`))['items'] as Json[];
    expect(stays.map((one) => [one['place_name'], one['removal_reason']])).toEqual([
      ['LIST-2', 'moved'],
      ['A-1', 'planned'],
    ]);
    const nowhere = '22222222-0000-4000-8000-000000000997';
    const lost = await on.upload(
      statement({ location_id: nowhere }, at(7), { absent: [{ serial: 'LISTMOVE01', reason: 'planned' }] }),
    );
    expect([lost.status, (lost.json['errors'] as Json[])[0]?.['field']]).toEqual([400, '/where/location_id']);
    expect((await on.ask(`/v1/locations/${nowhere}/inventory`)).status).toBe(404);
    expect((await on.ask(`/v1/locations/${nowhere}/timeline`)).status).toBe(404);
  });
});
