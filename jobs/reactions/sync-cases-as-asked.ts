import { caseSyncRequested } from '#src/cases/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { syncCasesJob } from '../catalogue-tickets.ts';

export const syncCasesAsAsked: Reaction = {
  name: 'sync-cases-as-asked',
  on: [caseSyncRequested.type],
  job: syncCasesJob,
  input: ({ subject, data }) => ({ syncId: data['syncId'], source: subject.id }),
};
