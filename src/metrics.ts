import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { Ctx } from './core/ctx.ts';
import { countByState } from './assets/reads.ts';
import { outboxLagSeconds } from './events/reads.ts';
import { pollLagSeconds } from './health/reads.ts';
import { journalHealth } from './journal/reads.ts';
import type { HttpObserver } from './kit/http.ts';
import { pendingDeliveries } from './observations/reads.ts';
import type { Adapters } from './ports/adapters.ts';

export interface Metrics {
  observeHttp: HttpObserver;
  observeCall(call: { adapter: string; capability: string; operation: string; outcome: string; ms: number }): void;
  observeJob(job: { name: string; end: string; ms: number; removedRows: Readonly<Record<string, number>> }): void;
  observeDelivery(adapter: string, outcome: 'taken' | 'repeated' | 'refused'): void;
  /** Prometheus text. */
  render(ctx: Ctx, adapters: Adapters, sharing: boolean): Promise<{ contentType: string; text: string }>;
}

const SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 30, 120, 600];
const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const;

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'reanimator_adapter_requests_total',
    help: 'HTTP requests to other systems',
    labelNames: ['adapter', 'method', 'status'],
    registers,
  });
  const calls = new Histogram({
    name: 'reanimator_adapter_call_seconds',
    help: 'Calls of capabilities',
    labelNames: ['adapter', 'capability', 'operation', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const jobs = new Histogram({
    name: 'reanimator_job_seconds',
    help: 'Runs of jobs',
    labelNames: ['job', 'end'],
    buckets: SECONDS,
    registers,
  });
  const taken = new Counter({
    name: 'reanimator_webhook_deliveries_total',
    help: 'Webhook deliveries',
    labelNames: ['adapter', 'outcome'],
    registers,
  });
  const removed = new Counter({
    name: 'reanimator_removed_rows_total',
    help: 'Rows that were too old to be kept',
    labelNames: ['table'],
    registers,
  });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const jobsBy = gauge('reanimator_jobs', 'Jobs that are not done', ['state']);
  const queueAge = gauge('reanimator_queue_age_seconds', 'How long the oldest due job has waited');
  const outboxWaiting = gauge('reanimator_outbox_events', 'Events that have no place in the feed yet');
  const outboxAge = gauge('reanimator_outbox_lag_seconds', 'Age of the oldest of them');
  const deliveriesWaiting = gauge('reanimator_deliveries_pending', 'Webhook deliveries that were not handled yet');
  const deliveryAge = gauge('reanimator_deliveries_age_seconds', 'Age of the oldest of them');
  const pollLag = gauge('reanimator_bmc_poll_lag_seconds', 'How long the oldest due poll of a BMC has waited');
  const breakers = gauge('reanimator_adapter_breaker', 'Circuit breaker: 0 closed, 1 half open, 2 open', ['adapter']);
  const shares = gauge(
    'reanimator_sharing',
    'Leases and BMC sessions are shared by all processes: 1; Redis is away and they are not: 0',
  );
  const assets = gauge('reanimator_assets', 'Servers by lifecycle state', ['state']);
  return {
    observeHttp: ({ system, method, status }) => requests.inc({ adapter: system, method, status: String(status) }),
    observeCall: ({ ms, ...labels }) => calls.observe(labels, ms / 1000),
    observeJob({ name, end, ms, removedRows }) {
      jobs.observe({ job: name, end }, ms / 1000);
      for (const [table, rows] of Object.entries(removedRows)) removed.inc({ table }, rows);
    },
    observeDelivery: (adapter, outcome) => taken.inc({ adapter, outcome }),
    async render(ctx, adapters, sharing) {
      const [journal, outbox, deliveries, lag, states] = await Promise.all([
        journalHealth(ctx),
        outboxLagSeconds(ctx),
        pendingDeliveries(ctx),
        pollLagSeconds(ctx),
        countByState(ctx),
      ]);
      for (const state of ['waiting', 'active', 'dead']) jobsBy.set({ state }, journal.byState[state] ?? 0);
      queueAge.set(journal.oldestDueSeconds);
      outboxWaiting.set(outbox.waiting);
      outboxAge.set(outbox.oldestSeconds);
      deliveriesWaiting.set(deliveries.pending);
      pollLag.set(lag);
      deliveryAge.set(deliveries.oldestSeconds);
      for (const [adapter, state] of Object.entries(adapters.breakers()))
        breakers.set({ adapter }, BREAKER[state as keyof typeof BREAKER] ?? 0);
      shares.set(sharing ? 1 : 0);
      assets.reset();
      for (const [state, count] of Object.entries(states)) assets.set({ state }, count);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
