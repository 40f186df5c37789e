import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { insertPlanRows } from '#src/drift/plan-store.ts';
import { oldestRun, updateRun } from '#src/drift/run-store.ts';
import { testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';
import { runDriftCommand } from './drift-cli.ts';
import { driftRow, MAPPING_HASH, reconciledForTests, seedDrifts } from './drift-web.ts';

const HASH = 'ab'.repeat(32);
let database: TestDatabase;
let ctx: ReturnType<typeof testCtx>;
beforeAll(async () => {
  database = await testDatabase();
  ctx = testCtx(database.connect(), { actor: 'cli' });
});
afterAll(() => database?.close());
beforeEach(async () => {
  for (const table of ['drifts', 'reconcile_connections', 'reconcile_runs', 'plan_rows'])
    await database.db(table).delete();
});

const run = (...args: string[]) => runDriftCommand({ ctx, reconciled: reconciledForTests() }, ...args);

/** What the engine does with the run that was asked for. */
async function planned(brakes: [] | { reason: string }[] = []): Promise<string> {
  for (;;) {
    const found = await oldestRun(ctx.db, { system: 'netbox', kind: 'full', states: ['requested'] });
    if (!found) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    const progress = { step: 'comparing' as const, object: 'device', done: 3, of: 9 };
    await updateRun(ctx.db, found.id, { state: 'planning', progress });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const rows = [driftRow({ label: 'one' }), driftRow({ label: 'two', theirId: '8', theirs: null, ours: undefined })];
    await insertPlanRows(ctx.db, { id: found.id, system: 'netbox' }, rows, 1, () => 'proposed');
    const zero = {
      scanned: 2,
      unchanged: 0,
      created: 0,
      updated: 2,
      removed: 0,
      conflicts: 0,
      reviews: 0,
      refused: 0,
      failed: 0,
    };
    await updateRun(ctx.db, found.id, {
      ...{ state: 'planned', plannedAt: new Date().toISOString(), planHash: HASH, mappingHash: MAPPING_HASH },
      summary: { objects: { device: zero } },
      brakes: brakes.map((brake) => ({
        object: 'device',
        kind: 'change',
        field: null,
        count: 2,
        limit: 1,
        of: 2,
        ...brake,
      })),
    });
    return found.id;
  }
}

test('a run is asked for, followed, looked at and approved by its hash', async () => {
  const [{ told, out, code }, id] = await Promise.all([
    run('reconcile', 'run', '--reason', 'after the move'),
    planned([{ reason: 'it would change devices for 2 of 2' }]),
  ]);
  expect(told).toContain('planning: comparing device 3 of 9\n');
  expect(told).toContain('nothing is written yet: 2 to change\n');
  expect(told).toContain('brake: it would change devices for 2 of 2\n');
  expect(told).toContain(`reanimator reconcile approve ${id} --hash ${HASH} --accept-brakes\n`);
  expect(out).toMatch(/object +scanned +unchanged.*\ndevice +2/);
  expect(code).toBe(0);

  const plan = await run('reconcile', 'plan');
  expect(plan.out).toMatch(/device +one +rack +r1 +r2 +asks; proposes: takes theirs over here +proposed/);
  expect(plan.out).toMatch(/device +two +rack +\(empty\)/);
  const csv = await run('reconcile', 'plan', id, '--csv');
  expect(csv.out.split('\r\n')).toHaveLength(4);

  await expect(run('reconcile', 'approve', id, '--hash', HASH, '--no-wait')).rejects.toThrow(
    'Brakes stopped this plan',
  );
  const approved = await run('reconcile', 'approve', id, '--hash', HASH, '--accept-brakes', '--no-wait', '-o', 'json');
  expect(approved.json).toEqual([{ run: id, state: 'approved' }]);
  await expect(run('reconcile', 'run', 'netbox')).rejects.toThrow(`Run ${id} of netbox is approved`);
});

test('a run that fails says why, and so does the exit code', async () => {
  const failing = async (): Promise<void> => {
    for (;;) {
      const found = await oldestRun(ctx.db, { system: 'netbox', kind: 'full', states: ['requested'] });
      if (found) return updateRun(ctx.db, found.id, { state: 'failed', error: 'NetBox: page 3 did not come' });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const [{ told, code }] = await Promise.all([run('reconcile', 'run', 'netbox'), failing()]);
  expect(told).toContain('failed: NetBox: page 3 did not come\n');
  expect(code).toBe(1);
});

test('mode and release', async () => {
  expect((await run('reconcile', 'status')).out).toMatch(/netbox +dry-run +never +never +0 /);
  const applies = await run('reconcile', 'mode', 'netbox', 'apply');
  expect(applies.out).toMatch(/netbox +apply +never +never +taken on/);
  expect(applies.told).toMatch(
    /^a look at everything was asked for, run (\S+): it does what stands open\. What came of it: reanimator reconcile plan \1\n$/,
  );
  expect((await run('reconcile', 'mode', 'netbox', 'apply')).told).toMatch(
    /^a look at everything was asked for before, run /,
  );
  await expect(run('reconcile', 'mode', 'netbox', 'off')).rejects.toThrow('there are dry-run, apply');
  await expect(run('reconcile', 'mode', 'jira', 'apply')).rejects.toThrow('there is netbox');
  await expect(run('reconcile', 'release', 'netbox')).rejects.toThrow('Nothing holds netbox');
  await expect(run('reconcile', 'plan')).rejects.toThrow('There is no plan yet');
});

test('drifts are listed, shown and decided', async () => {
  await seedDrifts(ctx, [
    driftRow({ label: 'one' }),
    driftRow({ label: 'two', theirId: '8', field: 'tenant', theirs: null }),
  ]);
  const { json } = await run('drift', 'list', '-o', 'json');
  expect(json).toHaveLength(2);
  const one = json.find(({ label }) => label === 'one');
  const id = String(one?.['id']);
  expect(one).toMatchObject({
    theirs: 'r1',
    ours: 'r2',
    would: 'asks; proposes: takes theirs over here',
    state: 'open',
  });
  expect((await run('drift', 'list', '--field', 'tenant')).out).toMatch(/two +tenant +differs +\(empty\)/);
  expect((await run('drift', 'list', '--groups', '-o', 'json')).json).toHaveLength(2);
  expect((await run('drift', 'list', '--csv')).out.split('\r\n')).toHaveLength(4);
  expect((await run('drift', 'show', id)).out).toMatch(/push-ours +possible/);
  const tenant = String(json.find(({ label }) => label === 'two')?.['id']);
  expect((await run('drift', 'show', tenant)).out).toMatch(/push-ours +tenant is never written there/);
  await expect(run('drift', 'decide', 'ignore', id)).rejects.toThrow('/reason');
  await expect(run('drift', 'decide', 'ignore', id, '-r', 'x', '-u', 'soon')).rejects.toThrow('until: soon is no time');
  const decided = await run('drift', 'decide', 'ignore', id, tenant, '-r', 'known', '-u', '2099-01-01', '-o', 'json');
  expect(decided.json.map(({ state }) => state)).toEqual(['ignored', 'ignored']);
  expect((await run('drift', 'decide', 'undo', id, '-o', 'json')).json).toMatchObject([
    { state: 'open', verdict: null },
  ]);
  expect((await run('drift', 'list', '--state', 'resolved')).out).toBe('nothing disagrees\n');
});

test('all that a filter lets through are decided, once it is said how many they are', async () => {
  await seedDrifts(ctx, [
    ...['one', 'two'].map((label, n) => driftRow({ label, theirId: String(n) })),
    driftRow({ label: 'three', theirId: '8', field: 'name' }),
  ]);
  const groups = await run('drift', 'list', '--groups');
  expect(groups.out).toMatch(/^count +system +object +field.*\n2 +netbox +device +rack +differs/);
  await expect(run('drift', 'decide', 'accept-theirs')).rejects.toThrow('name ids, or what all of them have in common');
  const all = ['drift', 'decide', 'accept-theirs', '--field', 'rack'];
  await expect(run(...all)).rejects.toThrow('there are 2 of them: if those are meant, say --expect 2');
  await expect(run(...all, '--expect', '3')).rejects.toThrow('There are 2 of them now, not 3');
  const { out, told } = await run(...all, '--expect', '2');
  expect(out).toMatch(/decided +refused\n2 +0/);
  expect(told).toContain('netbox is in dry-run: it is done once a plan is approved');
  const list = await run('drift', 'list', '--state', 'open', '-o', 'json');
  expect(list.json.map(({ label }) => label)).toEqual(['three']);
  await expect(run('drift', 'list', '-n', 'some')).rejects.toThrow('limit: some is not a number');
});

test('what is only there yet is called by its name where it is referred to', async () => {
  const made = { kind: 'only-there', action: 'create-here', decision: 'auto', field: '', hubId: null } as const;
  await seedDrifts(ctx, [
    driftRow({
      ...made,
      object: 'rack',
      theirId: '5',
      label: 'r12',
      root: { type: 'rack', hubId: null, theirId: '5' },
    }),
    driftRow({ label: 'one', theirs: 'new:rack:5', ours: undefined }),
    driftRow({ label: 'two', theirId: '8', theirs: 'new:rack:6', ours: undefined }),
  ]);
  const { json } = await run('drift', 'list', '--field', 'rack', '-o', 'json');
  const shown = new Map(json.map(({ label, theirs }) => [label, theirs]));
  expect(shown.get('one')).toBe('r12 (not here yet)');
  expect(shown.get('two')).toBe('rack no. 6 there (not here yet)');
});
