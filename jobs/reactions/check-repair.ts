import { assetInspected } from '#src/assets/events.ts';
import { assetHistoryChanged } from '#src/history/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { ticketMoved } from '#src/tickets/events.ts';
import { checkRepairJob } from '../catalogue-tickets.ts';

/** Whatever may show a new part, or how it is; and a ticket that somebody says is done. */
export const checkRepair: Reaction = {
  name: 'check-repair',
  on: [assetHistoryChanged.type, assetInspected.type, ticketMoved.type],
  job: checkRepairJob,
  input: ({ type, subject, related, data }) => {
    if (type === ticketMoved.type && data['to'] !== 'DONE') return undefined;
    const asset = [subject, ...related].find((one) => one.type === 'asset');
    return asset === undefined ? undefined : { assetId: asset.id };
  },
};
