import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { idFrom } from '../core/id.ts';
import { fromJson } from '../core/json.ts';
import type { Route } from '../core/route.ts';
import { tx } from '../core/tx.ts';
import { normalizeVendor } from '../core/vendor.ts';
import { testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';
import { type Classify, createClassifier } from './classify.ts';
import { ensureLots, type NewLot } from './commands/ensure-lots.ts';
import { reclassifyComponents } from './commands/reclassify-components.ts';
import { lotId } from './model.ts';
import { lotRoutes } from './routes.ts';
import { loadLotRules } from './rules.ts';

let database: TestDatabase;
let ctx: Ctx;
const rules = loadLotRules();
const classify = createClassifier(rules);
const nothing: Classify = () => ({ lot: null, missing: ['rule'] });

beforeAll(async () => {
  database = await testDatabase();
  ctx = testCtx(database.db);
});
afterAll(() => database?.close());
beforeEach(async () => {
  for (const table of ['components', 'lots', 'events']) await database.db(table).delete();
});

const NVME = { protocol: 'NVMe', capacityBytes: 1920383410176 };
const asset = idFrom('asset', 'lots');

async function addComponent(
  name: string,
  said: { kind?: string; model?: string; attributes?: object },
): Promise<string> {
  const id = idFrom('component', name);
  const { kind = 'drive', model = 'SAMSUNG MZQL21T9HCJR-00A07', attributes = NVME } = said;
  const vendor = normalizeVendor(null, model, null);
  const row = { id, kind, identity: 'serial', vendor, vendor_serial: name, asset_id: asset, model };
  await database
    .db('components')
    .insert({ ...row, attributes: JSON.stringify(attributes), created_at: '2026-11-21 00:00:00' });
  return id;
}

async function placeOf(id: string): Promise<unknown[]> {
  const [row] = await database.db('components').where({ id }).select('lot_id', 'lot_rule', 'lot_missing');
  return [row?.lot_id, row?.lot_rule, row?.lot_missing];
}

async function said(type: string): Promise<{ subject: string; data: Record<string, unknown> }[]> {
  const rows = await database.db('events').where({ type }).orderBy('recorded_at').select('subject_id', 'data');
  return rows.map((row) => ({ subject: String(row.subject_id), data: fromJson(row.data) }));
}

function route(id: string): Route {
  const found = lotRoutes(classify).find(({ shape }) => shape.id === id);
  if (!found) throw new Error(`no route ${id}`);
  return found;
}

/** As the door does it: checks what comes in and what goes out. */
async function ask(
  id: string,
  given: { params?: object; query?: object; body?: object } = {},
): Promise<Record<string, unknown>> {
  const { shape, read, act } = route(id);
  const input = {
    params: shape.params?.parse(given.params),
    query: shape.query?.parse(given.query ?? {}),
    body: shape.body?.parse(given.body),
    headers: {},
    caller: null,
  };
  const answer = read
    ? await read(ctx, input as never)
    : await tx(ctx, async (inside) => act?.(inside, input as never));
  return shape.answers[answer?.status ?? 0]?.schema?.parse(answer?.body) as Record<string, unknown>;
}

const gen4 = 'SSD_NVME_01.92TB_GEN4';

describe('reclassifying', () => {
  test('goes through all pages, once, and says each change', async () => {
    const ids = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => addComponent(name, {})));
    const bare = await addComponent('f', { model: 'NOBODY X1' });
    const fan = await addComponent('g', { kind: 'fan', model: 'Fan 1', attributes: {} });

    expect(await reclassifyComponents(ctx, classify, { pageSize: 2 })).toEqual({ looked: 7, changed: 5 });
    for (const id of ids) expect(await placeOf(id)).toEqual([lotId(gen4), 'drive-ssd-nvme', null]);
    expect(await placeOf(bare)).toEqual([null, null, 'pcieGeneration']);
    expect(await placeOf(fan)).toEqual([null, null, null]);
    expect((await said('lot.created')).map(({ data }) => data['code'])).toEqual([gen4]);
    const changes = await said('component.reclassified');
    expect(changes.map(({ subject }) => subject).toSorted()).toEqual(ids.toSorted());
    expect(changes[0]?.data).toEqual({ from: null, to: gen4, rule: 'drive-ssd-nvme', missing: [], reason: null });

    expect(await reclassifyComponents(ctx, classify, { pageSize: 3 })).toEqual({ looked: 7, changed: 0 });
    expect(await said('component.reclassified')).toHaveLength(5);
  });

  test('a rule that goes takes its lot from the parts, and a corrected one gives another', async () => {
    const id = await addComponent('a', {});
    await reclassifyComponents(ctx, classify);
    const corrected = createClassifier({
      ...rules,
      facts: rules.facts.map((rule) =>
        rule.id === 'nvme-gen4' ? { ...rule, set: { ...rule.set, pcieGeneration: 5 } } : rule,
      ),
    });
    expect(await reclassifyComponents(ctx, corrected)).toEqual({ looked: 1, changed: 1 });
    expect((await placeOf(id))[0]).toBe(lotId('SSD_NVME_01.92TB_GEN5'));
    expect(await reclassifyComponents(ctx, nothing)).toEqual({ looked: 1, changed: 1 });
    expect(await placeOf(id)).toEqual([null, null, 'rule']);
    expect(
      (await said('component.reclassified')).map(({ data }) => [data['from'], data['to'], data['missing']]),
    ).toEqual([
      [null, gen4, []],
      [gen4, 'SSD_NVME_01.92TB_GEN5', []],
      ['SSD_NVME_01.92TB_GEN5', null, ['rule']],
    ]);
  });

  test('another thing that is missing is kept, and is no change of lot', async () => {
    const id = await addComponent('a', { model: 'NOBODY X1' });
    await reclassifyComponents(ctx, nothing);
    expect(await placeOf(id)).toEqual([null, null, 'rule']);
    expect(await reclassifyComponents(ctx, classify)).toEqual({ looked: 1, changed: 0 });
    expect(await placeOf(id)).toEqual([null, null, 'pcieGeneration']);
    expect(await said('component.reclassified')).toEqual([]);
  });

  test('stops between pages when it is told to, and goes on another time', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await addComponent(name, {});
    const stopping = new AbortController();
    const slow: Classify = (part) => {
      stopping.abort(new Error('the worker stops'));
      return classify(part);
    };
    const told = { ...ctx, signal: stopping.signal };
    await expect(reclassifyComponents(told, slow, { pageSize: 2 })).rejects.toThrow('the worker stops');
    expect(await said('component.reclassified')).toHaveLength(2);
    expect(await reclassifyComponents(ctx, classify, { pageSize: 2 })).toEqual({ looked: 4, changed: 2 });
  });
});

describe('lots', () => {
  test('that many meet at once are made once', async () => {
    const lots: NewLot[] = Array.from({ length: 12 }, (_, index) => ({
      kind: 'drive',
      lot: `SSD_SATA_${String(index + 10)}.00TB`,
      title: `SATA SSD, ${index + 10} TB`,
      facts: { mediaType: 'SSD', protocol: 'SATA', capacityTb: index + 10 },
    }));
    const orders = Array.from({ length: 8 }, (_, turn) => [...lots.slice(turn), ...lots.slice(0, turn)]);
    await Promise.all(orders.map((order) => tx(ctx, (inside) => ensureLots(inside, order))));
    expect(await database.db('lots').count({ n: '*' })).toEqual([{ n: 12 }]);
    expect(await said('lot.created')).toHaveLength(12);
  });

  test('are listed by code, page by page, and found by kind and words', async () => {
    await Promise.all(
      ['ST8000NM0016', 'ST4000NM0016', 'ST2000NM0016'].map((model, index) =>
        addComponent(model, {
          model,
          attributes: { protocol: 'SATA', rotationRpm: 7200, capacityBytes: [8e12, 4e12, 2e12][index] },
        }),
      ),
    );
    await addComponent('cpu', { kind: 'cpu', model: 'AMD EPYC 7763 64-Core Processor', attributes: {} });
    await reclassifyComponents(ctx, classify);
    const codes: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await ask('listLots', { query: { limit: '2', ...(cursor ? { cursor } : {}) } })) as {
        items: { code: string }[];
        next: string | null;
      };
      codes.push(...page.items.map(({ code }) => code));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(codes).toEqual([
      'CPU_AMD_EPYC-7763',
      'HDD_SATA_02.00TB_7200',
      'HDD_SATA_04.00TB_7200',
      'HDD_SATA_08.00TB_7200',
    ]);

    const find = async (query: object): Promise<string[]> =>
      ((await ask('listLots', { query })) as { items: { code: string }[] }).items.map(({ code }) => code);
    expect(await find({ kind: 'cpu' })).toEqual(['CPU_AMD_EPYC-7763']);
    expect(await find({ q: '08.00tb 7200' })).toEqual(['HDD_SATA_08.00TB_7200']);
    expect(await find({ q: 'hard disk' })).toHaveLength(3);
    expect(await find({ q: '%' })).toEqual([]);
    const { shape, read } = route('listLots');
    const csv = await read?.(ctx, { query: shape.query?.parse({ format: 'csv', limit: '1', kind: 'drive' }) } as never);
    let text = '';
    await csv?.stream?.(async (chunk) => void (text += chunk), ctx.signal);
    expect(text.split('\r\n').map((line) => line.split(',')[1])).toEqual(['code', ...codes.slice(1), undefined]);

    const lot = await ask('getLot', { params: { id: lotId('CPU_AMD_EPYC-7763') } });
    expect(lot).toMatchObject({ components: 1, origin: 'rule', facts: { maker: 'AMD', model: 'EPYC-7763' } });
  });

  test('are made and described by people', async () => {
    const made = await ask('createLot', {
      body: { code: 'TRANSCEIVER_SFP28_SR', kind: 'transceiver', title: 'SFP28 SR' },
    });
    expect(made).toMatchObject({ id: lotId('TRANSCEIVER_SFP28_SR'), origin: 'person', notes: null, facts: {} });
    const again = ask('createLot', { body: { code: 'TRANSCEIVER_SFP28_SR', kind: 'transceiver', title: 'x' } });
    await expect(again).rejects.toMatchObject({ kind: 'conflict' });
    const params = { id: made['id'] };
    expect(await ask('changeLot', { params, body: { notes: 'Also fits SFP+' } })).toMatchObject({
      title: 'SFP28 SR',
      notes: 'Also fits SFP+',
    });
    expect(await ask('changeLot', { params, body: { notes: null } })).toMatchObject({ notes: null });
    expect(await ask('changeLot', { params, body: {} })).toMatchObject({ title: 'SFP28 SR' });
    expect(await said('lot.changed')).toHaveLength(2);
    await expect(ask('getLot', { params: { id: asset } })).rejects.toThrow(HubError);
    await expect(ask('createLot', { body: { code: 'sfp28', kind: 'transceiver', title: 'x' } })).rejects.toThrow(
      'capital letters',
    );
  });

  test('what has none is grouped by what is missing, with examples', async () => {
    for (const name of ['a', 'b', 'c']) await addComponent(name, { model: 'NOBODY X1' });
    await addComponent('d', { model: 'NOBODY X2' });
    await addComponent('e', { kind: 'psu', model: 'PS', attributes: {} });
    await addComponent('f', { kind: 'fan', model: 'Fan', attributes: {} });
    await addComponent('g', {});
    await reclassifyComponents(ctx, classify);
    expect(await ask('listUnclassified', { query: { examples: '1' } })).toEqual({
      groups: [
        {
          kind: 'drive',
          missing: ['pcieGeneration'],
          count: 4,
          examples: [
            { manufacturer: null, model: 'NOBODY X1', part_number: null, count: 3, component_id: expect.any(String) },
          ],
        },
        {
          kind: 'psu',
          missing: ['powerWatts', 'family'],
          count: 1,
          examples: [expect.objectContaining({ model: 'PS' })],
        },
      ],
    });
    expect((await ask('listUnclassified', { query: { kind: 'cpu' } }))['groups']).toEqual([]);
  });
});

describe('a person', () => {
  test('chooses the lot of a component, the rules leave it, and take it back when told', async () => {
    const id = await addComponent('a', {});
    await reclassifyComponents(ctx, classify);
    await ask('createLot', { body: { code: 'SSD_NVME_SPECIAL', kind: 'drive', title: 'A special one' } });
    const special = lotId('SSD_NVME_SPECIAL');
    const params = { id };
    const set = { params, body: { lot_id: special, reason: 'other firmware' } };
    expect(await ask('setComponentLot', set)).toEqual({
      component_id: id,
      lot_id: special,
      lot: 'SSD_NVME_SPECIAL',
      rule: 'person',
      missing: [],
    });
    await ask('setComponentLot', set);
    expect(await reclassifyComponents(ctx, classify)).toEqual({ looked: 0, changed: 0 });
    expect(await placeOf(id)).toEqual([special, 'person', null]);

    expect(await ask('setComponentLot', { params, body: { lot_id: null } })).toMatchObject({
      lot: gen4,
      rule: 'drive-ssd-nvme',
    });
    expect(await ask('setComponentLot', { params, body: { lot_id: null } })).toMatchObject({ lot: gen4 });
    expect(
      (await said('component.reclassified')).map(({ data }) => [data['to'], data['rule'], data['reason']]),
    ).toEqual([
      [gen4, 'drive-ssd-nvme', null],
      ['SSD_NVME_SPECIAL', 'person', 'other firmware'],
      [gen4, 'drive-ssd-nvme', null],
    ]);
  });

  test('is told what is not there and what does not fit', async () => {
    const id = await addComponent('a', {});
    await ask('createLot', { body: { code: 'CPU_OTHER', kind: 'cpu', title: 'A processor' } });
    const set = (component: string, lot: string): Promise<unknown> =>
      ask('setComponentLot', { params: { id: component }, body: { lot_id: lot } });
    await expect(set(id, lotId('CPU_OTHER'))).rejects.toThrow(
      'CPU_OTHER is a lot of kind cpu, and this component is a drive',
    );
    await expect(set(id, lotId('NOT_THERE'))).rejects.toMatchObject({ kind: 'not-found' });
    await expect(set(asset, lotId('CPU_OTHER'))).rejects.toMatchObject({ kind: 'not-found' });
    expect(await placeOf(id)).toEqual([null, null, null]);
  });
});
