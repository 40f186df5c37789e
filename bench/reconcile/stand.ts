import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { applyByItself } from '#demo/apply-by-itself.ts';
import { type HubProcess, startHubProcess } from '#demo/hub-process.ts';
import { bootstrapRecords } from '#src/bootstrap-records.ts';
import { adapterDefinitions, composeHub, createLog, type Hub } from '#src/compose.ts';
import { readConfig } from '#src/config.ts';
import { tx } from '#src/core/tx.ts';
import { connectDatabase } from '#src/database.ts';
import { approvePlan } from '#src/drift/commands/approve-plan.ts';
import { requestRun } from '#src/drift/commands/request-run.ts';
import { findRun, type Run } from '#src/drift/run-store.ts';
import { migrate } from '#src/migrate.ts';
import { freePort, type Services } from '#setup/services.ts';
import { type NetboxProcess, startNetboxProcess } from './netbox.ts';
import type { Counted } from './netbox-process.ts';
import type { PlainAsked, PlainFound } from './plain-way.ts';
import { forgetPeak, usageOf } from './process-usage.ts';
import { seedHub } from './seed-hub.ts';

/** No look at everything takes longer. */
const LONGEST_MS = 3_600_000;
/** As fast as it goes: by default the hub leaves NetBox alone for 50 ms after each request. */
const PER_SECOND = '1000';

/** One look at everything, with what it cost. */
export interface Look extends Counted {
  run: Run;
  seconds: number;
  /** Of the hub's worker. */
  cpuSeconds: number;
  databaseSeconds: number;
  /** Of the hub's worker, in MB. */
  peakMb: number;
}

/** What a stand needs of a NetBox: a fleet in it, and how often it was asked. */
export type CountedNetbox = Pick<NetboxProcess, 'url' | 'token' | 'seed' | 'count' | 'tell' | 'stop'>;

/** A hub's worker as it runs everywhere, MariaDB, and NetBox in another process, with the same fleet on both sides. */
export interface Stand<N extends CountedNetbox = NetboxProcess> {
  hub: Hub;
  netbox: N;
  env: Record<string, string>;
  folder: string;
  /** A fresh one, instead of the one that runs. */
  startWorker(): Promise<HubProcess>;
  /** A plan that the brakes stop is approved, as a person would. */
  look(reason: string): Promise<Look>;
  plainly(reads: readonly string[]): Promise<PlainFound>;
  close(): Promise<void>;
}

export interface StandFleet {
  devices: number;
  /** Of each server. */
  parts: number;
}

export async function setStand(services: Services, fleet: StandFleet, say: (line: string) => void): Promise<Stand> {
  return setStandOn(await startNetboxProcess(), services, fleet, say);
}

/** On this NetBox, which is empty, and ends with the stand. */
export async function setStandOn<N extends CountedNetbox>(
  netbox: N,
  services: Services,
  fleet: StandFleet,
  say: (line: string) => void,
): Promise<Stand<N>> {
  const ends: (() => Promise<unknown>)[] = [() => netbox.stop()];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    const port = await freePort();
    const schema = `fleet_${fleet.devices}_${fleet.parts}`;
    const env: Record<string, string> = {
      DATABASE_URL: await services.createDatabase(schema),
      REDIS_URL: services.redis.url,
      SECRET_KEY: 'bench bench bench bench bench bench',
      HTTP_PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      UPLOAD_PATH: path.join(services.folder, 'uploads'),
      LOG_LEVEL: 'warn',
      NETBOX_URL: netbox.url,
      NETBOX_TOKEN: netbox.token,
      NETBOX_WEBHOOK_SECRET: 'bench-webhook-secret',
      NETBOX_REQUESTS_PER_SECOND: PER_SECOND,
      // Only what is asked for.
      RECONCILE_FOLLOW_MS: '0',
      HEALTH_POLL_MS: '0',
      LOG_POLL_MS: '0',
      RECONCILE_AT: 'off',
      ...imageOptions(),
    };
    ends.push(() => services.dropDatabase(schema));
    const config = readConfig(env, adapterDefinitions);
    const db = connectDatabase(config.DATABASE_URL, 2);
    const started = performance.now();
    await migrate(db);
    await seedHub(db, { devices: fleet.devices, modulesPerDevice: fleet.parts });
    await db.destroy();
    await netbox.seed({ devices: fleet.devices, modulesPerDevice: fleet.parts });
    const hub = await composeHub(config, createLog('error'));
    ends.push(() => hub.close());
    await bootstrapRecords(hub, false);
    await applyByItself(hub);
    say(
      `${fleet.devices} servers with ${fleet.devices * fleet.parts} components on both sides, made in ${secondsSince(started).toFixed(0)} s`,
    );
    let worker: HubProcess | undefined;
    ends.push(async () => worker?.stop());
    const startWorker = async (): Promise<HubProcess> => {
      await worker?.stop();
      return (worker = await startHubProcess('worker', env, path.join(services.folder, 'worker.log')));
    };
    return {
      ...{ hub, netbox, env, folder: services.folder, startWorker, close },
      async look(reason) {
        const { pid } = worker ?? (await startWorker());
        return lookOnce({ hub, netbox, workerPid: pid, databasePid: services.pids.mariaDb ?? 0 }, reason);
      },
      plainly: (reads) => plainly({ url: netbox.url, token: netbox.token, reads }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What Node is started with in the image, where that says anything. */
export function imageOptions(): { NODE_OPTIONS?: string } {
  const file = readFileSync(path.resolve(import.meta.dirname, '../../deploy/Dockerfile'), 'utf8');
  const options = /\bNODE_OPTIONS=(?:"([^"]*)"|(\S+))/.exec(file);
  return options ? { NODE_OPTIONS: options[1] ?? options[2] ?? '' } : {};
}

async function lookOnce(
  at: { hub: Hub; netbox: CountedNetbox; workerPid: number; databasePid: number },
  reason: string,
): Promise<Look> {
  const { hub, netbox, workerPid, databasePid } = at;
  await netbox.count();
  forgetPeak(workerPid);
  const [before, databaseBefore] = [usageOf(workerPid), usageOf(databasePid)];
  const started = performance.now();
  const { id } = await tx(hub.ctx, (inside) => requestRun(inside, { system: 'netbox', reason, applies: undefined }));
  hub.ctx.wake('relay');
  const run = await ended(hub, id);
  const seconds = secondsSince(started);
  const [after, databaseAfter] = [usageOf(workerPid), usageOf(databasePid)];
  return {
    ...(await netbox.tell()),
    run,
    seconds,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    databaseSeconds: databaseAfter.cpuSeconds - databaseBefore.cpuSeconds,
    peakMb: after.peakMb,
  };
}

/** @throws Error where it did not end well: what does nothing is fast */
async function ended(hub: Hub, id: string): Promise<Run> {
  for (const end = Date.now() + LONGEST_MS; Date.now() < end;) {
    const run = await findRun(hub.ctx.db, id);
    if (run?.state === 'planned') await approve(hub, run);
    if (run?.state === 'done') return run;
    if (run?.state === 'failed' || run?.state === 'refused')
      throw new Error(`run ${id} is ${run.state}: ${run.error ?? ''}`);
    // The worker would go on trying; here nothing is to go wrong.
    const [trouble] = await hub.ctx
      .db('jobs')
      .where({ name: 'reconcile-system' })
      .whereNotNull('error')
      .select('error');
    if (trouble) throw new Error(`run ${id} did not go well: ${String(trouble.error)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`run ${id} took longer than ${LONGEST_MS / 60_000} minutes`);
}

async function approve(hub: Hub, { id, planHash }: Run): Promise<void> {
  const mappingHash = (system: string): string => hub.reconciled.mappingHash(system);
  await tx(hub.ctx, (inside) =>
    approvePlan(inside, { runId: id, planHash: planHash ?? '', mappingHash, acceptBrakes: true }),
  );
  hub.ctx.wake('relay');
}

function plainly(asked: PlainAsked): Promise<PlainFound> {
  const child = fork(path.resolve(import.meta.dirname, 'plain-way.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the plain way ended (${code})`)));
    child.once('message', (found) => resolve(found as PlainFound));
    child.send(asked);
  });
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
