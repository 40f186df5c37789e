import { z } from 'zod';
import { Nullable, Time } from '../core/schemas.ts';
import { EraseMethodName, ERASURE_STATES } from './model.ts';
import type { Erasure } from './store.ts';

export const ErasureView = z
  .object({
    id: z.string(),
    request_id: z.string(),
    asset_id: z.string(),
    slot: z.string(),
    serial: z.string(),
    method: EraseMethodName.nullable().meta({ description: 'null: not chosen yet, or there is none' }),
    state: z.enum(ERASURE_STATES).meta({ description: 'unknown: ended without a proof, which counts as not erased' }),
    percent: Nullable.number,
    said: Nullable.text,
    why: Nullable.text.meta({ description: 'Why it was not erased, or is not proven to be' }),
    evidence: z.record(z.string(), z.string()),
    document: Nullable.text.meta({ description: 'SHA-256 of the bundle document that keeps the proof' }),
    reason: z.string(),
    requested_by: z.string(),
    requested_at: Time,
    sent_at: Nullable.time,
    ended_at: Nullable.time,
  })
  .meta({ id: 'Erasure' });

export function viewErasure(erasure: Erasure): z.infer<typeof ErasureView> {
  const { id, slot, serial, method, state, percent, said, why, evidence, document, reason } = erasure;
  return {
    ...{ id, slot, serial, method, state, percent, said, why, evidence, document, reason },
    request_id: erasure.requestId,
    asset_id: erasure.assetId,
    requested_by: erasure.requestedBy,
    requested_at: erasure.requestedAt,
    sent_at: erasure.announcedAt,
    ended_at: erasure.endedAt,
  };
}
