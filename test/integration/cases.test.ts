import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseRoutes } from '#src/cases/routes.ts';
import { caseSyncRoutes } from '#src/cases/sync-routes.ts';
import { importCases } from '#src/cases/commands/import-cases.ts';
import { findKnown } from '#src/cases/known-reads.ts';
import { insertRows } from '#src/core/insert-rows.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { type HistoryWeb, historyWeb } from './history-web.ts';

let on: HistoryWeb;
beforeAll(async () => void (on = await historyWeb([...caseRoutes, ...caseSyncRoutes(() => undefined)])));
afterAll(() => on.close());

type Item = Record<string, unknown>;
const itemsOf = (json: Item, name = 'items'): Item[] => json[name] as Item[];
const linksOf = (one: Item): unknown[][] =>
  itemsOf(one, 'links').map((link) => [link['subject_type'], link['subject_id'], link['confidence'], link['verdict']]);

async function importJson(...cases: object[]): Promise<Item[]> {
  const { status, json } = await on.ask('/v1/connectors/tickets/sync', {
    body: { source: 'json', system: 'desk', cases },
  });
  expect(status).toBe(200);
  return itemsOf(json, 'results');
}
async function caseOf(result: Item | undefined): Promise<Item> {
  return (await on.ask(`/v1/cases/${String(result?.['id'])}`)).json;
}

describe('a case', () => {
  test('is kept once, and is about the part and the server that its words name', async () => {
    const asset = await on.addAsset('case-srv-1');
    await on.look(asset, '2026-05-01T12:00:00Z', [{ serial: 'CASE-SER-1', slot: 'Bay.1' }]);
    const component = String(itemsOf((await on.ask('/v1/components?serial=CASE-SER-1')).json)[0]?.['id']);
    const line = { id: '1', summary: 'Drive case-ser-1 fails', status: 'Open', created_at: '2026-05-02T00:00:00Z' };
    const [first] = await importJson(line);
    expect(first).toMatchObject({ did: 'created', links: 2 });
    expect(linksOf(await caseOf(first))).toEqual([
      ['component', component, 0.85, 'found'],
      ['asset', asset, 0.68, 'found'],
    ]);
    expect((await importJson(line))[0]).toMatchObject({ did: 'unchanged', id: first?.['id'] });
    const moved = { ...line, status: 'Closed', updated_at: '2026-05-03T00:00:00Z' };
    expect((await importJson(moved))[0]).toMatchObject({ did: 'updated', id: first?.['id'] });
    expect((await importJson(line))[0]).toMatchObject({ did: 'unchanged' }); // older than what is kept
    expect(await caseOf(first)).toMatchObject({ status: 'Closed', status_category: 'done' });
    for (const path of [`components/${component}`, `assets/${asset}`]) {
      const timeline = itemsOf((await on.ask(`/v1/${path}/timeline?type=case.linked,case.moved`)).json);
      expect(timeline.map(({ type }) => type)).toEqual(['case.moved', 'case.linked']);
      expect(itemsOf((await on.ask(`/v1/${path}/cases`)).json).map(({ key }) => key)).toEqual(['1']);
    }
  });

  test('is listed with the ticket that its key names, the project that it names, and the customer of that', async () => {
    const { db } = on.database;
    const [customer, project, ticket, asset] = [newId(), newId(), newId(), await on.addAsset('case-srv-about')];
    const at = toSql(new Date());
    const times = { created_at: at, updated_at: at };
    await db('customers').insert({ id: customer, name: 'Case & Co', ...times });
    await db('projects').insert({ id: project, customer_id: customer, name: 'Cases', code: 'CPRJ-77', ...times });
    const fault = { type: 'CHECK_POWER', state: 'OPEN', priority: 'LOW', summary: 'x', reason: 'x' };
    const seen = { opened_at: at, first_event_at: at, last_event_at: at };
    await db('tickets').insert({ id: ticket, asset_id: asset, external_key: 'OPS-4711', ...fault, ...seen });
    await importJson({ id: '20', summary: 'CPRJ-77 is slow, see OPS-4711' });
    await importJson({ id: '21', summary: 'nothing of ours' });
    for (const path of [`projects/${project}`, `customers/${customer}`, `tickets/${ticket}`])
      expect([path, itemsOf((await on.ask(`/v1/${path}/cases`)).json).map(({ key }) => key)]).toEqual([path, ['20']]);
    expect(itemsOf((await on.ask(`/v1/cases?customer_id=${customer}`)).json)).toHaveLength(1);
    expect((await on.ask(`/v1/customers/${newId()}/cases`)).status).toBe(404);
    expect((await on.ask(`/v1/tickets/${newId()}/cases`)).status).toBe(404);
  });

  test('what people say about a link stays, whatever is imported later', async () => {
    const [wrong, right] = [await on.addAsset('case-srv-2'), await on.addAsset('case-srv-3')];
    const line = { id: '2', summary: 'case-srv-2 is slow' };
    const [made] = await importJson(line);
    const id = String(made?.['id']);
    const say = (subject_id: string, is_right: boolean) =>
      on.ask(`/v1/cases/${id}/links`, { body: { subject_type: 'asset', subject_id, is_right } });
    expect((await say(wrong, false)).status).toBe(200);
    expect((await say(right, true)).status).toBe(200);
    const stays = [
      ['asset', right, 1, 'right'],
      ['asset', wrong, 0, 'wrong'],
    ];
    expect((await importJson({ ...line, text: 'case-srv-2 again' }))[0]).toMatchObject({ did: 'updated', links: 1 });
    expect(linksOf(await caseOf(made))).toEqual(stays);
    expect(itemsOf((await on.ask(`/v1/assets/${wrong}/cases`)).json)).toEqual([]);
    expect(itemsOf((await on.ask(`/v1/assets/${right}/cases`)).json)).toHaveLength(1);
    const nobody = await say(newId(), true);
    expect([nobody.status, nobody.text]).toEqual([400, expect.stringContaining('there is no asset')]);
  });

  test('a link that its words give no more goes; one that is found only later comes', async () => {
    await on.addAsset('case-srv-4');
    const [made] = await importJson({ id: '3', summary: 'case-srv-4 and case-srv-5' });
    expect(linksOf(await caseOf(made))).toHaveLength(1);
    const later = await on.addAsset('case-srv-5');
    await importJson({ id: '3', summary: 'case-srv-4 and case-srv-5' });
    expect(linksOf(await caseOf(made))).toHaveLength(2);
    await importJson({ id: '3', summary: 'only case-srv-5' });
    expect(linksOf(await caseOf(made)).map(([, id]) => id)).toEqual([later]);
  });

  test('names are found as they are written, or in one case', async () => {
    const asset = await on.addAsset('Case-Srv-9');
    const summaries = ['Case-Srv-9 is slow', 'case-srv-9 is slow', 'Case-Srv-9.example.com is slow'];
    const made = await importJson(...summaries.map((summary, at) => ({ id: `n${at}`, summary })));
    const found = await Promise.all(made.map(async (one) => linksOf(await caseOf(one)).map(([, id]) => id)));
    expect(found).toEqual([[asset], [], [asset]]); // kept with capitals: who writes it without them means it, and is not found
  });

  test('a cut serial is a weak hint, and none where many begin so', async () => {
    const asset = await on.addAsset('cut');
    const drives = ['CUTOFF1-AAAA', ...Array.from({ length: 9 }, (_, at) => `MANY777-00${at}`)];
    await on.look(
      asset,
      '2026-05-01T12:00:00Z',
      drives.map((serial, at) => ({ serial, slot: `Bay.${at}` })),
    );
    const [made] = await importJson({ id: '4', summary: 'CUTOFF1 and MANY777 fail' });
    expect(linksOf(await caseOf(made)).map(([type, , confidence]) => [type, confidence])).toEqual([
      ['component', 0.35],
    ]);
  });
});

test('a barcode of the stock names the part that it is stuck on, once that is known', async () => {
  const asset = await on.addAsset('case-srv-bar');
  const time = toSql(new Date());
  const common = { tracking: 'piece', kind: 'drive', grade: 'NEW', quantity: 0, facts: '{}', received_at: time };
  await on.ctx.db('stock_items').insert(
    [
      { serial: 'BAR-SERIAL-1', barcode: 'Bc-70001' },
      { serial: 'BAR-SERIAL-2', barcode: 'BC-70002' },
    ].map((item) => ({ id: newId(), ...item, ...common, created_at: time, updated_at: time })),
  );
  const line = { id: 'bar', summary: 'Built in Bc-70001 and BC-70002', created_at: '2026-05-01T00:00:00Z' };
  const [made] = await importJson(line);
  expect(linksOf(await caseOf(made))).toEqual([]); // nobody has seen either part yet
  await on.look(asset, '2026-05-01T12:00:00Z', [{ serial: 'BAR-SERIAL-1', slot: 'Bay.1' }]);
  const component = String(itemsOf((await on.ask('/v1/components?serial=BAR-SERIAL-1')).json)[0]?.['id']);
  expect((await importJson(line))[0]).toMatchObject({ did: 'unchanged', links: 2 });
  expect(linksOf(await caseOf(made))).toEqual([
    ['component', component, 0.75, 'found'],
    ['asset', asset, 0.6, 'found'],
  ]);
});

describe('a table', () => {
  test('of CSV says of each line what became of it', async () => {
    const csv =
      'Number;Title;Opened\nA-1;First;2026-05-01\n;No number;2026-05-01\nA-3;Third;someday\nA-1;First again;2026-05-02\n';
    const columns = { id: 'Number', summary: 'Title', created_at: 'Opened' };
    const { status, json } = await on.ask('/v1/connectors/tickets/sync', {
      body: { source: 'csv', system: 'sheet', csv, columns },
    });
    expect(status).toBe(200);
    expect(itemsOf(json, 'results').map(({ line, did, field }) => [line, did, field])).toEqual([
      [1, 'created', null],
      [2, 'refused', 'Number'],
      [3, 'refused', 'Opened'],
      [4, 'created', null],
    ]);
    expect(json['counts']).toEqual({ created: 2, updated: 0, unchanged: 0, refused: 2 });
    const kept = itemsOf((await on.ask('/v1/cases?source=sheet')).json);
    expect(kept.map(({ summary }) => summary)).toEqual(['First again']);
  });

  test('cannot be asked of a system that is not connected', async () => {
    const answer = await on.ask('/v1/connectors/tickets/sync', { body: { source: 'jira', jql: 'project = HW' } });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('no ticket system is connected')]);
  });
});

test('the list has filters, and pages that never shift', async () => {
  await importJson(
    ...Array.from({ length: 5 }, (_, at) => ({
      id: `p${at}`,
      summary: `Paged ${at}`,
      status: at < 2 ? 'Done' : 'Open',
    })),
  );
  const seen: string[] = [];
  for (let cursor: string | null = '', turned = 0; cursor !== null && turned < 10; turned += 1) {
    const { json } = await on.ask(`/v1/cases?source=desk&q=paged&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    seen.push(...itemsOf(json).map(({ key }) => String(key)));
    cursor = json['next'] as string | null;
  }
  expect(seen.toSorted()).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
  expect(itemsOf((await on.ask('/v1/cases?q=paged&status_category=done')).json)).toHaveLength(2);
  expect(itemsOf((await on.ask('/v1/cases?q=paged&linked=yes')).json)).toEqual([]);
  expect((await on.ask('/v1/cases?about_type=asset')).status).toBe(400);
  expect((await on.ask('/v1/cases?nosuch=1')).status).toBe(400);
});

test('among 10,000 serials a case finds its own by index', async () => {
  const now = toSql(new Date());
  const rows = Array.from({ length: 10_000 }, (_, at) => [
    newId(),
    'DRIVE',
    'serial',
    `BULK${String(at).padStart(8, '0')}`,
    '{}',
    now,
  ]);
  await insertRows(
    on.ctx.db,
    'components',
    ['id', 'kind', 'identity', 'vendor_serial', 'attributes', 'created_at'],
    rows,
  );
  const serials = rows.map((row) => String(row[3]));
  const common = {
    url: null,
    status: 'Open',
    statusCategory: 'new',
    priority: null,
    resolvedAt: null,
    assignee: null,
    labels: [],
    fields: {},
  };
  const time = new Date().toISOString();
  const cases = serials.slice(0, 200).map((serial, at) => ({
    ...common,
    ...{
      id: `bulk-${at}`,
      key: `BULK-${at}`,
      summary: `Drive ${serial} fails`,
      text: '',
      createdAt: time,
      updatedAt: time,
    },
  }));
  const made = await tx(on.ctx, (inside) => importCases(inside, { source: 'bulk', cases }), {
    isolation: 'read committed',
  });
  expect(made.map(({ links }) => links.map(({ subject }) => subject.id))).toEqual(
    rows.slice(0, 200).map(([id]) => [id]),
  );
  const statements: string[] = [];
  const listen = ({ sql }: { sql: string }): void => void statements.push(sql);
  on.ctx.db.on('query', listen);
  const known = await findKnown(on.ctx.db, serials);
  on.ctx.db.removeListener('query', listen);
  expect(known.size).toBe(10_000);
  expect(statements.length).toBeLessThan(200); // a thousand words at a time, in each column, and not one by one
  const [plan] = await on.ctx.db.raw(
    'EXPLAIN SELECT id FROM components WHERE vendor_serial IN (?, ?, ?)',
    serials.slice(0, 3),
  );
  expect((plan as { key: string }[])[0]?.key).toBe('components_vendor_serial');
});
