import { z } from 'zod';
import { defineJob } from '#src/journal/job.ts';
import { Priority } from '#src/health/rules.ts';

const OfAsset = z.strictObject({ assetId: z.string() });
const asset = (input: { assetId: string }) => ({ type: 'asset' as const, id: input.assetId });

export const recogniseBmcJob = defineJob({
  name: 'recognise-bmc',
  Input: z.strictObject({ bmcId: z.string(), mac: z.string() }),
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.mac,
  subject: (input) => ({ type: 'bmc', id: input.bmcId }),
});

export const inspectAssetJob = defineJob({
  name: 'inspect-asset',
  Input: OfAsset,
  attempts: 5,
  timeLimitMs: 600_000,
  dedupe: (input) => input.assetId,
  subject: asset,
});

export const reconcileDeviceJob = defineJob({
  name: 'reconcile-device',
  Input: OfAsset,
  attempts: 5,
  timeLimitMs: 120_000,
  dedupe: (input) => input.assetId,
  subject: asset,
});

export const matchRecordJob = defineJob({
  name: 'match-record',
  Input: z.strictObject({ recordId: z.string() }),
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.recordId,
  subject: (input) => ({ type: 'adapter', id: `record/${input.recordId}` }),
});

export const hardenAssetJob = defineJob({
  name: 'harden-asset',
  Input: OfAsset,
  attempts: 5,
  timeLimitMs: 120_000,
  dedupe: (input) => input.assetId,
  subject: asset,
});

export const openTicketJob = defineJob({
  name: 'open-ticket',
  Input: z.strictObject({
    alertId: z.string(),
    assetId: z.string(),
    type: z.string(),
    component: z.string().nullable(),
    serial: z.string().nullable(),
    priority: Priority,
    reason: z.string(),
    occurredAt: z.string(),
  }),
  attempts: 5,
  timeLimitMs: 30_000,
  dedupe: (input) => input.alertId,
  subject: asset,
});

export const createIssueJob = defineJob({
  name: 'create-issue',
  Input: z.strictObject({ ticketId: z.string() }),
  attempts: 5,
  timeLimitMs: 120_000,
  dedupe: (input) => input.ticketId,
  subject: (input) => ({ type: 'ticket', id: input.ticketId }),
});

export const recordTicketFailureJob = defineJob({
  name: 'record-ticket-failure',
  Input: z.strictObject({ ticketId: z.string() }),
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.ticketId,
  subject: (input) => ({ type: 'ticket', id: input.ticketId }),
});

export const recordAlertFailureJob = defineJob({
  name: 'record-alert-failure',
  Input: z.strictObject({
    alertId: z.string(),
    assetId: z.string(),
    symptom: z.string(),
    serial: z.string(),
    reason: z.string(),
    occurredAt: z.string(),
  }),
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.alertId,
  subject: asset,
});

/** Every kind of work that there is. A test and the start-up compare it with the handlers. */
export const jobTypes = [
  recogniseBmcJob,
  inspectAssetJob,
  reconcileDeviceJob,
  matchRecordJob,
  hardenAssetJob,
  openTicketJob,
  createIssueJob,
  recordTicketFailureJob,
  recordAlertFailureJob,
] as const;
