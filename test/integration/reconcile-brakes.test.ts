import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAsset } from '#src/assets/commands/create-asset.ts';
import { tx } from '#src/core/tx.ts';
import { loadMappings, MAPPINGS_FOLDER } from '#src/mapping/load-mappings.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import { type Lab, PATIENCE_MS, reconcileLab, SYSTEM } from './reconcile-lab.ts';

// What would do much at once stops and asks, whether it comes as one plan or as many small looks; and a removal waits for a second look.

let lab: Lab;
beforeAll(async () => void (lab = await reconcileLab({ servers: 60 })), PATIENCE_MS);
afterAll(() => lab?.close());
beforeEach(() => lab.netbox.server.forget());

const db = () => lab.on.hub.ctx.db;
const theirs = (at: number): number => lab.servers[at]?.theirId ?? 0;
const ours = (at: number): string => lab.servers[at]?.id ?? '';
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);
const statuses = (list: number[]) =>
  new Set(list.map((at) => (lab.device(theirs(at))['status'] as { value: string }).value));

async function release(): Promise<void> {
  const { status } = await lab.ask('POST', `/v1/reconcile/systems/${SYSTEM}/release`);
  expect(status).toBe(200);
  await lab.quiet();
}

/** The look that switching to apply asks for, until it ended or waits for somebody. */
async function lookOfSwitch() {
  const { json } = await lab.ask('PATCH', `/v1/reconcile/systems/${SYSTEM}`, { mode: 'apply' });
  return lab.runsThatEnd((json['look'] as { run_id: string }).run_id);
}

/** As somebody does in one go there. */
function patchThere(list: number[], body: object): void {
  for (const at of list) lab.netbox.as('alice').change('device', theirs(at), { ...body });
}

describe('small looks', () => {
  test('that would write back to many devices are held, with the reason; released, they go on', async () => {
    const some = range(0, 30);
    patchThere(some, { status: 'active' });
    await lab.quiet();
    const { heldReason } = await lab.connection();
    expect(heldReason).toMatch(/^it would change devices for (2[1-9]|30) of 60, more than 20 within an hour$/);
    expect(await lab.sentences('reconcile.stopped')).toEqual([{ system: SYSTEM, reason: heldReason }]);
    // Looks that came before it may have written as many as the brake lets through.
    const back = some.filter((at) => (lab.device(theirs(at))['status'] as { value: string }).value !== 'active');
    expect(back.length).toBeLessThanOrEqual(20);
    const before = await lab.world();
    // Held, nothing at all is written by itself; not by a look at everything either.
    patchThere([40], { status: 'active' });
    await lab.ask('PATCH', `/v1/assets/${ours(41)}`, { asset_tag: 'TAG-42' });
    await lab.quiet();
    const run = await lab.look();
    expect(run.state).toBe('planned');
    await lab.quiet();
    expect(lab.device(theirs(41))['asset_tag']).toBeNull();
    expect(statuses([40])).toEqual(new Set(['active']));
    expect((await lab.world()).there['module']).toEqual(before.there['module']);
    await release();
    expect((await lab.connection()).heldReason).toBeNull();
    expect(statuses([...some, 40])).toEqual(new Set(['staged']));
    expect(lab.device(theirs(41))['asset_tag']).toBe('TAG-42');
    await lab.inStep();
  });

  test('one after the other are held by the one that is too much, here as there', async () => {
    await db()('reconcile_connections').update({
      released_at: new Date().toISOString().slice(0, -1).replace('T', ' '),
    });
    // NetBox decides where a server stands: emptied there, it is emptied here.
    const positions = () =>
      db()('assets').whereIn('id', range(0, 8).map(ours)).whereNotNull('position').count({ n: '*' });
    for (const at of range(0, 8)) {
      lab.netbox.as('alice').change('device', theirs(at), { position: null, face: null });
      await lab.quiet();
      if ((await lab.connection()).heldReason !== null) break;
    }
    expect((await lab.connection()).heldReason).toMatch(
      /^it would empty the field position of devices for 6 of 60, more than 5 within an hour$/,
    );
    expect(await positions()).toEqual([{ n: 3 }]);
    for (const at of range(0, 6))
      lab.netbox.as('alice').change('device', theirs(at), { position: at + 1, face: 'front' });
    await lab.quiet();
    await release();
    expect(await positions()).toEqual([{ n: 8 }]);
    await lab.inStep();
  });

  test('do not hold what a person has decided, however much it is', async () => {
    const some = range(10, 40);
    await lab.ask('PATCH', `/v1/reconcile/systems/${SYSTEM}`, { mode: 'dry-run' });
    patchThere(some, { status: 'active' });
    await lab.quiet();
    await lab.ask('PATCH', `/v1/reconcile/systems/${SYSTEM}`, { mode: 'apply' });
    const filter = { system: SYSTEM, object: 'device', field: 'status' };
    const decided = await lab.ask('POST', '/v1/drifts/decisions', {
      filter,
      expect: 30,
      verdict: 'push-ours',
      reason: 'ours',
    });
    expect(decided.json).toMatchObject({ decided: 30, refused: 0 });
    await lab.quiet();
    expect((await lab.connection()).heldReason).toBeNull();
    expect(statuses(some)).toEqual(new Set(['staged']));
    // And what is done by itself afterwards does not count it either.
    patchThere([0], { status: 'active' });
    await lab.quiet();
    expect((await lab.connection()).heldReason).toBeNull();
    expect(statuses([0])).toEqual(new Set(['staged']));
    await lab.inStep();
  });
});

describe('a look at everything', () => {
  test('that would make many devices asks, and makes them when it is approved', async () => {
    await lab.ask('PATCH', `/v1/reconcile/systems/${SYSTEM}`, { mode: 'dry-run' });
    const count = lab.netbox.database.all('device').length;
    const location = await db()('locations').where({ type: 'site' }).first('id');
    for (const at of range(0, 25))
      await tx(lab.on.hub.ctx, (inside) =>
        createAsset(inside, {
          ...{ name: `new-${at}`, serial: `NEW${at}`, manufacturer: 'Dell Inc.', model: 'PowerEdge R650' },
          ...{ location_id: location.id, state: 'ORDERED' },
        }),
      );
    await lab.quiet();
    const run = await lookOfSwitch();
    expect([run.state, run.brakes?.map(({ reason }) => reason)]).toEqual([
      'planned',
      ['it would make devices for 25 of 60, more than 20'],
    ]);
    expect(lab.netbox.database.all('device')).toHaveLength(count);
    const refused = await lab.ask('POST', `/v1/reconcile/runs/${run.id}/approve`, { plan_hash: run.planHash });
    expect([refused.status, refused.json['detail']]).toEqual([409, expect.stringContaining('more than 20')]);
    const done = await lab.approve(run);
    expect([done.state, done.error]).toEqual(['done', null]);
    expect(lab.netbox.database.all('device')).toHaveLength(count + 25);
    await lab.inStep();
    expect(lab.netbox.database.all('device')).toHaveLength(count + 25);
  });

  test('under a mapping that would empty a field everywhere asks, and nothing is written under it before', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mappings-'));
    await cp(MAPPINGS_FOLDER, folder, { recursive: true });
    const file = path.join(folder, 'netbox-device.yaml');
    const text = await readFile(file, 'utf8');
    // A slip of the pen: the custom field is there, and empty.
    const changed = text
      .replace('theirs: position, ours: position', 'theirs: custom_fields.gpu_count, to: position, ours: position')
      .replace(/tests:[\s\S]*$/, 'tests: [{ theirs: { serial: A1234 }, values: { serial: A1234 } }]\n');
    expect(changed).not.toBe(text);
    await writeFile(file, changed);
    const mappings = lab.on.hub.reconciled.mappings as Map<string, readonly Mapping[]>;
    const before = mappings.get(SYSTEM) ?? [];
    const world = await lab.world();
    mappings.set(SYSTEM, loadMappings(SYSTEM, folder, ['inventory-item']));
    try {
      lab.netbox.as('alice').change('device', theirs(3), { comments: 'a webhook' });
      await lab.quiet();
      // Nobody has looked at this mapping as a whole yet.
      expect((await lab.drifts({ field: 'position' })).map(({ action, decision }) => [action, decision])).toEqual([
        ['adopt', 'auto'],
      ]);
      const run = await lab.look();
      expect(run.state).toBe('planned');
      expect(run.brakes?.map(({ reason }) => reason)).toContainEqual(
        expect.stringMatching(/^it would empty the field position of devices for 60 of \d+, more than 5$/),
      );
      patchThere([4], { comments: 'another' });
      await lab.quiet();
      expect((await lab.world()).here).toEqual(world.here);
      expect(lab.writes()).toEqual([]);
      // The mapping was mended meanwhile: its plan can neither be approved nor carried out.
      mappings.set(SYSTEM, before);
      const answer = await lab.ask('POST', `/v1/reconcile/runs/${run.id}/approve`, {
        plan_hash: run.planHash,
        accept_brakes: true,
      });
      expect([answer.status, answer.json['detail']]).toEqual([409, expect.stringContaining('have changed')]);
    } finally {
      mappings.set(SYSTEM, before);
      await rm(folder, { recursive: true });
    }
    await lab.inStep();
    expect((await lab.world()).here).toEqual(world.here);
  });

  test('that was approved stops where it is when somebody switches to dry-run', async () => {
    lab.netbox.loseWebhooks(60);
    patchThere(range(0, 60), { status: 'active' });
    await lab.quiet();
    const plan = await lab.look();
    expect(plan.state).toBe('planned');
    // While the approved plan is checked once more.
    lab.onRequest = async ({ method, path: asked }, phase) => {
      if (method !== 'GET' || asked !== '/api/dcim/devices/' || phase !== 'before') return;
      lab.onRequest = () => {};
      await lab.ask('PATCH', `/v1/reconcile/systems/${SYSTEM}`, { mode: 'dry-run' });
    };
    const run = await lab.approve(plan);
    expect([run.state, run.error]).toEqual(['failed', expect.stringMatching(/switched netbox to dry-run/)]);
    expect(lab.writes()).toEqual([]);
    expect(statuses(range(0, 60))).toEqual(new Set(['active']));
    const again = await lookOfSwitch();
    expect((await lab.approve(again)).state).toBe('done');
    await lab.inStep();
  });
});

describe('what the hub made there, and has no more,', () => {
  const addresses = () =>
    lab.netbox.database
      .all('ipAddress')
      .map(({ address }) => String(address))
      .toSorted();
  const bmc = async (at: number, address: string): Promise<void> => {
    const mac = `02:00:00:00:00:${at.toString(16).padStart(2, '0')}`;
    await db()('assets')
      .where({ id: ours(at) })
      .update({ bmc_mac: mac, bmc_address: address });
    // Anything that makes it be looked at.
    await lab.ask('PATCH', `/v1/assets/${ours(at)}`, { asset_tag: `BMC ${address}` });
  };

  test('is removed after a second look at everything; what others made there stays', async () => {
    await bmc(1, '10.9.0.1');
    await lab.quiet();
    expect(addresses()).toEqual(['10.9.0.1/32']);
    const port = lab.netbox.database.by('interface', 'device', theirs(1))[0];
    // Somebody else's, on the interface that the hub made.
    lab.netbox.as('alice').create('ipAddress', {
      ...{ address: '10.9.0.2/24', assigned_object_type: 'dcim.interface', assigned_object_id: port?.id },
    });
    await bmc(1, '10.9.0.2');
    await lab.quiet();
    await bmc(1, '10.9.0.3');
    await lab.quiet();
    const all = ['10.9.0.1/32', '10.9.0.2/24', '10.9.0.3/32'];
    expect(addresses()).toEqual(all);
    const [drift, ...more] = await lab.drifts();
    expect([drift?.kind, drift?.action, drift?.decision, more]).toEqual(['gone-here', 'remove-there', 'review', []]);
    expect(drift?.reason).toMatch(/removed when the next look at everything finds the same/);
    expect((await lab.look()).state).toBe('done');
    await lab.quiet();
    expect(addresses()).toEqual(all);
    expect((await lab.look()).state).toBe('done');
    await lab.quiet();
    // The hub's own is gone; the one that a person made never goes.
    expect(addresses()).toEqual(['10.9.0.2/24', '10.9.0.3/32']);
    for (let times = 0; times < 2; times += 1) await lab.look();
    await lab.quiet();
    expect(addresses()).toEqual(['10.9.0.2/24', '10.9.0.3/32']);
    expect(lab.writes().filter((line) => line.startsWith('DELETE'))).toHaveLength(1);
    await lab.inStep();
  });

  test('is not removed in numbers without being asked', async () => {
    const some = range(10, 18);
    for (const at of some) await bmc(at, `10.9.1.${at}`);
    await lab.quiet();
    expect((await lab.connection()).heldReason).toBeNull();
    for (const at of some) await bmc(at, `10.9.2.${at}`);
    await lab.quiet();
    const count = addresses().length;
    await lab.look();
    await lab.quiet();
    const run = await lab.look();
    expect([run.state, run.brakes?.map(({ reason }) => reason)]).toEqual([
      'planned',
      [expect.stringMatching(/^it would remove ip-address(es|s)? for 8 of \d+, more than 5$/)],
    ]);
    await lab.quiet();
    expect(addresses()).toHaveLength(count);
    expect(lab.writes().filter((line) => line.startsWith('DELETE'))).toEqual([]);
    expect((await lab.approve(run)).state).toBe('done');
    expect(addresses()).toHaveLength(count - 8);
    await lab.inStep();
  });
});
