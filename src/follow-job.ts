import { type Asset, findAssetByName } from './assets/reads.ts';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import type { Job } from './journal/job.ts';
import { listJobs } from './journal/reads.ts';

const LOOK_MS = 300;
const NOBODY_MS = 15_000;

const OVER: readonly Job['state'][] = ['done', 'dead', 'cancelled'];
const tell = (text: string): void => void process.stderr.write(`${text}\n`);

/** @throws HubError not-found */
export async function serverNamed(ctx: Ctx, name: string): Promise<Asset> {
  const asset = await findAssetByName(ctx, name);
  if (asset === undefined) throw new HubError('not-found', `There is no server ${name}, or more than one`);
  return asset;
}

/** To its end, telling what holds it up. @throws HubError unavailable where it has none after all this time */
export async function followJob(
  ctx: Ctx,
  { eventId, name, patienceMs }: { eventId: string; name: string; patienceMs: number },
): Promise<Job> {
  const start = Date.now();
  let said = '';
  while (Date.now() - start < patienceMs) {
    const [job] = await listJobs(ctx, { cause: eventId, name, limit: 1 });
    if (job !== undefined && OVER.includes(job.state)) return job;
    const line = whatHolds(job, Date.now() - start);
    if (line !== said && line !== '') tell(line);
    said = line;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new HubError('unavailable', `It has not ended yet: see /v1/jobs?cause=${eventId}`);
}

/**
 * Something that a job brings to its end over hours, and that stands in the database itself. Stopping to look does not stop it.
 * @throws HubError unavailable where its job gave up before it had ended
 */
export async function followThing<T>(
  ctx: Ctx,
  thing: {
    look(): Promise<{ now: T; over: boolean; lines: string[] }>;
    job: { name: string; subject: string; isIts(input: Record<string, unknown>): boolean };
  },
): Promise<T> {
  const start = Date.now();
  const told = new Set<string>();
  for (;;) {
    const { now, over, lines } = await thing.look();
    const jobs = await listJobs(ctx, { name: thing.job.name, subject: thing.job.subject, limit: 20 });
    const job = jobs.find(({ input }) => thing.job.isIts(input));
    const held = over ? '' : whatHolds(job, Date.now() - start);
    for (const line of [...lines, held]) {
      if (line === '' || told.has(line)) continue;
      told.add(line);
      tell(line);
    }
    if (over) return now;
    if (job !== undefined && OVER.includes(job.state) && !(await thing.look()).over) throw gaveUp(job);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function gaveUp({ id, error }: Job): HubError {
  const why = typeof error?.['message'] === 'string' ? `: ${error['message']}` : '';
  return new HubError('unavailable', `Its job gave up${why}; it goes on after: reanimator dead-letters replay ${id}`);
}

function whatHolds(job: Job | undefined, ms: number): string {
  const error = job?.error?.['message'];
  if (typeof error === 'string') return `waits: ${error}`;
  const why = job?.progress?.['why'];
  if (typeof why === 'string') return why;
  const untouched = job === undefined || (job.state === 'waiting' && job.attempts === 0);
  return untouched && ms > NOBODY_MS ? 'no worker has taken it up yet: is one running (reanimator start worker)?' : '';
}

/** How a job ended, as a row for people. */
export function jobRow({ state, result, error }: Job): Record<string, unknown> {
  if (state === 'done') return { ...result };
  return { outcome: state, why: String(error?.['message'] ?? ''), remedy: String(error?.['remedy'] ?? '') };
}
