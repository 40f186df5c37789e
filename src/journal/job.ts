import { z } from 'zod';
import type { Subject } from '../core/event.ts';

/** A kind of work: what it takes, how long it may run, how often it may fail. The handler stands elsewhere, under the same name. */
export interface JobType<S extends z.ZodType = z.ZodType> {
  name: string;
  Input: S;
  /** Failures that are the work's own fault before it is dead. Waiting for another system does not count. */
  attempts: number;
  /** For one run, in milliseconds. */
  timeLimitMs: number;
  /** Jobs of one name with equal keys: at most one waits and one runs. */
  dedupe(input: z.output<S>): string;
  subject(input: z.output<S>): Subject;
}

export function defineJob<S extends z.ZodType>(job: JobType<S>): JobType<S> {
  return job;
}

/** When <event>, then this work. Pure: maps an event to a job's input, or to nothing. */
export interface Reaction {
  name: string;
  on: readonly string[];
  job: JobType;
  input(event: {
    id: string;
    type: string;
    subject: Subject;
    related: Subject[];
    data: Record<string, unknown>;
  }): unknown;
}

export const JobState = z.enum(['waiting', 'active', 'done', 'dead', 'cancelled']);
export type JobState = z.infer<typeof JobState>;

export const Job = z
  .object({
    id: z.string(),
    name: z.string(),
    state: JobState,
    subject: z.object({ type: z.string(), id: z.string() }).nullable(),
    input: z.record(z.string(), z.unknown()),
    attempts: z.int(),
    failures: z.int().meta({ description: 'Runs that failed through no fault of another system' }),
    due_at: z.string(),
    cause: z.string().nullable(),
    reaction: z.string().nullable(),
    progress: z.record(z.string(), z.unknown()).nullable(),
    result: z.record(z.string(), z.unknown()).nullable(),
    error: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'Why the last run did not succeed, and the remedy where one is known' }),
    created_at: z.string(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;
