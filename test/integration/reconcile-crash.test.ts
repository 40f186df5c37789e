import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type HubProcess, startHubProcess } from '../../demo/hub-process.ts';
import { createAsset } from '#src/assets/commands/create-asset.ts';
import { tx } from '#src/core/tx.ts';
import { CHUNK } from '#jobs/reconcile/apply-rows.ts';
import { type Lab, PATIENCE_MS, reconcileLab } from './reconcile-lab.ts';

// A worker that is killed between what it sent and what it heard: another one takes over, and nothing is made or written twice.

let lab: Lab;
let logs: string;
let worker: HubProcess | undefined;

beforeAll(async () => {
  logs = await mkdtemp(path.join(tmpdir(), 'reconcile-crash-'));
  lab = await reconcileLab({ servers: 60, env: { WORKER_LEASE_MS: '1500', SETTLE_MS: '1500' } });
}, PATIENCE_MS);
afterAll(async () => {
  await lab?.close();
  await rm(logs, { recursive: true, force: true });
});
beforeEach(async () => {
  await lab.on.stopWorker();
  lab.netbox.server.forget();
  worker = await startHubProcess('worker', lab.env, path.join(logs, 'worker.log'));
});
afterEach(async () => {
  lab.onRequest = () => {};
  await worker?.kill();
  await lab.on.startWorker();
  await lab.inStep();
});

const db = () => lab.on.hub.ctx.db;
const theirs = (at: number): number => lab.servers[at]?.theirId ?? 0;
const called = (name: string) => lab.netbox.database.by('device', 'name', name);

async function enter(name: string): Promise<string> {
  const { id: location_id } = await db()('locations').where({ type: 'site' }).first('id');
  const input = { name, serial: name.toUpperCase(), manufacturer: 'Dell Inc.', model: 'PowerEdge R650', location_id };
  return (await tx(lab.on.hub.ctx, (inside) => createAsset(inside, { ...input, state: 'ORDERED' }))).id;
}

/**
 * Kills the worker at its first such request. `before`: NetBox has not begun; `lateMs`: it begins that much later, without anybody to hear
 * the answer (undefined: never). `after`: it is done, and the answer is not sent.
 */
function killAt(method: string, list: string, when: 'before' | 'after', lateMs?: number): Promise<void> {
  return new Promise((killed) => {
    lab.onRequest = async (request, phase) => {
      if (request.method !== method || request.path !== `/api/dcim/${list}/` || phase !== when) return;
      lab.onRequest = () => {};
      await worker?.kill();
      killed();
      if (when === 'after') return;
      if (lateMs === undefined) throw new Error('it never arrived');
      await sleep(lateMs);
    };
  });
}

async function takeOver(): Promise<void> {
  await lab.on.startWorker();
  await lab.quiet();
}

async function links(hubId: string): Promise<{ their_id: string; is_ours: number }[]> {
  return db()('record_links').where({ object_type: 'device', hub_id: hubId }).select('their_id', 'is_ours');
}

describe('killed while something is made there', () => {
  test.each([
    ['and NetBox had made it', 'after', undefined],
    ['and NetBox makes it only afterwards', 'before', 800],
    ['and it never arrives', 'before', undefined],
  ] as const)('%s: it is there once, and is ours', async (what, when, lateMs) => {
    const name = `crash-${when}-${lateMs ?? 0}`;
    const killed = killAt('POST', 'devices', when, lateMs);
    const id = await enter(name);
    await killed;
    const rows = await db()('plan_rows').where({ hub_id: id, action: 'create-there' }).select('state');
    expect(rows, what).toEqual([{ state: 'sent' }]);
    await takeOver();
    const [device, ...more] = called(name);
    expect(more).toEqual([]);
    expect(await links(id)).toEqual([{ their_id: String(device?.id), is_ours: 1 }]);
    expect(await lab.asset(id)).toMatchObject({ record_id: String(device?.id) });
    const made = lab.netbox.database.changeLog.filter(
      ({ action, changed_object_type: type }) => action === 'create' && type === 'dcim.device',
    );
    expect(made.filter(({ object_repr: repr }) => repr.includes(name))).toHaveLength(1);
  });
});

describe('killed in an approved plan', () => {
  const some = Array.from({ length: 60 }, (_, at) => at);
  const statuses = () => new Set(some.map((at) => (lab.device(theirs(at))['status'] as { value: string }).value));

  async function planned() {
    lab.netbox.loseWebhooks(60);
    for (const at of some) lab.netbox.as('alice').change('device', theirs(at), { status: 'active' });
    await lab.quiet();
    const plan = await lab.look();
    expect(plan.state).toBe('planned');
    return plan;
  }
  async function approve(plan: Awaited<ReturnType<typeof planned>>): Promise<void> {
    const body = { plan_hash: plan.planHash, accept_brakes: true };
    expect((await lab.ask('POST', `/v1/reconcile/runs/${plan.id}/approve`, body)).status).toBe(202);
  }

  test.each([
    ['after', undefined, 1],
    ['before', 500, 2],
    ['before', undefined, 2],
  ] as const)('%s NetBox wrote (late by %s ms): it is carried out to its end', async (when, lateMs, most) => {
    const plan = await planned();
    const killed = killAt('PATCH', 'devices', when, lateMs);
    await approve(plan);
    await killed;
    await takeOver();
    const run = await lab.runsThatEnd(plan.id);
    expect([run.state, run.error]).toEqual(['done', null]);
    expect(statuses()).toEqual(new Set(['staged']));
    const states = new Set((await lab.rows(run)).map(({ state }) => state));
    expect([...states]).toEqual(['confirmed']);
    expect(lab.writes().length).toBeLessThan(most + Math.ceil(some.length / CHUNK));
    // Nobody has written over anything else.
    expect(new Set(some.map((at) => lab.device(theirs(at))['name']))).toEqual(
      new Set(some.map((at) => lab.servers[at]?.name)),
    );
  });

  test('while it is made: it is made anew', async () => {
    const killed = killAt('GET', 'racks', 'before', 0);
    const { json } = await lab.ask('POST', '/v1/reconcile/runs', { system: 'netbox' });
    await killed;
    await takeOver();
    const run = await lab.runsThatEnd(String(json['id']));
    expect([run.state, run.error]).toEqual(['done', null]);
    expect(lab.writes()).toEqual([]);
  });
});

test('killed in the look that a switch to apply asked for: what stood open is done by that look, and there is no other', async () => {
  const { theirId = 0, name } = lab.servers[7] ?? {};
  await lab.ask('PATCH', '/v1/reconcile/systems/netbox', { mode: 'dry-run' });
  lab.netbox.as('alice').change('device', theirId, { status: 'active' });
  await lab.quiet();
  expect(await lab.drifts()).toMatchObject([{ label: name, field: 'status', decision: 'auto' }]);
  const before = await lab.runs();
  const killed = killAt('PATCH', 'devices', 'after');
  const { json } = await lab.ask('PATCH', '/v1/reconcile/systems/netbox', { mode: 'apply' });
  await killed;
  await takeOver();
  const [run, ...others] = await lab.runs();
  expect([run?.id, run?.state, run?.error]).toEqual([(json['look'] as { run_id: string }).run_id, 'done', null]);
  expect(others).toHaveLength(before.length);
  expect((lab.device(theirId)['status'] as { value: string }).value).toBe('staged');
  expect(lab.writes()).toHaveLength(1);
});

test('a worker that sleeps through its lease asks before it writes when it wakes, and makes nothing twice', async () => {
  const names = Array.from({ length: 60 }, (_, at) => `sleeper-${at}`);
  await lab.ask('PATCH', '/v1/reconcile/systems/netbox', { mode: 'dry-run' });
  for (const name of names) await enter(name);
  await lab.quiet();
  const plan = await lab.look();
  expect(plan.state).toBe('planned');
  // It is stopped in the first of several requests, and does not hear the answer before another worker has done it all.
  const asleep = new Promise<void>((resolve) => {
    lab.onRequest = (request, phase) => {
      if (request.method !== 'POST' || request.path !== '/api/dcim/devices/' || phase !== 'after') return;
      lab.onRequest = () => {};
      process.kill(worker?.pid ?? 0, 'SIGSTOP');
      resolve();
    };
  });
  await lab.ask('POST', `/v1/reconcile/runs/${plan.id}/approve`, { plan_hash: plan.planHash, accept_brakes: true });
  await asleep;
  await lab.on.startWorker();
  const run = await lab.runsThatEnd(plan.id);
  expect([run.state, run.error]).toEqual(['done', null]);
  await lab.quiet();
  const writes = lab.writes();
  process.kill(worker?.pid ?? 0, 'SIGCONT');
  await sleep(3000);
  await lab.quiet();
  // But for the one that it was about to send when it fell asleep: it had asked whether the work was still its own.
  expect(lab.writes().slice(writes.length).length).toBeLessThanOrEqual(1);
  for (const name of names) expect(called(name)).toHaveLength(1);
  const states = new Set((await lab.rows(run)).map(({ state }) => state));
  expect([...states]).toEqual(['confirmed']);
  await lab.ask('PATCH', '/v1/reconcile/systems/netbox', { mode: 'apply' });
  expect(await readFile(path.join(logs, 'worker.log'), 'utf8')).not.toMatch(/"level":60/);
});
