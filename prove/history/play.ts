import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Knex } from 'knex';
import { testCtx } from '#test/kit/test-database.ts';
import type { CaseBundle } from './fleet-case.ts';
import type { Schedule } from './schedule.ts';
import type { Stage } from './stage.ts';
import { takeBundles } from './take-bundles.ts';

/**
 * What happens to the workers while they take bundles:
 * - calm: nothing; an error is the hub's fault
 * - cut: the server ends their connections
 * - lossy: answers to COMMIT are lost
 * - killed: they are processes that get SIGKILL and are started again
 */
export type Attack = 'calm' | 'cut' | 'lossy' | 'killed';

const PATIENCE_MS = 60_000;

export async function play(stage: Stage, schedule: Schedule, attack: Attack, random: () => number): Promise<void> {
  if (attack === 'killed') return playInProcesses(stage, schedule, random);
  if (attack === 'calm') return playInside(stage.workers, schedule, false);
  const chance = attack === 'lossy' ? 0.3 : 0;
  stage.proxy.decide = () => {
    const losses = ['before', 'after', 'racing', 'late'] as const;
    return random() < chance ? (losses[Math.floor(random() * losses.length)] ?? 'pass') : 'pass';
  };
  const done = new AbortController();
  const cutting = attack === 'cut' ? cutConnections(stage, random, done.signal) : Promise.resolve();
  try {
    await playInside(attack === 'lossy' ? stage.proxied : stage.workers, schedule, true);
  } finally {
    done.abort();
    stage.proxy.decide = () => 'pass';
    await cutting;
  }
}

async function playInside(pools: readonly Knex[], schedule: Schedule, insists: boolean): Promise<void> {
  await Promise.all(
    schedule.map(async (batches, index) => {
      const pool = pools[index % pools.length];
      if (pool === undefined) throw new Error('no pool');
      for (const batch of batches) await takeUntilTaken(pool, batch, insists);
    }),
  );
}

/** Whoever got an error sends the same again. */
export async function takeUntilTaken(pool: Knex, batch: readonly CaseBundle[], insists: boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await takeBundles(testCtx(pool), batch);
    } catch (error) {
      if (!insists || Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function cutConnections({ killer }: Stage, random: () => number, signal: AbortSignal): Promise<void> {
  for (let cuts = 0; cuts < 8 && !signal.aborted; cuts += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1 + random() * 25));
    const [rows] = await killer.raw("SELECT id FROM processlist WHERE db = 'history'");
    const victim = rows[Math.floor(random() * rows.length)];
    // It may have gone by itself meanwhile.
    if (victim !== undefined) await killer.raw(`KILL CONNECTION ${Number(victim.id)}`).catch(() => undefined);
  }
}

async function playInProcesses({ url }: Stage, schedule: Schedule, random: () => number): Promise<void> {
  const half = Math.ceil(schedule.length / 2);
  await Promise.all(
    [schedule.slice(0, half), schedule.slice(half)].map(async (own) => {
      for (let deaths = 0; ; deaths += 1) {
        const lifetime = deaths < 4 ? 20 + random() * 250 : PATIENCE_MS;
        if (await runWorker(url, own, lifetime)) return;
        if (deaths > 4) throw new Error('a worker process did not take its bundles');
      }
    }),
  );
}

/** @returns whether it took everything before it was killed, some milliseconds after it had begun to take bundles */
async function runWorker(url: string, schedule: Schedule, lifetimeMs: number): Promise<boolean> {
  const worker = spawn(process.execPath, [path.join(import.meta.dirname, 'worker.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, DATABASE_URL: url },
  });
  let timer: NodeJS.Timeout | undefined;
  worker.on('message', () => (timer = setTimeout(() => worker.kill('SIGKILL'), lifetimeMs)));
  worker.send(schedule);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    worker.on('exit', (...end) => resolve(end)),
  );
  clearTimeout(timer);
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`a worker process ended with ${code ?? signal}`);
  return code === 0;
}
