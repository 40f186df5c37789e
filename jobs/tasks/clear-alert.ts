import { tx } from '#src/core/tx.ts';
import { clearAlert } from '#src/tickets/commands/clear-alert.ts';
import { handle } from '../job-ctx.ts';
import { clearAlertJob, checkRepairJob } from '../catalogue-tickets.ts';

export const clearAlertTask = handle(clearAlertJob, async (ctx, input) => {
  const { subjectType, subjectId, component, eventId: _, ...said } = input;
  const cleared = { ...said, subject: { type: subjectType, id: subjectId }, component: component ?? '' };
  const done = await tx(ctx, (inside) => clearAlert(inside, cleared), { isolation: 'read committed' });
  // A part that was replaced may be known to be well now.
  if (subjectType === 'asset') await ctx.enqueue(checkRepairJob, { assetId: subjectId });
  return { ...done };
});
