import { maintenanceEnded, maintenancePlanned } from '#src/tickets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { silenceMaintenanceJob } from '../catalogue-monitoring.ts';

/** The windows themselves are read again: what was planned may have ended by then. */
export const silenceMaintenance: Reaction = {
  name: 'silence-maintenance',
  on: [maintenancePlanned.type, maintenanceEnded.type],
  job: silenceMaintenanceJob,
  input: ({ subject }) => ({ subjectType: subject.type, subjectId: subject.id }),
};
