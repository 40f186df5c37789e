import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toCursor } from '#src/core/page.ts';
import type { Called } from '#test/kit/call.ts';
import { type RegistryWeb, registryWeb } from './registry-web.ts';

let on: RegistryWeb;
beforeAll(async () => void (on = await registryWeb()));
afterAll(() => on.close());

const bulk = (things: string, body: unknown, headers: Record<string, string> = {}): Promise<Called> =>
  on.ask(`/v1/${things}/bulk`, { body, headers });
const csv = (things: string, lines: string[], headers: Record<string, string> = {}): Promise<Called> =>
  bulk(things, lines.join('\r\n'), { 'content-type': 'text/csv', ...headers });

interface Result {
  did: string;
  id: string | null;
  reason: string | null;
  pointer: string | null;
}
const results = (answer: Called): Result[] => answer.json['results'] as Result[];
const dids = (answer: Called): string[] => results(answer).map(({ did }) => did);

async function read(path: string): Promise<string[][]> {
  const answer = await on.ask(path);
  return parse(answer.text) as string[][];
}

/** All pages of a list; `between` runs after each page. */
async function walk(
  path: string,
  between: () => Promise<unknown> = async () => {},
): Promise<Record<string, unknown>[]> {
  const seen: Record<string, unknown>[] = [];
  for (let cursor: unknown = ''; cursor !== null;) {
    const page = await on.ask(`${path}${cursor === '' ? '' : `&cursor=${String(cursor)}`}`);
    expect(page.status, page.text).toBe(200);
    seen.push(...(page.json['items'] as Record<string, unknown>[]));
    cursor = page.json['next'];
    await between();
  }
  return seen;
}

describe('a list', () => {
  beforeAll(async () => {
    const models = ['R750', 'R650', null, 'R750', null, 'Ω-1', 'R750'];
    const items = models.map((model, index) => ({ name: `sort-${index}`, model, manufacturer: `m${index % 2}` }));
    await bulk('assets', { items, atomic: true });
  });

  test.each(['model', '-model', 'name', '-name', 'id', '-id', 'created_at', '-updated_at', 'inspected_at', '-state'])(
    'sorted by %s gives each row once in order, while others come in',
    async (sort) => {
      const before = await walk(`/v1/assets?limit=1000&q=sort&sort=${sort}`);
      let added = 0;
      const seen = await walk(`/v1/assets?limit=2&q=sort&sort=${sort}`, () => {
        added += 1;
        return added < 6
          ? on.ask('/v1/assets', { body: { name: `sort-${sort}-${added}`, model: added % 2 ? 'R0' : 'Z9' } })
          : Promise.resolve();
      });
      const idsSeen = seen.map(({ id }) => String(id));
      expect(new Set(idsSeen).size).toBe(idsSeen.length);
      const old = new Set(before.map(({ id }) => String(id)));
      expect(idsSeen.filter((id) => old.has(id))).toEqual(before.map(({ id }) => String(id)));
      const after = (await walk(`/v1/assets?limit=1000&q=sort&sort=${sort}`)).map(({ id }) => String(id));
      const places = idsSeen.map((id) => after.indexOf(id));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    },
  );

  test('sorts empty values before all others, and text byte by byte', async () => {
    const models = (await walk('/v1/assets?limit=3&q=sort-&sort=model&manufacturer=m0')).map(({ model }) => model);
    expect(models).toEqual([null, null, 'R750', 'R750']);
    const down = (await walk('/v1/assets?limit=3&q=sort-&sort=-model&manufacturer=m0')).map(({ model }) => model);
    expect(down).toEqual(['R750', 'R750', null, null]);
  });

  test('refuses an order that there is not, and a cursor of another order', async () => {
    const wrong = await on.ask('/v1/assets?sort=password');
    expect([wrong.status, (wrong.json['errors'] as { field: string }[])[0]?.field]).toEqual([400, 'query.sort']);
    const { json } = await on.ask('/v1/assets?sort=name&limit=1');
    for (const cursor of [String(json['next']), toCursor(['-name', 'x', 'y']), toCursor(['-name', 'vx', 'y']), 'abc'])
      expect((await on.ask(`/v1/assets?sort=-name&cursor=${cursor}`)).status).toBe(400);
    const moment = toCursor(['created_at', 'vyesterday', '01997d9c-0000-7000-8000-000000000000']);
    expect((await on.ask(`/v1/assets?sort=created_at&cursor=${moment}`)).status).toBe(400);
  });

  test('filters by place, project, maker and model', async () => {
    await bulk('locations', {
      items: [
        { type: 'site', name: 'par1' },
        { type: 'room', name: 'a', parent: 'par1' },
        { type: 'rack', name: 'r1', parent: 'par1 / a' },
      ],
    });
    await bulk('customers', { items: [{ name: 'Filter' }] });
    await bulk('projects', { items: [{ customer: 'Filter', name: 'p', code: 'FP' }] });
    await bulk('assets', {
      items: [
        { name: 'in-rack', location: 'par1 / a / r1', manufacturer: 'Dell Inc.', model: 'XE' },
        { name: 'in-site', location: 'par1', project: 'FP' },
      ],
    });
    const idOf = async (path: string): Promise<string> =>
      String(((await on.ask(path)).json['items'] as { id: string }[])[0]?.id);
    const names = async (query: string): Promise<string[]> =>
      (await walk(`/v1/assets?sort=name&${query}`)).map(({ name }) => String(name));
    expect(await names(`location_id=${await idOf('/v1/locations?q=par1')}`)).toEqual(['in-rack', 'in-site']);
    expect(await names(`location_id=${await idOf('/v1/locations?q=R1')}`)).toEqual(['in-rack']);
    expect(await names(`project_id=${await idOf('/v1/projects?code=FP')}`)).toEqual(['in-site']);
    expect(await names('manufacturer=Dell Inc.&model=XE')).toEqual(['in-rack']);
  });
});

describe('a list as CSV', () => {
  test('has all rows of the filter, whatever the page, and lets nothing be a formula', async () => {
    const items = Array.from({ length: 1000 }, (_, index) => ({ name: `many ${String(index).padStart(4, '0')}` }));
    expect((await bulk('customers', { items })).json['counts']).toMatchObject({ created: 1000 });
    await bulk('customers', {
      items: [
        { name: 'many =1+1', notes: '=HYPERLINK("http://x")' },
        { name: 'many "quoted", Ω', notes: '-2\nlines' },
      ],
    });
    const [header = [], ...rows] = await read('/v1/customers?q=many&sort=-name&format=csv&limit=1');
    expect(header.slice(0, 4)).toEqual(['id', 'name', 'external_id', 'notes']);
    expect(rows).toHaveLength(1002);
    expect(rows.map((row) => row[1])).toEqual(
      rows
        .map((row) => row[1])
        .toSorted()
        .toReversed(),
    );
    expect(rows.at(-1)?.slice(1, 4)).toEqual(['many "quoted", Ω', '', "'-2\nlines"]);
    expect(rows[0]?.slice(1, 4)).toEqual(['many =1+1', '', `'=HYPERLINK("http://x")`]);
    const { text, status, headers } = await on.ask('/v1/customers?q=many 000&format=csv');
    expect(text.split('\r\n')).toHaveLength(12);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    expect(headers.get('content-disposition')).toBe('attachment; filename="customers.csv"');
  });

  test('of servers, locations and projects names where and whose they are', async () => {
    const [servers, locations, projects] = [
      await read('/v1/assets?format=csv&q=in-&sort=name'),
      await read('/v1/locations?format=csv&sort=name&type=rack'),
      await read('/v1/projects?format=csv'),
    ];
    const column = (lines: string[][], name: string): unknown[] =>
      lines.slice(1).map((line) => line[lines[0]?.indexOf(name) ?? -1]);
    expect(column(servers, 'location')).toEqual(['par1 / a / r1', 'par1']);
    expect(column(servers, 'customer')).toEqual(['', 'Filter']);
    expect(column(locations, 'path')).toEqual(['par1 / a / r1']);
    expect(column(projects, 'customer')).toEqual(['Filter']);
  });
});

describe('many at once', () => {
  test('are added or changed one by one: what is wrong does not stop the others', async () => {
    const first = await bulk('customers', { items: [{ name: 'b1' }, { name: 'b2', external_id: 'B-2' }] });
    expect(first.json['counts']).toEqual({ created: 2, updated: 0, unchanged: 0, refused: 0 });
    const second = await bulk('customers', {
      items: [
        { name: 'b1', notes: 'new' },
        { name: 'b2' },
        { name: 'b3', external_id: 'B-2' },
        { name: '' },
        { name: 'b1' },
        { name: 'b4', colour: 'red' },
        'nonsense',
        { name: 'b5' },
      ],
    });
    expect(dids(second)).toEqual(['updated', 'unchanged', ...Array.from({ length: 5 }, () => 'refused'), 'created']);
    expect(results(second).map(({ pointer }) => pointer)).toEqual([
      null,
      null,
      '/items/2/external_id',
      '/items/3/name',
      '/items/4',
      '/items/5/colour',
      '/items/6',
      null,
    ]);
    expect(results(second)[4]?.reason).toContain('/items/0');
    expect(results(second)[0]?.id).toBe(results(first)[0]?.id);
  });

  test('all or none: one that is wrong undoes all', async () => {
    const answer = await bulk('customers', { atomic: true, items: [{ name: 'n1' }, { name: '' }, { name: 'n2' }] });
    expect([answer.status, answer.json['errors']]).toMatchObject([400, [{ field: '/items/1/name' }]]);
    expect((await on.ask('/v1/customers?q=n1')).json['items']).toEqual([]);
    const conflict = await bulk('customers', {
      atomic: true,
      items: [{ name: 'n1' }, { name: 'n2', external_id: 'B-2' }],
    });
    expect(conflict.status).toBe(409);
    expect((await on.ask('/v1/customers?q=n1')).json['items']).toEqual([]);
    const events = await on.database.db('events').where({ type: 'customer.created' }).select('data');
    expect(events.filter(({ data }) => String(data).includes('"n1"'))).toEqual([]);
  });

  test('again with the same Idempotency-Key: the first answer, and nothing is done', async () => {
    const headers = { 'idempotency-key': 'bulk-1' };
    const body = { items: [{ name: 'k1' }, { name: '' }] };
    const first = await bulk('customers', body, headers);
    const again = await bulk('customers', body, headers);
    expect([again.status, again.json, again.headers.get('idempotent-replayed')]).toEqual([200, first.json, 'true']);
    expect(dids(first)).toEqual(['created', 'refused']);
    expect((await bulk('customers', { items: [{ name: 'k2' }] }, headers)).status).toBe(409);
  });

  test('between one and a thousand', async () => {
    expect((await bulk('customers', { items: [] })).status).toBe(400);
    expect((await bulk('customers', { items: Array.from({ length: 1001 }, () => ({ name: 'x' })) })).status).toBe(400);
    const lines = Array.from({ length: 1001 }, (_, index) => `x${index}`);
    expect((await csv('customers', ['name', ...lines])).status).toBe(400);
    expect((await csv('customers', ['name'])).status).toBe(400);
  });

  test('from several at once: each is there once', async () => {
    const items = Array.from({ length: 40 }, (_, index) => ({ serial: `BULK-${index}`, name: `bulk-${index}` }));
    const answers = await Promise.all([
      bulk('assets', { items }),
      bulk('assets', { items: items.toReversed() }),
      bulk('assets', { items: items.toSorted(() => 0.5 - Math.random()) }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const created = answers.flatMap(dids).filter((did) => did === 'created');
    expect(created).toHaveLength(40);
    expect(await walk('/v1/assets?q=BULK-&limit=1000')).toHaveLength(40);
  });

  test('locations come from the top down, in whatever order they are sent', async () => {
    const answer = await bulk('locations', {
      atomic: true,
      items: [
        { type: 'rack', name: 'r9', parent: 'mad1 / hall', height_u: 48 },
        { type: 'room', name: 'hall', parent: 'mad1' },
        { type: 'site', name: 'mad1' },
      ],
    });
    expect(dids(answer), answer.text).toEqual(['created', 'created', 'created']);
    const changed = await bulk('locations', {
      items: [
        { type: 'rack', name: 'r9', parent: 'mad1 / hall', height_u: 47 },
        { type: 'bin', name: 'hall', parent: 'mad1' },
      ],
    });
    expect(results(changed)).toMatchObject([{ did: 'updated' }, { did: 'refused', pointer: '/items/1/type' }]);
  });

  test('as CSV: the header names the fields, empty cells leave theirs', async () => {
    const header = 'name,serial,manufacturer,location,position,height_u';
    const first = await csv('assets', [
      `\uFEFF${header}`,
      'csv-1,C1,"Dell, Inc.",mad1 / hall / r9,10,2',
      "csv-2,C2,'=cmd,mad1 / hall / r9,11,1",
      'csv-3,C3,,mad1 / hall / r9,12,one',
      'csv-4,C4,HPE,,,',
    ]);
    expect(first.status, first.text).toBe(200);
    expect(results(first)).toMatchObject([
      { did: 'created' },
      { did: 'refused', pointer: '/items/1/position', reason: expect.stringContaining('csv-1') as string },
      { did: 'refused', pointer: '/items/2/height_u' },
      { did: 'created' },
    ]);
    const again = await csv('assets', [header, 'csv-1,C1,,,,', "csv-4,C4,'=cmd,,,"]);
    expect(dids(again)).toEqual(['unchanged', 'updated']);
    const [c1, c4] = await walk('/v1/assets?q=csv-&sort=name&limit=10');
    expect(c1).toMatchObject({ manufacturer: 'Dell, Inc.', position: 10, height_u: 2, rack: 'r9' });
    expect(c4).toMatchObject({ manufacturer: '=cmd' });
    const strict = await csv('assets', ['name;colour', 'csv-9;red'], { prefer: 'handling=strict' });
    expect([strict.status, strict.json['errors']]).toMatchObject([400, [{ field: '/items/0/colour' }]]);
    expect((await csv('assets', ['name', '"open'])).status).toBe(400);
    expect((await csv('assets', ['name,name', 'a,b'])).status).toBe(400);
  });
});
