import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { startHubProcess } from '#demo/hub-process.ts';
import type { Services } from '#setup/services.ts';
import { newId } from '#src/core/id.ts';
import { insertRows } from '#src/core/insert-rows.ts';
import { connectDatabase } from '#src/database.ts';
import { migrate } from '#src/migrate.ts';
import type { Found } from '../ingest-table.ts';
import { usageOf } from '../reconcile/process-usage.ts';
import { bareRound } from './bare-round.ts';
import { type Bmcs, startBmcs } from './bmcs.ts';
import { fleetBmc, LATENCY_MS, LOGIN, SLOW_MS } from './fleet.ts';
import { GOAL_BMCS, type RedfishScale } from './scale.ts';

/** No round takes longer. */
const LONGEST_MS = 30 * 60_000;
const ROUND_SECONDS = 300;
const REAP_MS = 15 * 60_000;
const SCHEME = 'https';

interface Round {
  seconds: number;
  cpuSeconds: number;
  databaseSeconds: number;
  requests: number;
}

/** One worker of a hub polls a fleet of BMCs: the first look at each, and one more at each. */
export async function measureFleet(
  services: Services,
  scale: RedfishScale,
  say: (line: string) => void,
): Promise<Found[]> {
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const bmcs = await startBmcs(scale.bmcs, SCHEME);
    ends.push(() => bmcs.stop());
    const url = await services.createDatabase('redfish');
    const db = connectDatabase(url, 2);
    ends.push(() => db.destroy());
    await migrate(db);
    await seedServers(db, scale.bmcs);
    const env = {
      DATABASE_URL: url,
      REDIS_URL: services.redis.url,
      SECRET_KEY: 'bench bench bench bench bench bench',
      LOG_LEVEL: 'error',
      BMC_PORT: String(bmcs.port),
      BMC_SCHEME: SCHEME,
      REDFISH_USERNAME: LOGIN.username,
      REDFISH_PASSWORD: LOGIN.password,
      // A small fleet is there to see whether it works.
      HEALTH_POLL_MS: scale.bmcs < GOAL_BMCS ? '10000' : '60000',
      LOG_POLL_MS: '0',
      RECONCILE_AT: 'off',
      RECONCILE_FOLLOW_MS: '0',
      POLL_CONCURRENCY: String(scale.atOnce),
      // Without a limit V8 lets garbage lie until there is as much of it as on a machine that is its own.
      NODE_OPTIONS: `--max-old-space-size=${scale.heapMb} --max-semi-space-size=8`,
      // As the image has it.
      MALLOC_ARENA_MAX: '2',
      UPLOAD_PATH: path.join(services.folder, 'uploads'),
      DIRECTORY_PATH: path.join(services.folder, 'objects'),
    };
    say(
      `${scale.bmcs} BMCs over ${SCHEME}, ${LATENCY_MS} ms an answer; 1 % never answer, 1 % take ${SLOW_MS / 1000} s, 0.5 % have another password; ${scale.atOnce} polled at a time by a worker with a heap of ${scale.heapMb} MB`,
    );
    const worker = await startHubProcess('worker', env, path.join(services.folder, 'worker.log'));
    ends.push(() => worker.stop());
    const pids = { worker: worker.pid, database: services.pids.mariaDb ?? 0 };

    const first = await round({ db, bmcs, pids, askedSince: null, servers: scale.bmcs });
    // Those that refuse the password are asked again only after minutes.
    const lockedOut = Array.from({ length: scale.bmcs }, (_, nth) => fleetBmc(nth)).filter(
      ({ mood }) => mood === 'locked-out',
    );
    const again = await round({ db, bmcs, pids, askedSince: new Date(), servers: scale.bmcs - lockedOut.length });
    const { peakMb } = usageOf(worker.pid);
    const outcome = await outcomesOf(db);
    say(`${outcome.answered} answered, ${outcome.silent} did not (${outcome.reasons.join('; ')})`);
    const seen = await bmcs.counts();
    await worker.stop();
    const atStop = (await bmcs.counts()).sessionsOpen;
    const left = atStop === 0 ? 0 : await reaped(services, { ...env, HEALTH_POLL_MS: '0' }, bmcs);
    say(`${atStop} sessions were open when the worker had stopped, ${left} when another one had looked after them`);
    const bare = await bareRound(scale, bmcs.port);
    say(
      `baseline: the bare requests of such a round with undici, Basic and no TLS session kept, nothing parsed or kept: ${bare.seconds.toFixed(1)} s, CPU ${bare.cpuSeconds.toFixed(1)} s`,
    );
    return [
      ...roundRows('first look', first, scale),
      ...roundRows('later round', again, scale),
      {
        what: 'peak memory of the worker',
        figure: `${peakMb.toFixed(0)} MB`,
        goal: goal('redfish-memory', peakMb, 'MB', 400),
      },
      {
        what: 'most requests at a time at one BMC',
        figure: String(seen.mostInFlight),
        goal: goal('redfish-in-flight', seen.mostInFlight, 'requests', 2),
      },
      {
        what: 'most sessions at one BMC',
        figure: String(seen.mostSessions),
        goal: goal('redfish-sessions', seen.mostSessions, 'sessions', 1),
      },
      {
        what: 'most wrong passwords at one BMC',
        figure: String(seen.mostRefused),
        goal: goal('redfish-refused', seen.mostRefused, 'logins', 2),
      },
      {
        what: 'sessions left',
        figure: String(left),
        goal: goal('redfish-sessions-left', left, 'sessions', 0),
      },
    ];
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

function roundRows(what: string, round: Round, { bmcs }: RedfishScale): Found[] {
  const name = `redfish-${what.replace(' ', '-')}`;
  return [
    {
      what: `${what} at all ${bmcs}`,
      figure: `${round.seconds.toFixed(1)} s; CPU ${round.cpuSeconds.toFixed(1)} s, MariaDB ${round.databaseSeconds.toFixed(1)} s; ${(round.requests / bmcs).toFixed(1)} requests a BMC`,
      ...(bmcs >= GOAL_BMCS ? { goal: goal(name, round.seconds, 's', ROUND_SECONDS) } : {}),
    },
  ];
}

function goal(name: string, value: number, unit: string, target: number) {
  return { name, value, unit, relation: '<=', target } as const;
}

interface Asked {
  db: Knex;
  bmcs: Bmcs;
  pids: { worker: number; database: number };
  /** Null: ever. */
  askedSince: Date | null;
  servers: number;
}

/** A worker that polls nothing deletes what the one before it had no time for. */
async function reaped(services: Services, env: Record<string, string>, bmcs: Bmcs): Promise<number> {
  const worker = await startHubProcess('worker', env, path.join(services.folder, 'worker.log'));
  const giveUpAt = performance.now() + REAP_MS;
  try {
    for (;;) {
      const { sessionsOpen } = await bmcs.counts();
      if (sessionsOpen === 0 || performance.now() > giveUpAt) return sessionsOpen;
      await sleep(1_000);
    }
  } finally {
    await worker.stop();
  }
}

/** Until each server was polled once more, answered or not. @throws Error where that takes too long */
async function round({ db, bmcs, pids, askedSince, servers }: Asked): Promise<Round> {
  const [before, databaseBefore] = [usageOf(pids.worker), usageOf(pids.database)];
  const requests = (await bmcs.counts()).requests;
  const started = performance.now();
  const since = (askedSince ?? new Date(0)).toISOString().slice(0, 23).replace('T', ' ');
  for (;;) {
    const [row] = await db('bmc_health').where('asked_at', '>', since).count({ asked: '*' });
    if (Number(row?.['asked']) >= servers) break;
    if (performance.now() - started > LONGEST_MS)
      throw new Error(`only ${String(row?.['asked'])} of ${servers} were polled in ${LONGEST_MS / 60_000} minutes`);
    // Looking is not for nothing: it reads the whole table.
    await sleep(Math.max(250, servers / 4));
  }
  return {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: usageOf(pids.worker).cpuSeconds - before.cpuSeconds,
    databaseSeconds: usageOf(pids.database).cpuSeconds - databaseBefore.cpuSeconds,
    requests: (await bmcs.counts()).requests - requests,
  };
}

async function outcomesOf(db: Knex): Promise<{ answered: number; silent: number; reasons: string[] }> {
  const [rows] = (await db.raw(
    `SELECT REGEXP_REPLACE(failure, '127[.0-9:]+|[0-9TZ:-]{19,}', '…') AS failure, count(*) AS servers
     FROM bmc_health GROUP BY 1 ORDER BY 2 DESC`,
  )) as [{ failure: string | null; servers: number }[]];
  const count = (which: (failure: string | null) => boolean): number =>
    rows.filter(({ failure }) => which(failure)).reduce((sum, { servers }) => sum + Number(servers), 0);
  const reasons = rows
    .flatMap(({ failure, servers }) => (failure === null ? [] : [`${servers}× ${failure}`]))
    .slice(0, 4);
  return { answered: count((failure) => failure === null), silent: count((failure) => failure !== null), reasons };
}

async function seedServers(db: Knex, servers: number): Promise<void> {
  const now = '2026-11-01 00:00:00';
  await insertRows(
    db,
    'assets',
    [
      'id',
      'name',
      'vendor_serial',
      'site',
      'rack',
      'lifecycle_state',
      'state_since',
      'bmc_address',
      'created_at',
      'updated_at',
    ],
    Array.from({ length: servers }, (_, nth) => [
      ...[newId(), `bench-${nth}`, `BENCH${nth}`, 'ams1', `r${Math.floor(nth / 40)}`, 'PHYSICAL_VALIDATED', now],
      ...[fleetBmc(nth).address, now, now],
    ]),
  );
}
