import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { lastChanges } from '#src/drift/change-store.ts';
import type { Run } from '#src/drift/run-store.ts';
import { type Lab, PATIENCE_MS, reconcileLab, SYSTEM } from './reconcile-lab.ts';

// Plans that wait while the world goes on, and a hub that was away while NetBox did.

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

describe('a new connection', () => {
  let lab: Lab;
  beforeAll(async () => {
    const env = { RECONCILE_AT: '00:00', RECONCILE_FOLLOW_MS: '300' };
    lab = await reconcileLab({ servers: 60, mode: 'dry-run', strangers: true, env });
  }, PATIENCE_MS);
  afterAll(() => lab?.close());

  test('writes nothing, here or there, whatever happens', async () => {
    const before = await lab.world();
    // The regular look at everything came by itself.
    const [first] = await lab.runs();
    expect([first?.state, first?.error, first?.applies]).toEqual(['planned', null, false]);
    expect(first?.brakes?.length).toBeGreaterThan(0);
    const alice = lab.netbox.as('alice');
    const [one, two, three] = lab.servers;
    if (!one || !two || !three) throw new Error('no servers');
    // Webhooks, the change log, changes here, decisions, and looks that are asked for.
    alice.change('device', one.theirId, { status: 'active', asset_tag: 'THERE' });
    alice.change('site', lab.netbox.database.all('site')[0]?.id ?? 0, { name: 'ams1-renamed' });
    alice.remove('device', two.theirId);
    await lab.ask('PATCH', `/v1/assets/${three.id}`, { asset_tag: 'HERE' });
    await lab.quiet();
    const changed = await lab.world();
    const [drift] = (await lab.drifts({ field: 'asset_tag' })).filter(({ hubId }) => hubId === three.id);
    expect(drift).toMatchObject({ action: 'push', decision: 'auto' });
    await lab.ask('POST', `/v1/drifts/${drift?.id}/decision`, { verdict: 'push-ours', reason: 'ours' });
    const refused = await lab.ask('POST', '/v1/reconcile/runs', { system: SYSTEM, applies: true });
    expect([refused.status, refused.json['detail']]).toEqual([
      409,
      expect.stringMatching(/is in dry-run, where nothing/),
    ]);
    const run = await lab.look();
    expect(run.state).toBe('planned');
    await lab.quiet();
    expect(await lab.world()).toEqual(changed);
    expect(lab.writes()).toEqual([]);
    expect((await lab.connection()).mode).toBe('dry-run');
    expect(changed.here['locations']).toEqual(before.here['locations']);
    expect(await lab.jobsDead()).toEqual([]);
  });
});

describe('a plan that a person approves', () => {
  let lab: Lab;
  beforeAll(async () => void (lab = await reconcileLab({ servers: 60 })), PATIENCE_MS);
  afterAll(() => lab?.close());
  beforeEach(async () => {
    await lab.quiet();
    lab.netbox.server.forget();
  });

  const server = (at: number) => lab.servers[at] ?? { id: '', theirId: 0 };
  const unseen = (at: number, body: object): void => {
    lab.netbox.loseWebhooks(1);
    lab.netbox.as('alice').change('device', server(at).theirId, { ...body });
  };
  async function plan(): Promise<Run> {
    await lab.netbox.webhooksSent();
    const { json } = await lab.ask('POST', '/v1/reconcile/runs', { system: SYSTEM, applies: false });
    const run = await lab.runsThatEnd(String(json['id']));
    expect(run.state).toBe('planned');
    return run;
  }
  const names = async (list: number[]) => Promise.all(list.map(async (at) => (await lab.asset(server(at).id))['name']));

  test('is refused as a whole when one of its values has moved on there', async () => {
    for (const at of [0, 1, 2]) unseen(at, { name: `moved-${at}` });
    const run = await plan();
    expect((await lab.rows(run)).map(({ field, state }) => [field, state])).toEqual(
      range(0, 3).map(() => ['name', 'proposed']),
    );
    unseen(1, { name: 'moved-again' });
    const before = await lab.world();
    const end = await lab.approve(run);
    expect(end.state).toBe('refused');
    expect(end.error).toMatch(
      /^the world has moved on since the plan was made \(device \S+ name\): nothing of it was done/,
    );
    expect(await lab.sentences('reconcile.failed')).toContainEqual(expect.objectContaining({ runId: run.id }));
    await lab.quiet();
    expect(await lab.world()).toEqual(before);
    expect(lab.writes()).toEqual([]);
    // The next plan is about the world as it is.
    expect((await lab.approve(await plan())).state).toBe('done');
    expect(await names([0, 1, 2])).toEqual(['moved-0', 'moved-again', 'moved-2']);
  });

  test('is refused as a whole when something of it has moved on here', async () => {
    for (const at of [10, 11]) unseen(at, { name: `moved-${at}` });
    const run = await plan();
    await lab.on.hub.ctx
      .db('assets')
      .where({ id: server(11).id })
      .update({ name: 'renamed-here' });
    const end = await lab.approve(run);
    expect([end.state, end.error]).toEqual(['refused', expect.stringMatching(/moved on .*name/)]);
    expect(await names([10, 11])).toEqual(['srv-011', 'renamed-here']);
    expect(lab.writes()).toEqual([]);
    await lab.on.hub.ctx
      .db('assets')
      .where({ id: server(11).id })
      .update({ name: 'srv-012' });
    expect((await lab.approve(await plan())).state).toBe('done');
    expect(await names([10, 11])).toEqual(['moved-10', 'moved-11']);
  });

  test('does nothing that was not in it, and leaves what came later to a later look', async () => {
    unseen(20, { name: 'moved-20' });
    const run = await plan();
    unseen(21, { name: 'moved-21' });
    expect((await lab.approve(run)).state).toBe('done');
    expect(await names([20, 21])).toEqual(['moved-20', 'srv-022']);
    expect((await lab.look()).state).toBe('done');
    await lab.quiet();
    expect(await names([20, 21])).toEqual(['moved-20', 'moved-21']);
  });

  test('of which a newer one was made cannot be approved any more', async () => {
    unseen(30, { name: 'moved-30' });
    const older = await plan();
    const newer = await plan();
    const { status, json } = await lab.ask('POST', `/v1/reconcile/runs/${older.id}/approve`, {
      plan_hash: older.planHash,
    });
    expect([status, json['detail']]).toEqual([409, expect.stringMatching(/superseded|newer/)]);
    expect((await lab.approve(newer)).state).toBe('done');
  });

  test('that takes over what a person changes here in the same moment leaves it to them', async () => {
    unseen(40, { name: 'moved-40' });
    const run = await plan();
    // Between the last comparison and the writing.
    const { db } = lab.on.hub.ctx;
    let checks = 0;
    lab.onRequest = async ({ path, method }, phase) => {
      if (method !== 'GET' || path !== '/api/dcim/modules/' || phase !== 'after') return;
      checks += 1;
      if (checks === 2)
        await db('assets')
          .where({ id: server(40).id })
          .update({ name: 'renamed-here' });
    };
    const end = await lab.approve(run);
    lab.onRequest = () => {};
    expect(checks).toBeGreaterThanOrEqual(2);
    expect(end.state).toBe('done');
    expect((await lab.rows(end)).map(({ state, stateReason }) => [state, stateReason])).toEqual([
      ['stale', expect.stringMatching(/it changed here in the same moment/)],
    ]);
    expect(await names([40])).toEqual(['renamed-here']);
    // Both have changed it now: a person decides, or a rule does.
    await lab.quiet();
    expect(await names([40])).toEqual(['moved-40']);
    const looks = await lab.runs('objects');
    const [row] = (await Promise.all(looks.map((look) => lab.rows(look))))
      .flat()
      .filter(({ hubId }) => hubId === server(40).id);
    expect(row).toMatchObject({ kind: 'conflict', reason: expect.stringMatching(/^rule placement-is-theirs/) });
  });
});

describe('a hub that was away', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await reconcileLab({ servers: 60, env: { RECONCILE_FOLLOW_MS: '300' } });
    // It knows up to where it has read.
    await until('the first reading', async () => (await lab.connection()).changeCursor !== null);
  }, PATIENCE_MS);
  afterAll(() => lab?.close());
  beforeEach(() => lab.netbox.server.forget());
  const server = (at: number) => lab.servers[at] ?? { id: '', theirId: 0 };
  const nameOf = async (at: number) => (await lab.asset(server(at).id))['name'];

  /** While neither webhooks nor anything else reaches it. */
  async function away(act: () => void): Promise<void> {
    await lab.on.stopWorker();
    lab.netbox.loseWebhooks(1000);
    act();
    await lab.netbox.webhooksSent();
    lab.netbox.loseWebhooks(0);
    await lab.on.startWorker();
  }

  test('learns from the change log what happened meanwhile, and who did it', async () => {
    const bob = lab.netbox.as('bob');
    await away(() => {
      for (const at of range(0, 15)) bob.change('device', server(at).theirId, { name: `bob-${at}` });
      bob.remove('device', server(20).theirId);
      bob.change('rack', lab.netbox.database.all('rack')[2]?.id ?? 0, { name: 'r03-renamed' });
    });
    await until('the last name', async () => (await nameOf(14)) === 'bob-14');
    await lab.quiet();
    for (const at of range(0, 15)) expect(await nameOf(at)).toBe(`bob-${at}`);
    expect((await lab.drifts()).map(({ kind, hubId }) => [kind, hubId])).toEqual([['gone-there', server(20).id]]);
    expect(await lab.on.hub.ctx.db('assets').where({ rack: 'r03-renamed' }).count({ n: '*' })).toEqual([{ n: 20 }]);
    const { db } = lab.on.hub.ctx;
    const who = await lastChanges(db, { system: SYSTEM, object: 'device', theirIds: [String(server(20).theirId)] });
    expect([...who.values()]).toMatchObject([{ user: 'bob', action: 'deleted' }]);
    expect(lab.writes()).toEqual([]);
  });

  test('finds rows that become visible late, with lower numbers than others', async () => {
    const late = lab.netbox.database.changeLog.length;
    await away(() => {
      lab.netbox.holdChangeLog((row) => row.changed_object_id === server(30).theirId);
      lab.netbox.as('bob').change('device', server(30).theirId, { name: 'late' });
      lab.netbox.as('bob').change('device', server(31).theirId, { name: 'early' });
    });
    await until('the early one', async () => (await nameOf(31)) === 'early');
    expect(await nameOf(30)).toBe('srv-031');
    lab.netbox.releaseChangeLog();
    await until('the late one', async () => (await nameOf(30)) === 'late');
    expect(lab.netbox.database.changeLog.length).toBe(late + 2);
    await lab.quiet();
  });

  test('looks at everything where the log does not reach back that far', async () => {
    const runs = (await lab.runs()).length;
    await away(() => {
      lab.netbox.as('bob').change('device', server(40).theirId, { name: 'forgotten' });
      lab.netbox.expireChangeLog(new Date(Date.now() + 1000));
    });
    await until('the name', async () => (await nameOf(40)) === 'forgotten', 60_000);
    await lab.quiet();
    expect(await lab.runs()).toHaveLength(runs + 1);
    expect((await lab.runs())[0]).toMatchObject({
      state: 'done',
      error: null,
      reason: 'the regular look at everything',
    });
  });
});
