import { z } from 'zod';
import { defineEvent } from '../core/event.ts';
import { DriftAction, DriftKind, Verdict } from './model.ts';

const AnyValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]).optional();

export const reconcilePlanned = defineEvent({
  type: 'reconcile.planned',
  version: 1,
  topic: 'reconcile.planned',
  Data: z.object({ runId: z.string(), system: z.string(), rows: z.int(), brakes: z.array(z.string()) }),
  sentence: ({ system, rows, brakes }) =>
    `Compared with ${system}: ${rows} difference(s)${brakes.length > 0 ? `; stopped: ${brakes.join('; ')}` : ''}`,
});

export const reconcileApplied = defineEvent({
  type: 'reconcile.applied',
  version: 1,
  topic: 'reconcile.applied',
  Data: z.object({ runId: z.string(), system: z.string(), confirmed: z.int(), failed: z.int(), stale: z.int() }),
  sentence: ({ system, confirmed, failed, stale }) =>
    `Brought into step with ${system}: ${confirmed} done, ${failed} failed, ${stale} moved on meanwhile`,
});

export const reconcileFailed = defineEvent({
  type: 'reconcile.failed',
  version: 1,
  topic: 'reconcile.failed',
  Data: z.object({ runId: z.string(), system: z.string(), reason: z.string() }),
  sentence: ({ system, reason }) => `The look at ${system} came to nothing: ${reason}`,
});

export const reconcileModeChanged = defineEvent({
  type: 'reconcile.mode_changed',
  version: 1,
  topic: 'reconcile.mode_changed',
  Data: z.object({ system: z.string(), from: z.string(), to: z.string(), by: z.string() }),
  sentence: ({ system, from, to }) => `${system}: from ${from} to ${to}`,
});

export const reconcileStopped = defineEvent({
  type: 'reconcile.stopped',
  version: 1,
  topic: 'reconcile.stopped',
  Data: z.object({ system: z.string(), reason: z.string() }),
  sentence: ({ system, reason }) => `Nothing is written to ${system} by itself any more: ${reason}`,
});

export const driftDecided = defineEvent({
  type: 'drift.decided',
  version: 1,
  topic: 'drift.decided',
  Data: z.object({
    driftId: z.string(),
    system: z.string(),
    object: z.string(),
    label: z.string(),
    field: z.string(),
    kind: DriftKind,
    action: DriftAction,
    verdict: Verdict.nullable().meta({ description: 'null: a verdict was taken back' }),
    by: z.string(),
    reason: z.string().nullable(),
    until: z.string().nullable(),
    theirs: AnyValue,
    ours: AnyValue,
  }),
  sentence: ({ object, label, field, system, verdict, reason }) =>
    `${VERDICT_WORDS[verdict ?? 'none']}: ${object} ${label}${field === '' ? '' : `, ${field}`} in ${system}${reason === null ? '' : ` (${reason})`}`,
});

const VERDICT_WORDS = {
  'accept-theirs': 'Theirs is accepted',
  'push-ours': 'Ours is written there',
  ignore: 'Ignored',
  none: 'Open again',
} as const;

export const reconcileRequested = defineEvent({
  type: 'reconcile.requested',
  version: 1,
  topic: 'reconcile.requested',
  Data: z.object({ runId: z.string(), system: z.string(), reason: z.string() }),
  sentence: ({ system, reason }) => `A look at everything in ${system} was asked for: ${reason}`,
});

export const reconcileApproved = defineEvent({
  type: 'reconcile.approved',
  version: 1,
  topic: 'reconcile.approved',
  Data: z.object({ runId: z.string(), system: z.string(), planHash: z.string(), by: z.string() }),
  sentence: ({ system, by }) => `The plan for ${system} was approved by ${by}`,
});

export const reconcileReleased = defineEvent({
  type: 'reconcile.released',
  version: 1,
  topic: 'reconcile.released',
  Data: z.object({ system: z.string(), by: z.string(), reason: z.string() }),
  sentence: ({ system, by, reason }) => `${by} lets ${system} be written by itself again; it was held: ${reason}`,
});
