import { readFileSync } from 'node:fs';
import type { Ctx } from '#src/core/ctx.ts';
import { sha256 } from '#src/core/id.ts';
import { ingestBundles } from '#src/history/commands/ingest-bundles.ts';
import type { Intake } from '#src/history/intake/intake.ts';
import { toMoment } from '#src/history/moment.ts';

/** How bundles are handed over: so many in one transaction, so many transactions at once. */
export interface Pace {
  batch: number;
  lanes: number;
}

export interface Timed {
  count: number;
  seconds: number;
  /** Of this process, and of the database's, over the same time. */
  nodeSeconds: number;
  databaseSeconds: number;
}

export interface Ingesting {
  ctx: Ctx;
  /** As the hub composes it. */
  intake: Intake;
  databasePid: number;
}

const NO_HINT = { assetId: null, collectedAt: null, fileName: null, uploadedBy: null };

/** @throws Error where a bundle was not taken: what does nothing is fast */
export async function ingestAll(on: Ingesting, uploads: readonly Buffer[], pace: Pace): Promise<Timed> {
  let next = 0;
  async function lane(): Promise<void> {
    while (next < uploads.length) {
      const some = uploads.slice(next, next + pace.batch);
      next += pace.batch;
      const receivedAt = toMoment(new Date());
      const read = [];
      for (const content of some) {
        const bundle = { sha256: sha256(content), bytes: content.length, content };
        read.push(await on.intake.prepare(on.ctx, bundle, NO_HINT, receivedAt));
      }
      const taken = await ingestBundles(on.ctx, on.intake.sort, read);
      if (taken.some(({ isNew, places }) => !isNew || places.some((place) => place === null)))
        throw new Error('a bundle was known already, or belongs nowhere');
    }
  }
  const timed = await timeIt(on.databasePid, async () => {
    await Promise.all(Array.from({ length: pace.lanes }, lane));
  });
  return { ...timed, count: uploads.length };
}

export async function timeIt(databasePid: number, work: () => Promise<void>): Promise<Omit<Timed, 'count'>> {
  const cpu = process.cpuUsage();
  const database = cpuSecondsOf(databasePid);
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, nodeSeconds: (user + system) / 1e6, databaseSeconds: cpuSecondsOf(databasePid) - database };
}

export function sum(all: readonly Timed[]): Timed {
  const of = (field: keyof Timed): number => all.reduce((total, one) => total + one[field], 0);
  return {
    count: of('count'),
    seconds: of('seconds'),
    nodeSeconds: of('nodeSeconds'),
    databaseSeconds: of('databaseSeconds'),
  };
}

/** User and system time; the kernel counts in hundredths (USER_HZ). */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
