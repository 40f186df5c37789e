import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import type { TrippedBrake } from '#src/drift/brakes.ts';
import { requestRun } from '#src/drift/commands/request-run.ts';
import { lockConnection, updateConnection } from '#src/drift/connection-store.ts';
import { saveLinks } from '#src/drift/link-store.ts';
import type { PlannedRow, RowState, RunState } from '#src/drift/model.ts';
import { insertPlanRows, settlePlanRows } from '#src/drift/plan-store.ts';
import { insertRun, type Run, updateRun } from '#src/drift/run-store.ts';
import { driftRow, type DriftWeb, driftWeb, MAPPING_HASH, seedDrifts } from './drift-web.ts';

const HASH = 'ab'.repeat(32);
const BRAKE: TrippedBrake = {
  ...{ object: 'device', kind: 'change', field: null, count: 40, limit: 20, of: 100 },
  reason: 'it would change devices for 40 of 100, more than 20',
};

let web: DriftWeb;
beforeAll(async () => {
  web = await driftWeb();
});
afterAll(() => web?.close());
beforeEach(async () => {
  for (const table of ['drifts', 'reconcile_connections', 'reconcile_runs', 'plan_rows', 'record_links', 'events'])
    await web.database.db(table).delete();
});

/** A run as the engine leaves it. */
async function runThatIs(state: RunState, more: Partial<Run> = {}): Promise<string> {
  const id = newId();
  const now = new Date();
  await insertRun(
    web.ctx.db,
    { id, system: 'netbox', kind: 'full', state, applies: false, reason: 'nightly', requestedBy: 'system', ...more },
    now,
  );
  if (state !== 'requested' && state !== 'planning')
    await updateRun(web.ctx.db, id, {
      ...{ plannedAt: now.toISOString(), planHash: HASH, mappingHash: MAPPING_HASH, brakes: [] },
      ...more,
    });
  return id;
}

async function plan(id: string, rows: readonly PlannedRow[], states: readonly RowState[]): Promise<void> {
  await insertPlanRows(web.ctx.db, { id, system: 'netbox' }, rows, 1, () => 'proposed');
  for (const [index, state] of states.entries())
    if (state !== 'proposed')
      await settlePlanRows(
        web.ctx.db,
        id,
        [index + 1],
        { state, reason: state === 'failed' ? 'NetBox said no' : null },
        new Date(),
      );
}

async function eventTypes(): Promise<string[]> {
  const rows = await web.database.db('events').orderBy('id').select('type');
  return rows.map(({ type }) => String(type));
}

const approve = (id: string, body: object = { plan_hash: HASH }) =>
  web.ask(`/v1/reconcile/runs/${id}/approve`, { body });

describe('a system', () => {
  test('that was never looked at is in dry-run', async () => {
    const { json } = await web.ask('/v1/reconcile/systems');
    expect(json['items']).toMatchObject([
      { system: 'netbox', mode: 'dry-run', held_reason: null, compared_at: null, drifts: [], links: [], version: 0 },
    ]);
  });

  test('tells what stands open and what is linked', async () => {
    const link = { object: 'device', rootHubId: null, rootTheirId: null, agreed: {}, fingerprint: null, isOurs: false };
    await saveLinks(
      web.ctx.db,
      'netbox',
      [
        { ...link, theirId: '1', hubId: 'a' },
        { ...link, theirId: '2', hubId: null },
      ],
      new Date(),
    );
    await seedDrifts(web.ctx, [driftRow(), driftRow({ theirId: '8', kind: 'conflict', decision: 'conflict' })]);
    const { json } = await web.ask('/v1/reconcile/systems/netbox');
    expect(json).toMatchObject({
      links: [{ object: 'device', hub: 'server', pairs: 1, theirs_alone: 1 }],
      drifts: [
        { kind: 'conflict', decision: 'conflict', state: 'open', count: 1 },
        { kind: 'differs', decision: 'review', state: 'open', count: 1 },
      ],
    });
    const unknown = await web.ask('/v1/reconcile/systems/nautobot');
    expect([unknown.status, unknown.json['detail']]).toEqual([404, expect.stringContaining('there is netbox')]);
  });

  test('is switched to apply, which takes the mappings on, and back', async () => {
    const path = '/v1/reconcile/systems/netbox';
    const set = (body: object) => web.ask(path, { method: 'PATCH', body });
    const on = await set({ mode: 'apply', version: 0 });
    expect([on.status, on.json]).toMatchObject([200, { mode: 'apply', mappings_current: true, version: 2 }]);
    expect((await set({ mode: 'dry-run', version: 1 })).status).toBe(409);
    expect((await set({ mode: 'apply' })).json['version']).toBe(2);
    expect((await set({ mode: 'dry-run', version: 2 })).json).toMatchObject({ mode: 'dry-run', look: null });
    expect(await eventTypes()).toEqual(['reconcile.mode_changed', 'reconcile.requested', 'reconcile.mode_changed']);
    expect((await set({ mode: 'off' })).status).toBe(400);
  });

  describe('that is switched to apply', () => {
    const path = '/v1/reconcile/systems/netbox';
    const set = (mode: string) => web.ask(path, { method: 'PATCH', body: { mode } });
    const looks = () => web.database.db('reconcile_runs').where({ kind: 'full' }).orderBy('id').select('*');

    test('is looked at, once, however often it is said', async () => {
      const first = (await set('apply')).json['look'];
      const [run, ...more] = await looks();
      expect(more).toEqual([]);
      expect(run).toMatchObject({ state: 'requested', applies: 1, reason: 'switched to apply' });
      expect(first).toEqual({ run_id: run.id, asked_for_now: true });
      expect((await set('apply')).json['look']).toEqual({ run_id: run.id, asked_for_now: false });
      await set('dry-run');
      expect((await set('apply')).json['look']).toEqual({ run_id: run.id, asked_for_now: false });
      expect(await looks()).toHaveLength(1);
      await updateRun(web.ctx.db, run.id, { state: 'done' });
      expect((await set('apply')).json['look']).toBeNull();
      expect(await looks()).toHaveLength(1);
    });

    test.each(['requested', 'planning', 'applying'] as const)(
      'is looked at after a look without writes that is %s',
      async (state) => {
        const { json } = await web.ask('/v1/reconcile/runs', { body: { system: 'netbox' } });
        await updateRun(web.ctx.db, String(json['id']), { state });
        const { look } = (await set('apply')).json as { look: { run_id: string } };
        expect(await looks()).toMatchObject([
          { id: json['id'], applies: 0 },
          { id: look.run_id, applies: 1, state: 'requested' },
        ]);
      },
    );

    test('stays in dry-run where no look can be asked for', async () => {
      const { db } = web.ctx;
      await db.raw(`CREATE TRIGGER no_runs BEFORE INSERT ON reconcile_runs FOR EACH ROW SIGNAL SQLSTATE '45000'`);
      try {
        expect((await set('apply')).status).toBe(500);
      } finally {
        await db.raw('DROP TRIGGER no_runs');
      }
      expect((await web.ask(path)).json).toMatchObject({ mode: 'dry-run', mappings_current: false });
      expect(await eventTypes()).toEqual([]);
    });
  });

  test('that is held is released, once', async () => {
    const release = () => web.ask('/v1/reconcile/systems/netbox/release', { method: 'POST' });
    expect((await release()).status).toBe(409);
    await tx(web.ctx, async (inside) => {
      await lockConnection(inside.db, 'netbox', new Date());
      await updateConnection(inside.db, 'netbox', { heldReason: 'too much at once' }, new Date());
    });
    expect((await web.ask('/v1/reconcile/systems/netbox')).json['held_reason']).toBe('too much at once');
    expect((await release()).json).toMatchObject({ held_reason: null, released_at: expect.any(String) });
    expect((await release()).status).toBe(409);
    expect(await eventTypes()).toEqual(['reconcile.released']);
  });
});

describe('a run', () => {
  const ask = (body: object) => web.ask('/v1/reconcile/runs', { body });

  test('is asked for once at a time', async () => {
    const first = await ask({ system: 'netbox', reason: 'after the move' });
    expect([first.status, first.json]).toMatchObject([
      202,
      { state: 'requested', applies: false, reason: 'after the move' },
    ]);
    const id = String(first.json['id']);
    expect(first.headers.get('location')).toBe(`/v1/reconcile/runs/${id}`);
    const second = await ask({ system: 'netbox' });
    expect([second.status, second.json['run_id']]).toEqual([409, id]);
    await updateRun(web.ctx.db, id, { state: 'planned' });
    expect((await ask({ system: 'netbox' })).status).toBe(202);
    expect((await ask({ system: 'jira' })).status).toBe(404);
    expect(await eventTypes()).toEqual(['reconcile.requested', 'reconcile.requested']);
  });

  test('that eight people ask for at the same moment is one', async () => {
    const want = { system: 'netbox', reason: 'now', applies: undefined };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        tx(web.ctx, (inside) => requestRun(inside, want), { isolation: 'read committed' }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await web.database.db('reconcile_runs').select('id')).toHaveLength(1);
  });

  test('writes by itself only where the system applies', async () => {
    const refused = await ask({ system: 'netbox', applies: true });
    expect([refused.status, refused.json['detail']]).toEqual([409, expect.stringContaining('dry-run')]);
    const on = await web.ask('/v1/reconcile/systems/netbox', { method: 'PATCH', body: { mode: 'apply' } });
    await updateRun(web.ctx.db, (on.json['look'] as { run_id: string }).run_id, { state: 'done' });
    const run = await ask({ system: 'netbox' });
    expect(run.json['applies']).toBe(true);
    await updateRun(web.ctx.db, String(run.json['id']), { state: 'done' });
    expect((await ask({ system: 'netbox', applies: false })).json['applies']).toBe(false);
  });

  test('is listed, newest first', async () => {
    const ids = [await runThatIs('done'), await runThatIs('planned'), await runThatIs('failed', { kind: 'objects' })];
    const list = async (query: string) => {
      const { json } = await web.ask(`/v1/reconcile/runs${query}`);
      return (json['items'] as { id: string }[]).map(({ id }) => ids.indexOf(id));
    };
    expect(await list('')).toEqual([2, 1, 0]);
    expect(await list('?kind=full')).toEqual([1, 0]);
    expect(await list('?state=planned')).toEqual([1]);
    const { json } = await web.ask('/v1/reconcile/runs?limit=2');
    expect(await list(`?cursor=${String(json['next'])}`)).toEqual([0]);
    expect((await web.ask(`/v1/reconcile/runs/${randomUUID()}`)).status).toBe(404);
  });
});

describe('a plan', () => {
  test('is approved by its hash, and then nobody asks for another', async () => {
    const id = await runThatIs('planned');
    const wrong = await approve(id, { plan_hash: 'cd'.repeat(32) });
    expect([wrong.status, wrong.json['plan_hash']]).toEqual([409, HASH]);
    expect((await approve(id, { plan_hash: 'short' })).status).toBe(400);
    const done = await approve(id);
    expect([done.status, done.json]).toMatchObject([202, { state: 'approved', approved_at: expect.any(String) }]);
    const again = await approve(id);
    expect([again.status, again.json['state']]).toEqual([409, 'approved']);
    expect((await web.ask('/v1/reconcile/runs', { body: { system: 'netbox' } })).json['run_id']).toBe(id);
    expect(await eventTypes()).toEqual(['reconcile.approved']);
  });

  test.each([
    ['a newer plan', async () => void (await runThatIs('planned')), 'newer plan'],
    ['other mappings', async (id: string) => updateRun(web.ctx.db, id, { mappingHash: 'ef'.repeat(32) }), 'new run'],
    ['another run under way', async () => void (await runThatIs('planning')), 'is planning'],
    ['its end', async (id: string) => updateRun(web.ctx.db, id, { state: 'superseded' }), 'superseded'],
  ])('is refused after %s', async (_what, happens, says) => {
    const id = await runThatIs('planned');
    await happens(id);
    const refused = await approve(id);
    expect([refused.status, refused.json['detail']]).toEqual([409, expect.stringContaining(says)]);
    expect(await eventTypes()).toEqual([]);
  });

  test('that brakes stopped needs them to be accepted', async () => {
    const id = await runThatIs('planned', { brakes: [BRAKE] });
    const refused = await approve(id);
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({ detail: expect.stringContaining(BRAKE.reason), brakes: [BRAKE] });
    expect((await approve(id, { plan_hash: HASH, accept_brakes: true })).status).toBe(202);
  });

  test('is read row by row, filtered, and as CSV', async () => {
    const id = await runThatIs('planned');
    const rows = [
      driftRow({ theirId: '1', label: 'one' }),
      driftRow({ theirId: '2', label: '=two', field: 'name', decision: 'auto', theirs: null, ours: undefined }),
      driftRow({
        theirId: '3',
        label: 'three',
        object: 'module',
        field: '',
        kind: 'only-here',
        action: 'create-there',
        decision: 'auto',
      }),
    ];
    await plan(id, rows, ['proposed', 'confirmed', 'failed']);
    const path = `/v1/reconcile/runs/${id}/rows`;
    const labels = async (query: string) =>
      ((await web.ask(path + query)).json['items'] as { label: string }[]).map(({ label }) => label);
    expect(await labels('')).toEqual(['one', '=two', 'three']);
    expect(await labels('?object=module')).toEqual(['three']);
    expect(await labels('?field=-')).toEqual(['three']);
    expect(await labels('?action=adopt')).toEqual(['one', '=two']);
    expect(await labels('?decision=auto&state=failed')).toEqual(['three']);
    expect(await labels('?q=TWO')).toEqual(['=two']);
    const page = await web.ask(`${path}?limit=2`);
    expect(page.json['next']).toBe('2');
    expect(await labels('?cursor=2')).toEqual(['three']);
    expect((await web.ask(`${path}?cursor=x`)).status).toBe(400);
    const csv = (await web.ask(`${path}?format=csv`)).text.trim().split('\r\n');
    expect(csv).toHaveLength(4);
    expect(csv[2]).toMatch(/^2,device,'=two,name,differs,\(empty\),,,adopt,auto,takes theirs over here/);
  });

  test('says of each object what became of it', async () => {
    const id = await runThatIs('applying');
    const hubIds = Array.from({ length: 6 }, () => randomUUID());
    const of = (index: number, more: Partial<PlannedRow>) =>
      driftRow({ hubId: hubIds[index] ?? null, theirId: String(index), label: `s${index}`, decision: 'auto', ...more });
    await plan(
      id,
      [
        of(0, { field: 'rack', action: 'adopt' }),
        of(0, { field: 'serial', action: 'push' }),
        of(1, { field: 'rack', action: 'adopt' }),
        of(1, { field: 'serial', action: 'push' }),
        of(2, { field: '', kind: 'only-here', action: 'create-there' }),
        of(3, { field: '', kind: 'gone-here', action: 'remove-there' }),
        of(4, { field: 'rack', kind: 'conflict', decision: 'conflict' }),
        of(5, { field: 'rack', action: 'adopt' }),
      ],
      ['confirmed', 'confirmed', 'confirmed', 'failed', 'confirmed', 'confirmed', 'proposed', 'sent'],
    );
    const path = `/v1/reconcile/runs/${id}/results`;
    const { json } = await web.ask(path);
    const items = json['items'] as Record<string, unknown>[];
    expect(items.map(({ label, outcome, where, fields }) => [label, outcome, where, fields])).toEqual([
      ['s0', 'updated', 'both', ['rack', 'serial']],
      ['s1', 'failed', 'here', ['serial']],
      ['s2', 'created', 'there', []],
      ['s3', 'removed', 'there', []],
      ['s4', 'conflict', null, ['rack']],
      ['s5', 'waiting', null, ['rack']],
    ]);
    expect(items[1]).toMatchObject({ reason: 'NetBox said no', about: { type: 'asset', id: hubIds[1] } });
    const failed = (await web.ask(`${path}?outcome=failed`)).json['items'] as { label: string }[];
    expect(failed.map(({ label }) => label)).toEqual(['s1']);
    const seen: unknown[] = [];
    for (let cursor = ''; ;) {
      const page = await web.ask(`${path}?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...(page.json['items'] as { label: string }[]).map(({ label }) => label));
      if (page.json['next'] === null) break;
      cursor = String(page.json['next']);
    }
    expect(seen).toEqual(['s0', 's1', 's2', 's3', 's4', 's5']);
  });

  test('of many rows is told object by object however it is cut into reads', async () => {
    const id = await runThatIs('planned');
    const hubIds = Array.from({ length: 900 }, () => randomUUID());
    const rows = hubIds.flatMap((hubId, n) =>
      ['rack', 'name', 'serial'].map((field) => driftRow({ hubId, theirId: String(n), label: `s${n}`, field })),
    );
    await plan(id, rows, []);
    const { json } = await web.ask(`/v1/reconcile/runs/${id}/results?limit=1000`);
    const items = json['items'] as { fields: string[] }[];
    expect([items.length, json['next']]).toEqual([900, null]);
    expect(items.every(({ fields }) => fields.length === 3)).toBe(true);
  });
});
