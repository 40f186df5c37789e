import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { type Lab, PATIENCE_MS, reconcileLab, type World } from './reconcile-lab.ts';

// What a NetBox that answers wrongly leads to: nothing is concluded, nothing is written, and somebody is told why.

let lab: Lab;
beforeAll(async () => void (lab = await reconcileLab({ servers: 60 })), PATIENCE_MS);
afterAll(() => lab?.close());

let before: World;
beforeEach(async () => {
  before = await lab.world();
  lab.netbox.server.forget();
});
afterEach(async () => {
  lab.netbox.faults.clear();
  lab.sees = () => true;
  lab.onRequest = () => {};
  await lab.inStep();
});

/** As a NetBox with a small MAX_PAGE_SIZE. */
function pagesOf(limit: number): void {
  lab.onRequest = ({ path, query }, phase) => {
    if (phase === 'before' && path === '/api/dcim/devices/' && Number(query.get('limit')) > limit)
      query.set('limit', String(limit));
  };
}

async function untouched(): Promise<void> {
  expect(lab.writes()).toEqual([]);
  expect(await lab.world()).toEqual(before);
}

describe('a look at everything', () => {
  test('concludes nothing from an empty listing that is answered with 200', async () => {
    lab.netbox.faults.emptyListing('devices', 1000);
    const run = await lab.look();
    expect(run.state).toBe('failed');
    expect(run.error).toMatch(/60 of 60 devices that were there before are not in the listing.*credentials/);
    expect(await lab.sentences('reconcile.failed')).toContainEqual(
      expect.objectContaining({ runId: run.id, reason: run.error }),
    );
    expect(await lab.drifts()).toEqual([]);
    await untouched();
  });

  test('concludes nothing where the credentials see half of the devices', async () => {
    lab.sees = (model, row) => model !== 'device' || row.id % 2 === 0;
    const run = await lab.look();
    expect(run.state).toBe('failed');
    expect(run.error).toMatch(/30 of 60 devices .* may these credentials still see them all/);
    expect(await lab.drifts()).toEqual([]);
    await untouched();
  });

  test.each([
    [
      'rows are missing, and next looks right',
      () => lab.netbox.faults.leaveOutRows('devices', 2, 3),
      /20 .* has 17 rows/,
    ],
    ['rows come twice and others not', () => lab.netbox.faults.repeatRows('devices', 2, 2), /tried again: .*devices/],
    [
      'the JSON ends in the middle',
      () => lab.netbox.faults.truncatePage('devices', 3),
      /tried again: .*no list of results/,
    ],
    ['a page is answered with 500', () => lab.netbox.faults.failPage('devices', 3), /tried again: .*500/],
  ])('waits and begins anew when of a page in the middle %s', async (_what, spoil, says) => {
    pagesOf(20);
    spoil();
    const said = new Set<string>();
    const watching = setInterval(() => void lab.runs().then(([run]) => run?.error && said.add(run.error)), 50);
    const run = await lab.look().finally(() => clearInterval(watching));
    expect([run.state, run.error, run.summary?.objects['device']?.scanned]).toEqual(['done', null, 60]);
    // While it waited, the run said for what.
    expect([...said]).toEqual([expect.stringMatching(says)]);
    expect(await lab.drifts()).toEqual([]);
    await untouched();
  });

  test('says for what it waits as long as the pages stay wrong, and goes on by itself when they are right', async () => {
    pagesOf(20);
    for (let times = 0; times < 40; times += 1) lab.netbox.faults.leaveOutRows('devices', 2);
    const { json } = await lab.ask('POST', '/v1/reconcile/runs', { system: 'netbox' });
    const id = String(json['id']);
    const error = await until('an error at the run', async () => {
      const run = await lab.ask('GET', `/v1/reconcile/runs/${id}`);
      return typeof run.json['error'] === 'string' && run.json['error'];
    });
    expect(error).toMatch(/devices is incomplete.*20 has 19 rows/);
    lab.netbox.faults.clear();
    const run = await lab.runsThatEnd(id);
    expect([run.state, run.error]).toEqual(['done', null]);
    await untouched();
  });

  test('ends with the reason where NetBox refuses what it asks', async () => {
    lab.netbox.server.addFault({
      ...{ kind: 'status', match: '^GET /api/dcim/racks/', status: 400, times: 50 },
      body: { ordering: ['not with this plugin'] },
    });
    const run = await lab.look();
    expect(run.state).toBe('failed');
    expect(run.error).toMatch(/not with this plugin|400/);
    expect(await lab.jobsDead()).toEqual([]);
    await untouched();
  });
});

describe('a look at what was noticed', () => {
  const change = (at: number, body: object) => lab.netbox.as('alice').change('device', theirs(at), { ...body });
  const theirs = (at: number): number => lab.servers[at]?.theirId ?? 0;
  const ours = (at: number): string => lab.servers[at]?.id ?? '';

  async function whyItWaits(): Promise<string | undefined> {
    const [job] = await lab.on.hub.ctx.db('jobs').where({ name: 'reconcile-system', state: 'waiting' }).select('error');
    return job?.error ?? undefined;
  }

  test('takes nothing over from a whole table that was answered to a question about one', async () => {
    lab.netbox.faults.ignoreFilters('devices', 3);
    const said = new Set<string>();
    const watching = setInterval(() => void whyItWaits().then((why) => why && said.add(why)), 50);
    change(3, { name: 'srv-004-x' });
    await lab.quiet().finally(() => clearInterval(watching));
    // The work says for what it waits, as long as it does.
    expect([...said].join('; ')).toMatch(/devices is incomplete: \d+.* was not asked for/);
    // The three wrong answers were thrown away; the fourth was right.
    expect((await lab.asset(ours(3)))['name']).toBe('srv-004-x');
    expect(await lab.jobsDead()).toEqual([]);
    change(3, { name: 'srv-004' });
    await lab.quiet();
    const after = await lab.world();
    expect(after.here).toEqual(before.here);
    expect(lab.writes()).toEqual([]);
  });

  test('makes and links nothing on the strength of one either', async () => {
    lab.netbox.faults.ignoreFilters('devices', 4);
    const { id: location_id } = await lab.on.hub.ctx.db('locations').where({ type: 'site' }).first('id');
    const body = {
      name: 'newcomer',
      serial: 'NEWCOMER1',
      manufacturer: 'Dell Inc.',
      model: 'PowerEdge R650',
      location_id,
    };
    const { status, json } = await lab.ask('POST', '/v1/assets', body);
    expect(status).toBe(201);
    await lab.quiet();
    const made = lab.netbox.database.by('device', 'serial', 'NEWCOMER1');
    expect(made).toHaveLength(1);
    expect(await lab.asset(String(json['id']))).toMatchObject({ record_id: String(made[0]?.id) });
    const { device } = (await lab.world()).there as { device: { id: number }[] };
    expect(device.filter(({ id }) => id !== made[0]?.id)).toEqual(
      (before.there as typeof before.there & { device: unknown[] }).device,
    );
  });

  test('of a device that is hidden says so, makes no second one, and is over when it is seen again', async () => {
    lab.sees = (model, row) => model !== 'device' || row.id !== theirs(5);
    change(5, { comments: 'moved to the restricted tenant' });
    await lab.quiet();
    const [drift, ...more] = await lab.drifts();
    expect([drift?.kind, drift?.action, more]).toEqual(['gone-there', 'none', []]);
    expect(drift?.reason).toMatch(/credentials may not see it; nothing is taken away here/);
    expect(lab.writes()).toEqual([]);
    lab.sees = () => true;
    const run = await lab.look();
    expect(run.state).toBe('done');
    await lab.quiet();
    expect(await lab.drifts()).toEqual([]);
    expect((await lab.world()).here).toEqual(before.here);
  });

  test('that cannot be answered for one object goes on with the others, and says so of that one', async () => {
    const bad = `id=${theirs(7)}(&|$)`;
    lab.netbox.server.addFault({
      ...{ kind: 'status', match: `^GET /api/dcim/devices/.*${bad}`, status: 400 },
      body: { id: ['boom'] },
    });
    change(7, { name: 'srv-008-x' });
    change(8, { name: 'srv-009-x' });
    await until('the other one', async () => (await lab.asset(ours(8)))['name'] === 'srv-009-x');
    const failed = await until('a failed look', async () =>
      (await lab.runs('objects')).find((run) => run.state === 'failed'),
    );
    expect(failed.error).toMatch(/boom/);
    expect((await lab.asset(ours(7)))['name']).toBe('srv-008');
    expect(await lab.jobsDead()).toEqual([]);
    lab.netbox.faults.clear();
    change(7, { name: 'srv-008' });
    change(8, { name: 'srv-009' });
    await lab.quiet();
    expect(lab.writes()).toEqual([]);
  });

  test('whose write is refused says why at the drift, and leaves both sides as they were', async () => {
    lab.netbox.server.addFault({
      ...{ kind: 'status', match: '^PATCH /api/dcim/devices/', status: 400 },
      body: [{ id: theirs(9), errors: { asset_tag: ['not on a Sunday'] } }],
    });
    await lab.ask('PATCH', `/v1/assets/${ours(9)}`, { asset_tag: 'TAG-10' });
    await lab.quiet();
    const [drift] = await lab.drifts();
    expect([drift?.field, drift?.decision]).toEqual(['asset_tag', 'refused']);
    expect(drift?.reason).toMatch(/not on a Sunday/);
    expect((await lab.world()).there).toEqual(before.there);
    lab.netbox.faults.clear();
    await lab.ask('PATCH', `/v1/assets/${ours(9)}`, { asset_tag: null });
    await lab.quiet();
  });

  test('whose answer is lost reads again, and writes once', async () => {
    lab.netbox.faults.loseAnswer('devices', 1);
    await lab.ask('PATCH', `/v1/assets/${ours(11)}`, { asset_tag: 'TAG-12' });
    await lab.quiet();
    expect(lab.device(theirs(11))['asset_tag']).toBe('TAG-12');
    expect(lab.writes()).toHaveLength(1);
    expect(await lab.drifts()).toEqual([]);
    await lab.ask('PATCH', `/v1/assets/${ours(11)}`, { asset_tag: null });
    await lab.quiet();
  });
});
