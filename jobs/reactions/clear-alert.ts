import { alertCleared } from '#src/health/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { clearAlertJob } from '../catalogue-tickets.ts';

export const clearAlert: Reaction = {
  name: 'clear-alert',
  on: [alertCleared.type],
  job: clearAlertJob,
  input: ({ id, subject, data }) => ({
    eventId: id,
    ...{ subjectType: subject.type, subjectId: subject.id, symptom: data['symptom'], type: data['ticket'] },
    ...{
      component: data['component'] ?? null,
      rule: data['rule'] ?? null,
      reason: data['reason'],
      occurredAt: data['occurredAt'],
    },
  }),
};
