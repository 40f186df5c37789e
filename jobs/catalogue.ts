import { z } from 'zod';
import { sha256 } from '#src/core/id.ts';
import { defineJob } from '#src/journal/job.ts';
import { Wanted } from '#src/control/model.ts';
import { feedJobTypes } from './catalogue-feeds.ts';
import { stockJobTypes } from './catalogue-stock.ts';
import { monitoringJobTypes } from './catalogue-monitoring.ts';
import { ticketJobTypes } from './catalogue-tickets.ts';

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

export const pollHealthJob = defineJob({
  name: 'poll-health',
  Input: OfAsset,
  attempts: 2,
  timeLimitMs: 300_000,
  dedupe: (input) => input.assetId,
  subject: asset,
});

export const leaveBmcJob = defineJob({
  name: 'leave-bmc',
  Input: OfAsset,
  attempts: 3,
  timeLimitMs: 120_000,
  dedupe: (input) => input.assetId,
  subject: asset,
});

export const tellBmcJob = defineJob({
  name: 'tell-bmc',
  Input: z.strictObject({ assetId: z.string(), requestId: z.string(), goodUntil: z.string(), wanted: Wanted }),
  attempts: 5,
  timeLimitMs: 600_000,
  dedupe: (input) => input.requestId,
  subject: asset,
});

export const updateFirmwareJob = defineJob({
  name: 'update-firmware',
  Input: z.strictObject({ assetId: z.string(), updateId: z.string() }),
  attempts: 5,
  // An image of a gigabyte that is pushed over a slow management network.
  timeLimitMs: 3 * 3_600_000,
  dedupe: (input) => input.updateId,
  subject: asset,
});

export const cancelUpdateJob = defineJob({
  name: 'cancel-update',
  Input: z.strictObject({ assetId: z.string(), updateId: z.string(), by: z.string(), reason: z.string() }),
  attempts: 5,
  timeLimitMs: 600_000,
  dedupe: (input) => input.updateId,
  subject: asset,
});

export const rotateBmcPasswordJob = defineJob({
  name: 'rotate-bmc-password',
  Input: z.strictObject({
    assetId: z.string(),
    requestId: z.string(),
    userName: z.string().nullable(),
    disableOld: z.boolean(),
  }),
  attempts: 5,
  timeLimitMs: 600_000,
  dedupe: (input) => input.assetId,
  subject: asset,
});

export const requestBmcCertificateJob = defineJob({
  name: 'request-bmc-certificate',
  Input: z.strictObject({
    assetId: z.string(),
    requestId: z.string(),
    commonName: z.string(),
    alternativeNames: z.array(z.string()),
  }),
  attempts: 5,
  timeLimitMs: 1_200_000,
  dedupe: (input) => input.requestId,
  subject: asset,
});

export const installBmcCertificateJob = defineJob({
  name: 'install-bmc-certificate',
  Input: z.strictObject({ assetId: z.string(), requestId: z.string() }),
  attempts: 5,
  timeLimitMs: 600_000,
  dedupe: (input) => input.assetId,
  subject: asset,
});

export const rotateOldPasswordsJob = defineJob({
  name: 'rotate-old-passwords',
  Input: z.strictObject({
    /** 0: none is too old. */
    days: z.int(),
    keepDays: z.int(),
    userName: z.string().nullable(),
    atOnce: z.int(),
  }),
  attempts: 5,
  timeLimitMs: 300_000,
  dedupe: () => 'all',
  subject: () => ({ type: 'adapter', id: 'redfish' }),
});

export const eraseDrivesJob = defineJob({
  name: 'erase-drives',
  Input: z.strictObject({ assetId: z.string(), requestId: z.string() }),
  attempts: 5,
  timeLimitMs: 600_000,
  dedupe: (input) => input.requestId,
  subject: asset,
});

const OfSystem = z.strictObject({ system: z.string() });
const system = (input: { system: string }) => ({ type: 'adapter' as const, id: input.system });

export const reconcileSystemJob = defineJob({
  name: 'reconcile-system',
  Input: OfSystem,
  attempts: 5,
  timeLimitMs: 6 * 3_600_000,
  dedupe: (input) => input.system,
  subject: system,
});

export const followChangesJob = defineJob({
  name: 'follow-changes',
  Input: OfSystem,
  attempts: 5,
  timeLimitMs: 300_000,
  dedupe: (input) => input.system,
  subject: system,
});

export const compareSystemJob = defineJob({
  name: 'compare-system',
  Input: OfSystem,
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.system,
  subject: system,
});

export const noticeRecordJob = defineJob({
  name: 'notice-record',
  Input: z.strictObject({
    ...{ system: z.string(), type: z.string(), id: z.string() },
    /** Of a cable: what it connects. */
    deviceIds: z.array(z.string()).optional(),
  }),
  attempts: 5,
  timeLimitMs: 60_000,
  // One that was moved twice connects others the second time.
  dedupe: ({ system: of, type, id, deviceIds }) =>
    `${of}/${type}/${id}${deviceIds ? `/${sha256(deviceIds.join(' ')).slice(0, 16)}` : ''}`,
  subject: (input) => ({ type: 'adapter', id: `${input.system}/${input.type}/${input.id}` }),
});

export const noticeAssetJob = defineJob({
  name: 'notice-asset',
  Input: OfAsset,
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.assetId,
  subject: asset,
});

export const noteInRecordJob = defineJob({
  name: 'note-in-record',
  Input: z.strictObject({
    assetId: z.string(),
    eventId: z.string(),
    kind: z.enum(['info', 'success', 'warning', 'danger']),
    text: z.string(),
  }),
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.eventId,
  subject: asset,
});

export const allocateAddressJob = defineJob({
  name: 'allocate-address',
  Input: z.strictObject({
    assetId: z.string(),
    requestId: z.string(),
    prefix: z.string(),
    dnsName: z.string().nullable(),
  }),
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.requestId,
  subject: asset,
});

export const hardenAssetJob = defineJob({
  name: 'harden-asset',
  Input: OfAsset,
  attempts: 5,
  timeLimitMs: 120_000,
  dedupe: (input) => input.assetId,
  subject: asset,
});

/** Every kind of work that there is. A test and the start-up compare it with the handlers. */
export const jobTypes = [
  recogniseBmcJob,
  inspectAssetJob,
  pollHealthJob,
  leaveBmcJob,
  tellBmcJob,
  rotateBmcPasswordJob,
  rotateOldPasswordsJob,
  requestBmcCertificateJob,
  installBmcCertificateJob,
  updateFirmwareJob,
  cancelUpdateJob,
  eraseDrivesJob,
  reconcileSystemJob,
  followChangesJob,
  compareSystemJob,
  noticeRecordJob,
  noticeAssetJob,
  noteInRecordJob,
  allocateAddressJob,
  hardenAssetJob,
  ...feedJobTypes,
  ...ticketJobTypes,
  ...monitoringJobTypes,
  ...stockJobTypes,
] as const;
