import type { z } from 'zod';
import type { Ctx } from '#src/core/ctx.ts';
import type { Seal } from '#src/core/seal.ts';
import type { HealthJudges } from '#src/health/commands/record-poll.ts';
import type { DriftRuler } from '#src/drift/apply-verdicts.ts';
import type { Patience } from '#src/firmware/judge-hop.ts';
import type { FirmwarePolicy } from '#src/firmware/policy.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import type { Adapters } from '#src/ports/adapters.ts';
import type { TicketJudges } from '#src/tickets/commands/take-alert.ts';
import type { Effect } from '#src/journal/effect.ts';
import type { JobType } from '#src/journal/job.ts';

/** Only here can the outside be reached. */
export interface JobCtx extends Ctx {
  job: { id: string; name: string; fence: number; attempts: number };
  adapters: Adapters;
  bundles: BundleIntake;
  seal: Seal;
  settings: JobSettings;
  /** Through the effect ledger: effectively once, also across crashes. */
  effect<T>(effect: Effect<T>): Promise<T>;
  /** Hands on to another job, once per run of this one and what makes two of them equal; an equal one that waits already does it too. */
  enqueue<S extends z.ZodType>(job: JobType<S>, input: z.output<S>): Promise<void>;
  /** For people who watch; small. */
  progress(progress: Record<string, unknown>): Promise<void>;
}

/** Where a document that the hub has written itself becomes a part of the history. */
export interface BundleIntake {
  /** Kept for ever under the SHA-256 of its bytes; the same document again changes nothing. */
  takeDocument(
    ctx: Ctx,
    document: Buffer,
  ): Promise<{ sha256: string; isNew: boolean; added: number; retracted: number }>;
}

/** What jobs need to know of the configuration. */
export interface JobSettings {
  /** Where people reach the hub, without a slash at the end. */
  publicUrl: string;
  hardenTemplate: string;
  /** Between two looks at a run outside that has not ended, in milliseconds. */
  followMs: number;
  /** How long a call that nobody heard back from may still take effect outside, on top of the search lag, in milliseconds. */
  settleMs: number;
  firmware: Patience & { policy: FirmwarePolicy };
  erase: Patience;
  /** How long a part is kept for a ticket, in hours. */
  stock: { holdHours: number };
  /** Between two looks at what feeds which server, in milliseconds; 0: nobody asks. */
  feedsReadMs: number;
  reconcile: {
    /** @throws HubError unavailable where nothing maps that system */
    of(system: string): { mappings: readonly Mapping[]; rules: DriftRuler; rulesHash: string };
  };
  /** What is a symptom in what a BMC says, and what opens a ticket. */
  health: HealthJudges;
  tickets: TicketJudges & {
    /** So long a new part may take to be seen after somebody said that it is done. */
    proofHours: number;
    /** Between two looks at counterparts outside, in milliseconds; 0: none. */
    syncMs: number;
  };
  bmc: { scheme: 'https' | 'http'; port: number | null; username: string | null; password: string | null };
}

/** What a job did, for its record. `removedRows`: rows that it let go of, by table; they are counted in the metrics. */
export type JobResult = Record<string, unknown> & { removedRows?: Readonly<Record<string, number>> };

export interface JobHandler<S extends z.ZodType = z.ZodType> {
  job: JobType<S>;
  run(ctx: JobCtx, input: z.output<S>): Promise<JobResult>;
}

export function handle<S extends z.ZodType>(job: JobType<S>, run: JobHandler<S>['run']): JobHandler {
  return { job, run } as unknown as JobHandler;
}
