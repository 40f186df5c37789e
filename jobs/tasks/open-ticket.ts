import { tx } from '#src/core/tx.ts';
import { takeAlert } from '#src/tickets/commands/take-alert.ts';
import { handle } from '../job-ctx.ts';
import { openTicketJob } from '../catalogue-tickets.ts';

export const openTicketTask = handle(openTicketJob, async (ctx, input) => {
  const { subjectType, subjectId, component, ...said } = input;
  const complaint = { ...said, subject: { type: subjectType, id: subjectId }, component: component ?? '' };
  const taken = await tx(ctx, (inside) => takeAlert(inside, ctx.settings.tickets, complaint), {
    isolation: 'read committed',
  });
  return { ...taken };
});
