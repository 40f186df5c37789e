import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { saveChanges } from '#src/drift/change-store.ts';
import { resolveDrifts } from '#src/drift/drift-store.ts';
import { driftRow, type DriftWeb, driftWeb, seedDrifts } from './drift-web.ts';

interface Seen {
  id: string;
  label: string;
  field: string;
  state: string;
  version: number;
  verdict: string | null;
  [name: string]: unknown;
}

let web: DriftWeb;
beforeAll(async () => {
  web = await driftWeb();
});
afterAll(() => web?.close());
beforeEach(async () => {
  for (const table of ['drifts', 'reconcile_notices', 'record_changes', 'timeline_events', 'outbox', 'events'])
    await web.database.db(table).delete();
});

async function list(query = ''): Promise<Seen[]> {
  const { status, json, text } = await web.ask(`/v1/drifts${query}`);
  expect([status, text]).toEqual([200, expect.any(String)]);
  return json['items'] as Seen[];
}

async function only(query = ''): Promise<Seen> {
  const [drift, ...more] = await list(query);
  if (!drift || more.length > 0) throw new Error(`${more.length + (drift ? 1 : 0)} drifts, not one`);
  return drift;
}

const decide = (id: string, body: object) => web.ask(`/v1/drifts/${id}/decision`, { body });

describe('the list', () => {
  test('says what differs, who changed it there, and what can be said of it', async () => {
    const asset = await web.ask('/v1/assets', { body: { name: 'ams-r01-u04', serial: `S${randomUUID()}` } });
    const id = String(asset.json['id']);
    await seedDrifts(web.ctx, [driftRow({ hubId: id, theirs: null, agreed: 'r2' })]);
    const at = '2026-11-20T10:00:00.000Z';
    const change = { type: 'device', objectId: '7', parentIds: [], action: 'updated' as const };
    await saveChanges(web.ctx.db, 'netbox', [
      { ...change, changeId: '1', user: 'bob', requestId: null, at: '2026-11-19T10:00:00Z' },
      { ...change, changeId: '2', user: 'alice', requestId: 'r-2', at },
    ]);
    const drift = await only();
    expect(drift).toMatchObject({
      ...{ system: 'netbox', object: 'device', field: 'rack', kind: 'differs', state: 'open', version: 1 },
      ...{ theirs: null, ours: 'r2', agreed: 'r2', would: 'asks; proposes: takes theirs over here' },
      changed: { user: 'alice', action: 'updated', at, request_id: 'r-2' },
      about: { type: 'asset', id },
      their_url: 'https://netbox.example/dcim/devices/7/',
      verdicts: [
        { verdict: 'accept-theirs', why_not: null },
        { verdict: 'push-ours', why_not: null },
        { verdict: 'ignore', why_not: null },
      ],
    });
    expect((await web.ask(`/v1/drifts/${drift.id}`)).json).toEqual(drift);
  });

  test('leaves out what is not known, instead of calling it empty', async () => {
    await seedDrifts(web.ctx, [driftRow({ ours: undefined })]);
    const drift = await only();
    expect(Object.keys(drift)).not.toContain('ours');
    expect(Object.keys(drift)).not.toContain('agreed');
    expect(drift['theirs']).toBe('r1');
  });

  test('calls places by their names', async () => {
    const site = await web.ask('/v1/locations', { body: { type: 'site', name: `ams-${randomUUID()}` } });
    const id = String(site.json['id']);
    await seedDrifts(web.ctx, [driftRow({ theirs: id, ours: null })]);
    expect((await only())['names']).toEqual({ [id]: site.json['name'] });
    const csv = (await web.ask('/v1/drifts?format=csv')).text;
    expect(csv).toContain(`,${String(site.json['name'])},(empty),`);
  });

  test('is filtered by each of its columns', async () => {
    const site = `site-${randomUUID()}`;
    const place = await web.ask('/v1/locations', { body: { type: 'site', name: site } });
    const body = { name: 'one', serial: `S${randomUUID()}`, location_id: place.json['id'] };
    const asset = await web.ask('/v1/assets', { body });
    const id = String(asset.json['id']);
    await seedDrifts(
      web.ctx,
      [
        driftRow({ hubId: id, label: 'one', theirId: '1' }),
        driftRow({
          label: '50%_two',
          theirId: '2',
          field: 'serial',
          kind: 'conflict',
          decision: 'conflict',
          action: 'push',
        }),
        driftRow({
          label: 'three',
          theirId: '3',
          object: 'module',
          field: '',
          kind: 'only-there',
          action: 'create-here',
        }),
      ],
      new Date('2026-11-10T00:00:00Z'),
    );
    await seedDrifts(web.ctx, [driftRow({ label: 'four', theirId: '4' })], new Date('2026-11-20T00:00:00Z'));
    await saveChanges(web.ctx.db, 'netbox', [
      {
        changeId: '1',
        type: 'device',
        objectId: '4',
        parentIds: [],
        action: 'updated',
        user: 'eve',
        requestId: null,
        at: '2026-11-19T10:00:00Z',
      },
    ]);
    const labels = async (query: string) => (await list(`?sort=label&${query}`)).map(({ label }) => label);
    expect(await labels('system=netbox')).toEqual(['50%_two', 'four', 'one', 'three']);
    expect(await labels('object=module')).toEqual(['three']);
    expect(await labels('field=serial')).toEqual(['50%_two']);
    expect(await labels('field=-')).toEqual(['three']);
    expect(await labels('kind=conflict')).toEqual(['50%_two']);
    expect(await labels('action=adopt')).toEqual(['four', 'one']);
    expect(await labels('decision=conflict')).toEqual(['50%_two']);
    expect(await labels('decision=conflict,auto')).toEqual(['50%_two']);
    expect(await labels(`asset_id=${id}`)).toEqual(['one']);
    expect(await labels(`site=${site}`)).toEqual(['one']);
    expect(await labels('q=0%25_T')).toEqual(['50%_two']);
    expect(await labels('q=%25')).toEqual(['50%_two']);
    expect(await labels('changed_by=eve')).toEqual(['four']);
    expect(await labels('since=2026-11-15T00:00:00Z')).toEqual(['four']);
    expect(await labels('state=resolved')).toEqual([]);
    const [first] = await list('?field=serial');
    await resolveDrifts(web.ctx.db, [first?.id ?? ''], 'agrees again', web.ctx.now());
    expect(await labels('')).toEqual(['four', 'one', 'three']);
    expect(await labels('state=resolved')).toEqual(['50%_two']);
    expect(await labels('state=all')).toEqual(['50%_two', 'four', 'one', 'three']);
  });

  test('goes page by page in the order that was asked for', async () => {
    await seedDrifts(
      web.ctx,
      ['b', 'd', 'a', 'c', 'c'].map((label, index) => driftRow({ label, theirId: String(index) })),
    );
    for (const sort of ['label', '-label', 'first_seen', '-first_seen', 'id']) {
      const seen: string[] = [];
      for (let cursor = ''; ;) {
        const { json } = await web.ask(`/v1/drifts?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`);
        seen.push(...(json['items'] as Seen[]).map(({ id }) => id));
        if (json['next'] === null) break;
        cursor = String(json['next']);
      }
      expect([sort, new Set(seen).size, seen.length]).toEqual([sort, 5, 5]);
      expect((await list(`?sort=${sort}`)).map(({ id }) => id)).toEqual(seen);
    }
  });

  test.each([
    ['?system=nautobot', 404, 'there is netbox'],
    ['?decision=maybe', 400, 'auto,review'],
    ['?kind=odd', 400, 'query.kind'],
    ['?since=yesterday', 400, 'query.since'],
    ['?cursor=rubbish', 400, 'query.cursor'],
  ])('%s is refused with %i', async (query, status, says) => {
    const answer = await web.ask(`/v1/drifts${query}`);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(says)]);
  });
});

test('groups count what is alike, with what can be said of all of it', async () => {
  await seedDrifts(web.ctx, [
    ...Array.from({ length: 5 }, (_, n) => driftRow({ theirId: String(n), label: `s${n}` })),
    driftRow({ theirId: '10', field: 'biosVersion', action: 'push', decision: 'auto' }),
    driftRow({ theirId: '11', field: '', kind: 'ambiguous', action: 'none', decision: 'refused' }),
  ]);
  const { json } = await web.ask('/v1/drifts/groups');
  const groups = json['items'] as Record<string, unknown>[];
  expect(json['total']).toBe(7);
  expect(groups.map(({ field, count, would }) => [field, count, would])).toEqual([
    ['rack', 5, 'asks; proposes: takes theirs over here'],
    ['', 1, 'cannot tell'],
    ['biosVersion', 1, 'writes ours there'],
  ]);
  const open = (group: Record<string, unknown>) =>
    (group['verdicts'] as { verdict: string; why_not: string | null }[]).flatMap(({ verdict, why_not: why }) =>
      why === null ? [verdict] : [],
    );
  expect(groups.map(open)).toEqual([['accept-theirs', 'push-ours', 'ignore'], ['ignore'], ['push-ours', 'ignore']]);
  const some = (await web.ask('/v1/drifts/groups?field=rack')).json['items'] as unknown[];
  expect(some).toHaveLength(1);
});

describe('a decision', () => {
  test('stands at the drift, on the timeline of the server, and has the server looked at again at once', async () => {
    const asset = await web.ask('/v1/assets', { body: { name: 'dec', serial: `S${randomUUID()}` } });
    const id = String(asset.json['id']);
    await seedDrifts(web.ctx, [driftRow({ hubId: id })]);
    const drift = await only();
    const done = await decide(drift.id, { verdict: 'accept-theirs', reason: 'it was moved', version: 1 });
    expect(done.status).toBe(200);
    expect(done.json).toMatchObject({
      state: 'decided',
      verdict: 'accept-theirs',
      verdict_reason: 'it was moved',
      version: 2,
    });
    expect(String(done.json['verdict_by'])).toMatch(/^api-key:/);
    const [event] = await web.database.db('events').where({ type: 'drift.decided' });
    expect([event?.subject_type, event?.subject_id]).toEqual(['asset', id]);
    expect(JSON.parse(event?.related)).toEqual([{ type: 'adapter', id: 'netbox' }]);
    const line = (await web.ask(`/v1/assets/${id}/timeline`)).text;
    expect(line).toContain('Theirs is accepted: device ams-r01-u04, rack in netbox (it was moved)');
    const [notice, ...others] = await web.database.db('reconcile_notices').select('*');
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ system_id: 'netbox', root_type: 'device', side: 'hub', ref: id });
    expect(Date.parse(`${String(notice?.due_at).replace(' ', 'T')}Z`)).toBeLessThanOrEqual(Date.now());
  });

  test('about something that is only there stands with the adapter', async () => {
    await seedDrifts(web.ctx, [driftRow({ hubId: null, field: '', kind: 'only-there', action: 'create-here' })]);
    const drift = await only();
    expect((await decide(drift.id, { verdict: 'accept-theirs' })).status).toBe(200);
    const [event] = await web.database.db('events').where({ type: 'drift.decided' });
    expect([event?.subject_type, event?.subject_id]).toEqual(['adapter', 'netbox']);
    const [notice] = await web.database.db('reconcile_notices').select('*');
    expect([notice?.side, notice?.ref]).toEqual(['their', '7']);
  });

  test('to ignore needs a reason, and a time that is to come', async () => {
    await seedDrifts(web.ctx, [driftRow()]);
    const { id } = await only();
    const refused = async (body: object) => {
      const { status, json } = await decide(id, body);
      return [status, (json['errors'] as { field: string }[] | undefined)?.[0]?.field];
    };
    expect(await refused({ verdict: 'ignore' })).toEqual([400, '/reason']);
    expect(await refused({ verdict: 'ignore', reason: 'x', until: '2020-01-01T00:00:00Z' })).toEqual([400, '/until']);
    expect(await refused({ verdict: 'push-ours', until: '2099-01-01T00:00:00Z' })).toEqual([400, '/until']);
    const until = '2099-01-01T00:00:00Z';
    const done = await decide(id, { verdict: 'ignore', reason: 'the rack is being rebuilt', until });
    expect(done.json).toMatchObject({ state: 'ignored', ignored_until: '2099-01-01T00:00:00.000Z' });
  });

  test('can be taken back, and is void once the values are others', async () => {
    const row = driftRow();
    await seedDrifts(web.ctx, [row]);
    const { id } = await only();
    expect((await decide(id, { verdict: null })).status).toBe(409);
    await decide(id, { verdict: 'push-ours' });
    expect((await decide(id, { verdict: null, reason: 'wrong one' })).json).toMatchObject({
      state: 'open',
      verdict: null,
      verdict_by: null,
    });
    await decide(id, { verdict: 'push-ours' });
    await seedDrifts(web.ctx, [row]);
    expect(await only()).toMatchObject({ state: 'decided', verdict: 'push-ours' });
    await seedDrifts(web.ctx, [{ ...row, theirs: 'r9' }]);
    expect(await only()).toMatchObject({ id, state: 'open', verdict: null, theirs: 'r9' });
  });

  test('is refused with what would be possible', async () => {
    await seedDrifts(web.ctx, [driftRow({ field: 'tenant', theirId: '1' }), driftRow({ theirId: '2' })]);
    const tenant = await only('?field=tenant');
    const refused = await decide(tenant.id, { verdict: 'push-ours' });
    expect([refused.status, refused.json['detail']]).toEqual([
      409,
      expect.stringContaining('accept theirs, or ignore it'),
    ]);
    const rack = await only('?field=rack');
    const stale = await decide(rack.id, { verdict: 'push-ours', version: 7 });
    expect([stale.status, stale.json['version']]).toEqual([409, 1]);
    await resolveDrifts(web.ctx.db, [rack.id], 'agrees again', web.ctx.now());
    const over = await decide(rack.id, { verdict: 'push-ours' });
    expect([over.status, over.json['detail']]).toEqual([409, expect.stringContaining('agrees again')]);
    expect((await decide(randomUUID(), { verdict: 'push-ours' })).status).toBe(404);
    expect(await web.database.db('events').where({ type: 'drift.decided' })).toEqual([]);
  });

  test('needs the scope to write', async () => {
    await seedDrifts(web.ctx, [driftRow()]);
    const { id } = await only();
    const key = await web.keyFor(['reconcile:read']);
    expect((await web.ask('/v1/drifts', { key })).status).toBe(200);
    expect((await web.ask(`/v1/drifts/${id}/decision`, { key, body: { verdict: 'push-ours' } })).status).toBe(403);
    expect((await web.ask('/v1/drifts', { key: await web.keyFor(['assets:read']) })).status).toBe(403);
  });
});

describe('a decision about many', () => {
  const many = (body: object) => web.ask('/v1/drifts/decisions', { body });

  test('is made page by page, and says of which it could not be', async () => {
    await seedDrifts(web.ctx, [
      ...Array.from({ length: 450 }, (_, n) => driftRow({ theirId: String(n), label: `s${n}` })),
      driftRow({ theirId: '1000', label: 'odd', ours: undefined }),
      driftRow({ theirId: '1001', field: 'serial' }),
    ]);
    const filter = { system: 'netbox', field: 'rack' };
    const moved = await many({ filter, verdict: 'push-ours', expect: 450 });
    expect([moved.status, moved.json['count']]).toEqual([409, 451]);
    const done = await many({ filter, verdict: 'push-ours', expect: 451 });
    expect(done.json).toEqual({
      ...{ decided: 450, refused: 1 },
      reasons: [
        { reason: expect.stringContaining('not known'), count: 1, example: { id: expect.any(String), label: 'odd' } },
      ],
    });
    expect(await list('?state=decided&limit=1000')).toHaveLength(450);
    expect(await list('?state=open')).toHaveLength(2);
    expect(await web.database.db('events').where({ type: 'drift.decided' })).toHaveLength(450);
    expect(await web.database.db('reconcile_notices').select('ref')).toHaveLength(450);
    const again = await many({ filter: { ...filter, state: 'open' }, verdict: 'push-ours', expect: 451 });
    expect([again.status, again.json['count']]).toEqual([409, 1]);
  });

  test('is made about those that were chosen, and taken back', async () => {
    await seedDrifts(
      web.ctx,
      [1, 2, 3].map((n) => driftRow({ theirId: String(n) })),
    );
    const ids = (await list()).slice(0, 2).map(({ id }) => id);
    const filter = { ids };
    const done = await many({ filter, verdict: 'ignore', reason: 'known', expect: 2 });
    expect(done.json).toEqual({ decided: 2, refused: 0, reasons: [] });
    expect((await list('?state=ignored')).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const back = await many({ filter: { state: 'ignored' }, verdict: null, expect: 2 });
    expect(back.json['decided']).toBe(2);
    expect(await list('?state=open')).toHaveLength(3);
  });

  test('is refused as a whole where it says too little', async () => {
    expect((await many({ filter: {}, verdict: 'ignore', expect: 0 })).status).toBe(400);
    expect((await many({ filter: { system: 'jira' }, verdict: 'push-ours', expect: 0 })).status).toBe(404);
    expect((await many({ filter: { colour: 'red' }, verdict: 'push-ours', expect: 0 })).status).toBe(400);
    expect((await many({ filter: {}, verdict: 'push-ours' })).status).toBe(400);
  });
});
