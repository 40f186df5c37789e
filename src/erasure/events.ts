import { z } from 'zod';
import { defineEvent } from '../core/event.ts';

const Drive = z.object({ slot: z.string(), serial: z.string() });
const serials = (drives: readonly z.infer<typeof Drive>[]): string => drives.map(({ serial }) => serial).join(', ');
const evidence = z
  .record(z.string(), z.string())
  .meta({ description: 'What the BMC showed: paths and values as they were read' });
const Ended = z.object({
  erasureId: z.string(),
  ...Drive.shape,
  method: z.string().nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string(),
  evidence,
});

export const eraseRequested = defineEvent({
  type: 'asset.erase_requested',
  version: 1,
  topic: 'assets.erase_requested',
  Data: z.object({ requestId: z.string(), reason: z.string(), method: z.string().nullable(), drives: z.array(Drive) }),
  sentence: ({ drives, reason }) =>
    `Asked to erase ${drives.map(({ slot, serial }) => `${serial} in ${slot}`).join(', ')}: ${reason}`,
});

export const eraseRestarted = defineEvent({
  type: 'asset.erase_restarted',
  version: 1,
  topic: 'assets.erase_restarted',
  Data: z.object({
    requestId: z.string(),
    drives: z.array(Drive),
    resetType: z.string().nullable().meta({ description: 'What the BMC took; null: not known' }),
    sentFor: z.string().nullish().meta({ description: 'For whom, where that was not this request' }),
  }),
  sentence: ({ drives, resetType, sentFor }) => {
    if (sentFor) return `Was restarted for ${sentFor}; the erasure of ${serials(drives)} begins at that boot too`;
    if (resetType !== null) return `Told to boot (${resetType}), so that the erasure of ${serials(drives)} begins`;
    return `Was asked to boot, so that the erasure of ${serials(drives)} begins; whether the BMC heard it is not known`;
  },
});

export const driveErased = defineEvent({
  type: 'asset.drive_erased',
  version: 1,
  topic: 'assets.drive_erased',
  Data: z.object({
    ...Ended.shape,
    document: z.string().nullable().meta({ description: 'SHA-256 of the document that says so' }),
  }),
  sentence: ({ slot, serial, method }) => `Drive ${serial} in ${slot} was erased (${method ?? 'unknown method'})`,
});

export const driveEraseFailed = defineEvent({
  type: 'asset.drive_erase_failed',
  version: 1,
  topic: 'assets.drive_erase_failed',
  Data: z.object({ ...Ended.shape, why: z.string() }),
  sentence: ({ slot, serial, why }) => `Drive ${serial} in ${slot} was not erased: ${why}`,
});

export const driveEraseUnproven = defineEvent({
  type: 'asset.drive_erase_unproven',
  version: 1,
  topic: 'assets.drive_erase_unproven',
  Data: z.object({ ...Ended.shape, why: z.string() }),
  sentence: ({ slot, serial, why }) =>
    `Whether drive ${serial} in ${slot} was erased is not proven: ${why}; take it for not erased`,
});
