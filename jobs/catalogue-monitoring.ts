import { z } from 'zod';
import { defineJob } from '#src/journal/job.ts';

export const silenceMaintenanceJob = defineJob({
  name: 'silence-maintenance',
  Input: z.strictObject({ subjectType: z.enum(['asset', 'location']), subjectId: z.string() }),
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.subjectId,
  subject: (input) => ({ type: input.subjectType, id: input.subjectId }),
});

export const forgetTelemetryJob = defineJob({
  name: 'forget-telemetry',
  /** Days; 0: for ever. */
  Input: z.strictObject({ keepDays: z.number().min(0), monitoringKeepDays: z.number().min(0) }),
  attempts: 5,
  timeLimitMs: 1_800_000,
  dedupe: () => 'all',
  subject: () => ({ type: 'adapter', id: 'telemetry' }),
});

export const monitoringJobTypes = [silenceMaintenanceJob, forgetTelemetryJob] as const;
