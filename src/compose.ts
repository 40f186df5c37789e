import { adapters as adapterDefinitions } from '#adapters/index.ts';
import { checkWiring, handlers, jobTypes, reactions } from '#jobs/index.ts';
import { reconcileSchedules } from '#jobs/reconcile/schedules.ts';
import { createWaker, type Waker } from '#jobs/wake.ts';
import { startWorker, type RunningWorker } from '#jobs/worker.ts';
import { createDoorman } from './access/doorman.ts';
import { keptAnswers } from './access/kept-answers.ts';
import { createLockouts } from './access/lockouts.ts';
import { accessRoutes } from './access/routes.ts';
import * as arrivalEvents from './arrivals/events.ts';
import { arrivalRoutes } from './arrivals/routes.ts';
import * as assetEvents from './assets/events.ts';
import { assetRoutes } from './assets/routes.ts';
import * as bmcAccessEvents from './bmc-access/events.ts';
import { bmcAccessRoutes } from './bmc-access/routes.ts';
import { bmcCredentials } from './bmc-credentials.ts';
import { bmcAccessSchedules } from '#jobs/bmc-access-schedules.ts';
import { type ComposedHealth, composeHealth, healthEvents, noticeHealth } from './compose-health.ts';
import { composeFirmware, firmwareEvents } from './compose-firmware.ts';
import { composeHistory } from './compose-history.ts';
import { composeReconcile } from './compose-reconcile.ts';
import { composeStock, stockEvents } from './compose-stock.ts';
import { caseEvents, composeCases } from './compose-cases.ts';
import { composeTickets, ticketEvents } from './compose-tickets.ts';
import type { Configuration } from './config.ts';
import type { Ctx } from './core/ctx.ts';
import { createLog } from './create-log.ts';
import { get, type Route } from './core/route.ts';
import { createSeal, type Seal } from './core/seal.ts';
import { checkDatabase, connectDatabase } from './database.ts';
import { type Catalogue, createCatalogue } from './events/catalogue.ts';
import { eventRoutes } from './events/routes.ts';
import type { JobSettings } from '#jobs/job-ctx.ts';
import { jobRoutes } from './journal/routes.ts';
import type { Log } from './kit/kit.ts';
import { createRegistry } from './kit/registry.ts';
import * as driftEvents from './drift/events.ts';
import type { Reconciled } from './drift/reconciled.ts';
import * as controlEvents from './control/events.ts';
import { controlRoutes } from './control/routes.ts';
import * as customerEvents from './customers/events.ts';
import { projectRoutes } from './customers/project-routes.ts';
import { customerRoutes } from './customers/routes.ts';
import * as historyEvents from './history/events.ts';
import type { Intake } from './history/intake/intake.ts';
import * as locationEvents from './locations/events.ts';
import { locationRoutes } from './locations/routes.ts';
import * as lotEvents from './lots/events.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { pendingMigrations } from './migrate.ts';
import { monitoringRoutes } from './monitoring/routes.ts';
import * as observationEvents from './observations/events.ts';
import { deliveryRoutes } from './observations/routes.ts';
import { openApiDocument } from './openapi.ts';
import type { Adapters } from './ports/adapters.ts';
import { checkRedis } from './redis-check.ts';
import { createSharedStore } from './shared-store.ts';
import { type Readiness, systemRoutes } from './system-routes.ts';
import { createWebApp, listen, type RunningWeb } from './web.ts';

export { adapterDefinitions, createLog };

/** Everything that a process needs, made once from its configuration. */
export interface Hub {
  ctx: Ctx;
  config: Configuration;
  adapters: Adapters;
  catalogue: Catalogue;
  metrics: Metrics;
  routes: Route[];
  seal: Seal;
  intake: Intake;
  reconciled: Reconciled;
  waker: Waker;
  judge: ComposedHealth['judge'];
  readiness(ctx: Ctx): Promise<Readiness>;
  startWeb(): Promise<RunningWeb>;
  /** `metricsUrl`: where it answers /healthz, /readyz and /metrics. */
  startWorker(): Promise<RunningWorker & { metricsUrl: string }>;
  close(): Promise<void>;
}

export function eventCatalogue(): Catalogue {
  return createCatalogue(
    arrivalEvents,
    assetEvents,
    bmcAccessEvents,
    controlEvents,
    customerEvents,
    driftEvents,
    firmwareEvents,
    healthEvents,
    historyEvents,
    locationEvents,
    lotEvents,
    observationEvents,
    stockEvents,
    ticketEvents,
    caseEvents,
  );
}

/** @throws Error for wiring or mapping faults; HubError unavailable where MariaDB or Redis are not fit */
export async function composeHub(config: Configuration, log: Log = createLog(config.LOG_LEVEL)): Promise<Hub> {
  const catalogue = eventCatalogue();
  checkWiring({ jobTypes, handlers, reactions, eventTypes: new Set(catalogue.keys()) });
  const health = composeHealth(config, log);
  const metrics = createMetrics();
  const db = connectDatabase(config.DATABASE_URL, config.DATABASE_POOL, log);
  const waker = createWaker(config.REDIS_URL, log);
  const stopping = new AbortController();
  const ctx: Ctx = {
    db,
    actor: 'system',
    cause: null,
    log,
    signal: stopping.signal,
    now: () => new Date(),
    wake: (topic) => waker.wake(topic),
  };
  const seal = createSeal(config.SECRET_KEY);
  const shared = createSharedStore({ redis: waker.redis, seal, secretKey: config.SECRET_KEY, log });
  const adapters = createRegistry(config.adapters, {
    log,
    now: () => ctx.now(),
    lockouts: (adapter) => createLockouts(db, adapter, config.SECRET_KEY, () => ctx.now()),
    shared: (adapter) => shared.of(adapter),
    observeHttp: metrics.observeHttp,
    observeCall: metrics.observeCall,
  });
  const history = composeHistory(config, adapters, noticeHealth(health.settings));
  const reconcile = composeReconcile(config, adapters);
  const firmware = composeFirmware(config);
  const tickets = composeTickets(config, log);
  const stock = composeStock(config);

  async function readiness(asking: Ctx): Promise<Readiness> {
    const checks: Readiness['checks'] = {};
    const check = async (name: string, find: () => Promise<string>): Promise<void> => {
      try {
        checks[name] = { ok: true, found: await find() };
      } catch (error) {
        checks[name] = { ok: false, found: error instanceof Error ? error.message : String(error) };
      }
    };
    await check('database', () => checkDatabase(asking.db));
    await check('redis', async () => {
      await waker.connected();
      return checkRedis(waker.redis);
    });
    for (const [name, { rules }] of [['telemetry', health] as const, ['correlation', tickets] as const])
      checks[`${name} rules`] = { ok: true, found: rules.state().found };
    await check('schema', async () => {
      const pending = await pendingMigrations(asking.db);
      if (pending.length > 0) throw new Error(`${pending.length} migration(s) to apply: run reanimator migrate`);
      return 'up to date';
    });
    return { ready: Object.values(checks).every(({ ok }) => ok), checks };
  }

  const systemOf = (ready: typeof readiness): Route[] =>
    systemRoutes({ ready, metrics: (asking) => metrics.render(asking, adapters, shared.reachable()) });
  const routes: Route[] = [
    ...accessRoutes,
    ...assetRoutes,
    ...controlRoutes,
    ...bmcAccessRoutes(seal),
    ...firmware.routes,
    ...history.routes,
    ...customerRoutes,
    ...projectRoutes,
    ...locationRoutes,
    ...arrivalRoutes(seal),
    ...health.routes,
    ...tickets.routes,
    ...stock.routes,
    ...composeCases(adapters).routes,
    ...jobRoutes,
    ...reconcile.routes,
    ...deliveryRoutes,
    ...monitoringRoutes,
    ...eventRoutes(catalogue, config.PUBLIC_URL),
    ...systemOf(readiness),
  ];
  const documented = [...routes];
  let document: object | undefined;
  routes.push(
    get(
      {
        id: 'getSchema',
        path: '/api/schema',
        summary: 'This document',
        tag: 'System',
        scope: null,
        answers: { 200: { says: 'OpenAPI 3.1', schema: null } },
      },
      async () => ({ status: 200, body: (document ??= openApiDocument(documented, config.PUBLIC_URL)) }),
    ),
  );

  const serving = {
    doorman: createDoorman(config.SECRET_KEY),
    kept: keptAnswers,
    checkAnswers: config.CHECK_ANSWERS,
    adapters,
    metrics,
    loseRefused: new Set(adapterDefinitions.filter(({ losesRefused }) => losesRefused).map(({ id }) => id)),
  };
  const settings: JobSettings = {
    publicUrl: config.PUBLIC_URL,
    hardenTemplate: config.HARDEN_TEMPLATE,
    followMs: config.FOLLOW_MS,
    settleMs: config.SETTLE_MS,
    ...firmware.settings,
    ...stock.settings,
    feedsReadMs: config.FEEDS_READ_MS,
    reconcile: reconcile.settings,
    health: health.settings,
    tickets: tickets.settings,
    bmc: { scheme: config.BMC_SCHEME, port: config.BMC_PORT ?? null, ...bmcCredentials(config) },
  };

  /** A worker whose loops do not come round is not ready, whatever its connections say. */
  function withLoops(worker: RunningWorker): typeof readiness {
    return async (asking) => {
      const { checks } = await readiness(asking);
      const seconds = Math.round((Date.now() - worker.lastOk()) / 1000);
      checks['loops'] = { ok: seconds <= LOOPS_SECONDS, found: `all went well ${seconds} s ago` };
      return { ready: Object.values(checks).every(({ ok }) => ok), checks };
    };
  }

  return {
    ctx,
    config,
    adapters,
    catalogue,
    metrics,
    routes,
    seal,
    intake: history.intake,
    reconciled: reconcile.reconciled,
    waker,
    judge: health.judge,
    readiness,
    startWeb: () =>
      listen(createWebApp(ctx, { ...serving, routes, uiFolder: UI_FOLDER }), config.HTTP_HOST, config.HTTP_PORT),
    async startWorker() {
      const worker = await startWorker(ctx, {
        redisUrl: config.REDIS_URL,
        waker,
        handlers,
        reactions,
        adapters,
        bundles: history.intake,
        seal,
        settings,
        polls: health.polls,
        schedules: [
          ...reconcileSchedules(reconcile.reconciled, config),
          ...bmcAccessSchedules(config),
          ...stock.schedules,
          ...tickets.schedules,
          ...health.schedules,
        ],
        concurrency: config.WORKER_CONCURRENCY,
        leaseMs: config.WORKER_LEASE_MS,
        observe: metrics.observeJob,
      });
      const watched = await listen(
        createWebApp(ctx, { ...serving, routes: systemOf(withLoops(worker)), uiFolder: undefined }),
        config.HTTP_HOST,
        config.METRICS_PORT,
      );
      log.info({ worker: worker.name, metrics: watched.url }, 'worker runs');
      return {
        ...worker,
        metricsUrl: watched.url,
        async stop() {
          await watched.stop();
          await worker.stop();
        },
      };
    },
    async close() {
      stopping.abort(new Error('the hub stops'));
      await adapters.close();
      shared.close();
      await waker.close();
      await db.destroy();
    },
  };
}

/** The loops come round every second; a turn is given up after 45. */
const LOOPS_SECONDS = 60;

const UI_FOLDER = new URL('./ui/screens/', import.meta.url).pathname;
