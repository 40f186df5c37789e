import { z } from 'zod';
import { Nullable, Time } from '../core/schemas.ts';
import { canWithdraw } from './hop-moves.ts';
import { HOP_STATES, UPDATE_STATES } from './model.ts';
import type { FirmwareUpdate, Hop } from './store.ts';

const StepView = z.object({
  component: z.string().meta({ description: 'As the firmware inventory names it' }),
  name: z.string(),
  from: Nullable.text,
  to: z.string(),
  state: z.enum(HOP_STATES),
  percent: Nullable.number,
  said: Nullable.text.meta({ description: "The BMC's own words, when last asked" }),
  why: Nullable.text.meta({
    description: 'Why it failed; of one that is done: what of it could not be tidied up on the BMC',
  }),
  withdrawable: z.boolean().meta({
    description: 'It stands in a queue of the BMC’s, which lets go of it while nothing was begun: it may be cancelled',
  }),
  sent_at: Nullable.time.meta({ description: 'When the BMC was told; never twice' }),
  ended_at: Nullable.time,
});

export const FirmwareUpdateView = z
  .object({
    id: z.string(),
    asset_id: z.string(),
    state: z.enum(UPDATE_STATES),
    components: z
      .array(z.object({ component: z.string(), version: z.string() }))
      .meta({ description: 'What was named; empty: the baseline of the firmware policy' }),
    steps: z.array(StepView).meta({ description: 'Empty until the BMC was asked what it has' }),
    may_reset: z.boolean(),
    reason: z.string(),
    requested_by: z.string(),
    requested_at: Time,
    started_at: Nullable.time,
    finished_at: Nullable.time,
    error: Nullable.text,
  })
  .meta({ id: 'FirmwareUpdate' });

export function viewUpdate(update: FirmwareUpdate, hops: readonly Hop[]): z.infer<typeof FirmwareUpdateView> {
  return {
    id: update.id,
    asset_id: update.assetId,
    state: update.state,
    components: update.wanted.map(({ component, version }) => ({ component, version })),
    steps: hops.map((hop) => ({
      component: hop.component,
      name: hop.name,
      from: hop.from,
      to: hop.to,
      state: hop.state,
      percent: hop.percent,
      said: hop.said,
      why: hop.why,
      withdrawable: canWithdraw(hop),
      sent_at: hop.announcedAt,
      ended_at: hop.endedAt,
    })),
    may_reset: update.mayReset,
    reason: update.reason,
    requested_by: update.requestedBy,
    requested_at: update.requestedAt,
    started_at: update.startedAt,
    finished_at: update.finishedAt,
    error: update.error,
  };
}
