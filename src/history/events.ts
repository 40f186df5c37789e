import { z } from 'zod';
import { defineEvent } from '../core/event.ts';

const Change = z.object({
  type: z.string(),
  component_id: z.string(),
  kind: z.string(),
  serial: z.string().nullable(),
  slot: z.string().nullable(),
  occurred_at: z.string(),
  retracted: z.boolean(),
});

/** One for each upload and server whose history it changed; what changed in full is on the timelines. */
export const assetHistoryChanged = defineEvent({
  type: 'asset.history_changed',
  version: 1,
  topic: 'assets.history_changed',
  Data: z.object({
    collectedAt: z.string(),
    added: z.int(),
    retracted: z.int(),
    changes: z.array(Change).meta({ description: 'The first hundred' }),
  }),
  sentence: ({ added, retracted }) =>
    `Its history has ${added} new event(s)${retracted === 0 ? '' : `, and ${retracted} that newer evidence does not support any more`}`,
});
export type HistoryChange = z.infer<typeof Change>;

export const bundleReceived = defineEvent({
  type: 'bundle.received',
  version: 1,
  topic: 'bundles.received',
  Data: z.object({ bytes: z.int(), fileName: z.string().nullable(), snapshots: z.int(), warnings: z.int() }),
  sentence: ({ fileName, snapshots }) => `Took ${fileName ?? 'a bundle'}: ${snapshots} snapshot(s)`,
});

export const assetMerged = defineEvent({
  type: 'asset.merged',
  version: 1,
  topic: 'assets.merged',
  Data: z.object({ into: z.string(), evidence: z.string() }),
  sentence: ({ into, evidence }) => `Proved to be the server ${into}: ${evidence}`,
});

export const assetUnmerged = defineEvent({
  type: 'asset.unmerged',
  version: 1,
  topic: 'assets.unmerged',
  Data: z.object({ from: z.string() }),
  sentence: ({ from }) => `Is a server of its own after all, and not ${from}`,
});

export const reviewOpened = defineEvent({
  type: 'review.opened',
  version: 1,
  topic: 'reviews.opened',
  Data: z.object({ kind: z.string(), subject: z.string() }),
  sentence: ({ kind, subject }) => `Somebody has to decide: ${kind.replaceAll('-', ' ')}, ${subject}`,
});

export const identityDecided = defineEvent({
  type: 'review.decided',
  version: 1,
  topic: 'reviews.decided',
  Data: z.object({ decision: z.string(), kind: z.string(), about: z.string(), reason: z.string() }),
  sentence: ({ kind, reason }) => `Decided: ${kind.replaceAll('-', ' ')} (${reason})`,
});

export const identityDecisionRevoked = defineEvent({
  type: 'review.decision_revoked',
  version: 1,
  topic: 'reviews.decision_revoked',
  Data: z.object({ decision: z.string(), kind: z.string(), reason: z.string() }),
  sentence: ({ kind, reason }) => `Took the decision back: ${kind.replaceAll('-', ' ')} (${reason})`,
});

export const componentFailed = defineEvent({
  type: 'component.failed',
  version: 1,
  topic: 'components.failed',
  Data: z.object({
    failure: z.string(),
    mode: z.string(),
    source: z.string(),
    confidence: z.number(),
    after: z.string().nullable(),
    note: z.string().nullable(),
  }),
  sentence: ({ mode, source, note }) => `Failed (${mode}), says ${source}${note === null ? '' : `: ${note}`}`,
});

export const componentFailureWithdrawn = defineEvent({
  type: 'component.failure_retracted',
  version: 1,
  topic: 'components.failure_retracted',
  Data: z.object({ failure: z.string(), reason: z.string() }),
  sentence: ({ reason }) => `Did not fail after all: ${reason}`,
});
