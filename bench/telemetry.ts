import os from 'node:os';
import path from 'node:path';
import { startHubProcess } from '#demo/hub-process.ts';
import { createWaker } from '#jobs/wake.ts';
import { startServices } from '#setup/services.ts';
import { composeHealth } from '#src/compose-health.ts';
import { adapterDefinitions } from '#src/compose.ts';
import { readConfig } from '#src/config.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { connectDatabase } from '#src/database.ts';
import type { Log } from '#src/kit/kit.ts';
import { migrate } from '#src/migrate.ts';
import type { Bench, Goal } from './bench.ts';
import { addServers, batchesOf, eventsOf } from './telemetry/fleet.ts';
import { measureRate } from './telemetry/measure-rate.ts';
import { measureRules } from './telemetry/measure-rules.ts';
import { catchUp, measureTickets } from './telemetry/measure-tickets.ts';

const PARTS = ['rules', 'rate', 'tickets', 'profile'] as const;

export interface TelemetryWishes {
  only?: string | undefined;
  events?: string | undefined;
  servers?: string | undefined;
  batch?: string | undefined;
  lanes?: string | undefined;
}

/** Symptoms of a fleet, half of them sent before: how fast they are taken, judged, and become tickets. */
export function benchTelemetry(wishes: TelemetryWishes): Bench {
  return {
    says: 'symptoms of a fleet, half of them duplicates, beside plain INSERT IGNOREs of the same rows; from an event to its ticket; rules in memory',
    async run(say) {
      const scale = scaleOf(wishes);
      const services = await startServices({
        name: 'bench',
        mariaDbSettings: { innodb_buffer_pool_size: String(cacheBytes()), innodb_log_file_size: '1G' },
      });
      const ends: (() => Promise<unknown>)[] = [() => services.stop()];
      try {
        const url = await services.createDatabase('reanimator');
        const env: Record<string, string> = {
          ...{ DATABASE_URL: url, REDIS_URL: services.redis.url, SECRET_KEY: 'b'.repeat(64), LOG_LEVEL: 'warn' },
          ...{ HTTP_PORT: '0', RECONCILE_FOLLOW_MS: '0', RECONCILE_AT: 'off', HEALTH_POLL_MS: '0', LOG_POLL_MS: '0' },
          UPLOAD_PATH: path.join(services.folder, 'uploads'),
        };
        const db = connectDatabase(url, scale.lanes + 8);
        ends.push(() => db.destroy());
        await migrate(db);
        const waker = createWaker(services.redis.url, silent);
        ends.push(() => waker.close());
        await waker.connected();
        const ctx: Ctx = { ...ctxOf(db), wake: (topic) => waker.wake(topic) };
        const { judge } = composeHealth(readConfig(env, adapterDefinitions), ctx.log);
        const fleet = await addServers(db, scale.servers);
        const events = eventsOf(fleet, scale.events / 2, { seed: 1, until: Date.now() });
        say(
          `${scale.events} events over ${scale.servers} servers, half of them duplicates; ${scale.batch} a batch, ${scale.lanes} at once; ${os.availableParallelism()} cores for database, hub and bench`,
        );
        const goals: Goal[] = [];
        if (scale.only.includes('rules')) {
          const value = measureRules(judge.rules(), events, scale.batch);
          goals.push({ name: 'telemetry-rules', value, unit: 'events/s per core', relation: '>=', target: 50_000 });
        }
        const stand = { ctx, judge, databasePid: services.pids.mariaDb ?? 0 };
        const profile = scale.only.includes('profile');
        const how = { lanes: scale.lanes, profile };
        if (scale.only.includes('rate') || profile) {
          const { ratio } = await measureRate(stand, batchesOf(events, scale.batch, 2), how, say);
          goals.push({ name: 'telemetry-rate', value: ratio, unit: 'x INSERT IGNORE', relation: '>=', target: 0.6 });
        }
        if (scale.only.includes('tickets')) {
          const worker = await startHubProcess('worker', env, path.join(services.folder, 'worker.log'));
          ends.push(() => worker.stop());
          const seconds = await catchUp(stand);
          const [{ tickets } = { tickets: 0 }] = await db('tickets').count({ tickets: '*' });
          say(`the worker had caught up after ${seconds.toFixed(1)} s; ${Number(tickets)} tickets`);
          const more = eventsOf(fleet, scale.events / 2, { seed: 3, until: Date.now() });
          const load = { fleet, batches: batchesOf(more, scale.batch, 4), lanes: scale.lanes };
          const { latencies, perSecond } = await measureTickets(stand, load);
          const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
          say(
            `from a report to its ticket, at ${perSecond.toFixed(0)} events/s beside it and a worker: ${latencies.length} faults, p50 ${at(0.5).toFixed(0)} ms, p95 ${at(0.95).toFixed(0)} ms, longest ${at(1).toFixed(0)} ms`,
          );
          goals.push({ name: 'telemetry-ticket-p95', value: at(0.95), unit: 'ms', relation: '<=', target: 1000 });
        }
        return goals;
      } finally {
        for (const end of ends.toReversed()) await end();
      }
    },
  };
}

function scaleOf(wishes: TelemetryWishes) {
  const only = wishes.only?.split(',') ?? ['rules', 'rate', 'tickets'];
  const unknown = only.filter((part) => !PARTS.some((one) => one === part));
  if (unknown.length > 0) throw new Error(`--only takes ${PARTS.join(', ')}; not ${unknown.join(', ')}`);
  const number = (text: string | undefined, otherwise: number): number => {
    const found = text === undefined ? otherwise : Number(text);
    if (!Number.isInteger(found) || found < 1) throw new Error(`${text} is no count`);
    return found;
  };
  return {
    only,
    events: number(wishes.events, 100_000),
    servers: number(wishes.servers, 10_000),
    batch: number(wishes.batch, 5_000),
    lanes: number(wishes.lanes, 2),
  };
}

/** Half of what the machine has free, as for `ingest`; at most what a run needs. */
function cacheBytes(): number {
  return Math.min(2 ** 31, Math.max(128 * 2 ** 20, Math.floor(os.freemem() / 2 / 2 ** 27) * 2 ** 27));
}

const silent: Log = {
  ...{ debug() {}, info() {}, warn() {}, error: (...told) => console.error(...told), child: () => silent },
};

function ctxOf(db: Ctx['db']): Ctx {
  return {
    ...{ db, actor: 'bench', cause: null, log: silent, signal: new AbortController().signal, now: () => new Date() },
    wake() {},
  };
}
