import type { Ctx } from '#src/core/ctx.ts';
import { idFrom } from '#src/core/id.ts';
import type { JobType } from '#src/journal/job.ts';
import { readSchedules, takeTurn } from '#src/journal/schedule-store.ts';
import { insertJob } from '#src/journal/store.ts';

/** A job that comes again: every so often, or once a day. */
export interface Schedule {
  name: string;
  job: JobType;
  input: unknown;
  /** Milliseconds between two, or the time of day in UTC, e.g. `02:30`. */
  every: { ms: number } | { dailyAt: string };
}

/** Hands on what is due, each once among all workers. @returns how many */
export async function handOnDue(ctx: Ctx, schedules: readonly Schedule[]): Promise<number> {
  const last = await readSchedules(ctx.db);
  const now = ctx.now();
  let handed = 0;
  for (const schedule of schedules) {
    const before = last.get(schedule.name) ?? null;
    if (!isDue(schedule, before, now) || !(await takeTurn(ctx.db, schedule.name, before, now))) continue;
    const subject = schedule.job.subject(schedule.input);
    await insertJob(ctx.db, {
      id: idFrom('schedule', schedule.name, now.toISOString()),
      name: schedule.job.name,
      input: schedule.input,
      subject,
      dedupeKey: schedule.job.dedupe(schedule.input),
      cause: null,
      reaction: null,
      now,
    });
    handed += 1;
  }
  if (handed > 0) ctx.wake('jobs');
  return handed;
}

/** The first time at once: nobody has looked yet. */
export function isDue({ every }: Schedule, last: string | null, now: Date): boolean {
  if (last === null) return true;
  if ('ms' in every) return now.getTime() - Date.parse(last) >= every.ms;
  const today = Date.parse(`${now.toISOString().slice(0, 10)}T${every.dailyAt}:00.000Z`);
  const due = now.getTime() >= today ? today : today - 86_400_000;
  return Date.parse(last) < due;
}
