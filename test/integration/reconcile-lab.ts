import { type ModelName, type NetboxSimulator, startNetboxSimulator } from '#adapters/netbox/simulator.ts';
import { createAsset } from '#src/assets/commands/create-asset.ts';
import type { Row } from '#adapters/netbox/simulator/database.ts';
import type { NetboxSimulatorOptions } from '#adapters/netbox/simulator.ts';
import { tx } from '#src/core/tx.ts';
import { type ConnectionState, findConnection } from '#src/drift/connection-store.ts';
import { type Drift, toDrift } from '#src/drift/drift-store.ts';
import { type PlanRow, pagePlanRows } from '#src/drift/plan-store.ts';
import { findRun, type Run, toRun } from '#src/drift/run-store.ts';
import { applyByItself } from '../../demo/apply-by-itself.ts';
import { until } from '../../demo/hub-client.ts';
import type { SimulatedRequest } from '#src/kit/simulator.ts';
import { call, type Called } from '#test/kit/call.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

export const SYSTEM = 'netbox';
const PER_RACK = 20;
/** For what takes seconds on an idle machine. */
export const PATIENCE_MS = 150_000;

export interface LabServer {
  id: string;
  theirId: number;
  name: string;
  serial: string;
}

/** What stands on both sides, without what says only when. */
export interface World {
  there: Record<string, unknown>;
  here: Record<string, unknown>;
}

/** A hub in step with a NetBox of its own, and hands to disturb both. */
export interface Lab {
  on: TestHub;
  netbox: NetboxSimulator;
  servers: LabServer[];
  /** Settings of another process of the same hub. */
  env: Record<string, string>;
  /** What the hub's token sees there; everything at first. */
  sees: (model: ModelName, row: Row) => boolean;
  /** Called with each request before it is handled and before it is answered. */
  onRequest: (request: SimulatedRequest, phase: 'before' | 'after') => void | Promise<void>;
  ask(method: string, path: string, body?: object): Promise<Called>;
  /** A look at everything, until it ended or waits for somebody. */
  look(): Promise<Run>;
  /** Approves what a look came to, brakes and all, and waits for its end. */
  approve(run: Run): Promise<Run>;
  runsThatEnd(id: string): Promise<Run>;
  /** Nothing is under way any more: no webhook, event, job, notice or run. */
  quiet(timeoutMs?: number): Promise<void>;
  /** Quiet, and a look at everything finds nothing: nothing in the inbox, no job that gave up. @throws Error naming what there is */
  inStep(): Promise<void>;
  world(): Promise<World>;
  drifts(where?: Record<string, unknown>): Promise<Drift[]>;
  rows(run: Run): Promise<PlanRow[]>;
  connection(): Promise<ConnectionState>;
  /** Newest first. */
  runs(kind?: 'full' | 'objects'): Promise<Run[]>;
  sentences(type: string): Promise<Record<string, unknown>[]>;
  device(theirId: number): Record<string, unknown>;
  asset(id: string): Promise<Record<string, unknown>>;
  /** Requests that change something there. */
  writes(): string[];
  jobsDead(): Promise<{ name: string; error: string }[]>;
  close(): Promise<void>;
}

export interface LabOptions {
  servers?: number;
  mode?: 'apply' | 'dry-run';
  env?: Record<string, string>;
  netbox?: NetboxSimulatorOptions;
  /** Begin as if nobody had ever compared. */
  strangers?: boolean;
}

export async function reconcileLab(options: LabOptions = {}): Promise<Lab> {
  const hands: { lab?: Lab } = {};
  const netbox = await startNetboxSimulator({
    token: 'of-the-owner',
    tokens: [{ token: 'of-the-hub', sees: (model, row) => hands.lab?.sees(model, row) ?? true }],
    ...options.netbox,
  });
  const seeded = seedFleet(netbox, options.servers ?? 60);
  const env = {
    ...{ NETBOX_URL: netbox.url, NETBOX_TOKEN: 'of-the-hub', NETBOX_REQUESTS_PER_SECOND: '1000' },
    ...{ RECONCILE_AT: 'off', RECONCILE_FOLLOW_MS: '0', SETTLE_MS: '300', NETBOX_CHANGE_OVERLAP_MS: '2000' },
    ...options.env,
  };
  const on = await testHub({ machines: 0, mode: 'dry-run', env });
  const { db } = on.hub.ctx;
  const servers: LabServer[] = [];
  for (const { name, serial, theirId } of seeded) {
    const input = { name, serial, manufacturer: 'Dell Inc.', model: 'PowerEdge R650', state: 'RACKED' as const };
    const { id } = await tx(on.hub.ctx, (inside) => createAsset(inside, input));
    servers.push({ id, theirId, name, serial });
  }

  const found: Lab = {
    ...{ on, netbox, servers, sees: () => true, onRequest: () => {} },
    env: { ...on.stage.env, LOG_LEVEL: 'warn', DATABASE_URL: on.database.url, REDIS_URL: on.redisUrl, ...env },
    ask: (method, path, body) => call(on.url + path, { key: on.apiKey, method, ...(body ? { body } : {}) }),
    async look() {
      const { status, json, text } = await found.ask('POST', '/v1/reconcile/runs', { system: SYSTEM });
      if (status !== 202) throw new Error(`no run: ${status} ${text}`);
      return found.runsThatEnd(String(json['id']));
    },
    async approve(run) {
      const { status, text } = await found.ask('POST', `/v1/reconcile/runs/${run.id}/approve`, {
        plan_hash: run.planHash,
        accept_brakes: true,
      });
      if (status !== 202) throw new Error(`not approved: ${status} ${text}`);
      return found.runsThatEnd(run.id);
    },
    runsThatEnd: (id) =>
      until(
        `the end of run ${id}`,
        async () => {
          const run = await findRun(db, id);
          return run && ['planned', 'done', 'failed', 'refused', 'superseded'].includes(run.state) ? run : undefined;
        },
        PATIENCE_MS,
      ),
    async quiet(timeoutMs = PATIENCE_MS) {
      let still = 0;
      await until(
        'quiet',
        async () => {
          await netbox.webhooksSent();
          const left = await underWay(on);
          still = left.length === 0 ? still + 1 : 0;
          if (left.length > 0) throw new Error(left.join(', '));
          return still >= 3;
        },
        timeoutMs,
      );
    },
    async inStep() {
      await found.quiet();
      const { state, error } = await found.look();
      await found.quiet();
      const left = (await found.drifts()).map(
        ({ label, field, kind, reason }) => `${label} ${field} ${kind}: ${reason}`,
      );
      const dead = (await found.jobsDead()).map(({ name, error: why }) => `${name}: ${why}`);
      if (state !== 'done' || error !== null || left.length + dead.length > 0)
        throw new Error(`not in step: ${[`${state} ${error ?? ''}`, ...left, ...dead].join('\n')}`);
    },
    world: async () => ({ there: worldThere(netbox), here: await worldHere(on) }),
    async drifts(where = {}) {
      const rows = await db('drifts').whereNot({ state: 'resolved' }).andWhere(where).orderBy('label').select('*');
      return rows.map(toDrift);
    },
    rows: (run) => pagePlanRows(db, { runId: run.id, after: 0, limit: 10_000 }),
    connection: () => findConnection(db, SYSTEM),
    async runs(kind = 'full') {
      return (await db('reconcile_runs').where({ kind }).orderBy('id', 'desc').select('*')).map(toRun);
    },
    async sentences(type) {
      const rows = await db('events').where({ type }).orderBy('id').select('data');
      return rows.map(({ data }) => JSON.parse(String(data)) as Record<string, unknown>);
    },
    device(theirId) {
      const shown = netbox.show('device', theirId);
      if (!shown) throw new Error(`there is no device ${theirId}`);
      return shown;
    },
    async asset(id) {
      const [row] = await db('assets').where({ id }).select('*');
      if (!row) throw new Error(`there is no asset ${id}`);
      return row;
    },
    writes: () =>
      netbox.server.requests
        .filter(({ method }) => !['GET', 'OPTIONS', 'HEAD'].includes(method))
        .map(({ method, path }) => `${method} ${path}`),
    async jobsDead() {
      const rows = await db('jobs').where({ state: 'dead' }).select('name', 'error');
      return rows.map(({ name, error }) => ({ name: String(name), error: String(error) }));
    },
    async close() {
      await on.close();
      await netbox.close();
    },
  };
  hands.lab = found;
  netbox.server.watch((request, phase) => found.onRequest(request, phase));
  if (!options.strangers) await bringInStep(found);
  if (options.mode !== 'dry-run') await applyByItself(on.hub);
  await found.quiet();
  netbox.server.forget();
  return found;
}

/** Somebody looks at the first plan, and agrees; and again, until nothing differs. */
async function bringInStep(lab: Lab): Promise<void> {
  await lab.quiet();
  for (let times = 0; times < 2; times += 1) {
    const run = await lab.look();
    if (run.state === 'planned') await lab.approve(run);
    await lab.quiet();
  }
  await lab.inStep();
}

function seedFleet(netbox: NetboxSimulator, count: number): { name: string; serial: string; theirId: number }[] {
  const fleet = Array.from({ length: count }, (_, at) => {
    const rack = Math.floor(at / PER_RACK);
    return {
      name: `srv-${String(at + 1).padStart(3, '0')}`,
      serial: `SN${String(at + 1).padStart(5, '0')}`,
      site: rack % 2 === 0 ? 'ams1' : 'fra1',
      rack: `r${String(rack + 1).padStart(2, '0')}`,
      position: (at % PER_RACK) + 1,
    };
  });
  const ids = netbox.seed({ sites: ['ams1', 'fra1'], devices: fleet });
  return fleet.map(({ name, serial }) => ({ name, serial, theirId: ids.get(name) ?? 0 }));
}

async function underWay({ hub: { ctx } }: TestHub): Promise<string[]> {
  const { db } = ctx;
  const counts: Record<string, Record<string, unknown>[]> = {
    events: await db('outbox').count({ n: '*' }),
    webhooks: await db('deliveries').where({ state: 'pending' }).count({ n: '*' }),
    jobs: await db('jobs')
      .whereIn('state', ['waiting', 'active'])
      .whereNot({ name: 'follow-changes' })
      .count({ n: '*' }),
    notices: await db('reconcile_notices').count({ n: '*' }),
    runs: await db('reconcile_runs')
      .whereIn('state', ['requested', 'planning', 'approved', 'applying'])
      .count({ n: '*' }),
  };
  return Object.entries(counts).flatMap(([name, [row]]) => (Number(row?.['n']) > 0 ? [`${name}: ${row?.['n']}`] : []));
}

const LOOKED_AT: readonly ModelName[] = [
  ...(['site', 'location', 'rack', 'device', 'interface', 'macAddress', 'ipAddress', 'module'] as const),
];

function worldThere(netbox: NetboxSimulator): Record<string, unknown> {
  return Object.fromEntries(
    LOOKED_AT.map((model) => [
      model,
      netbox.database.all(model).map((row) => structuredClone(without(row, ['last_updated']))),
    ]),
  );
}

function without(row: Record<string, unknown>, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column)));
}

async function worldHere({ hub }: TestHub): Promise<Record<string, unknown>> {
  const when = ['updated_at', 'version', 'recorded_at'];
  const tables: Record<string, unknown> = {};
  for (const table of ['assets', 'locations'])
    tables[table] = (await hub.ctx.db(table).orderBy('id').select('*')).map((row) => without(row, when));
  return tables;
}
