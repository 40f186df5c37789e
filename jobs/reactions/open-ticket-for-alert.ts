import { criticalAlertRaised, warningAlertRaised } from '#src/health/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { openTicketJob } from '../catalogue-tickets.ts';

/** What an alert of an earlier version does not say is not known. */
export const openTicketForAlert: Reaction = {
  name: 'open-ticket-for-alert',
  on: [criticalAlertRaised.type, warningAlertRaised.type],
  job: openTicketJob,
  input: ({ id, subject, data }) => ({
    alertId: id,
    ...{ subjectType: subject.type, subjectId: subject.id, symptom: data['symptom'], type: data['ticket'] },
    ...{ component: data['component'] ?? null, serial: data['serial'] ?? null, priority: data['priority'] },
    ...{ reason: data['reason'], occurredAt: data['occurredAt'], repeat: data['repeat'] === true },
    ...{ rule: data['rule'] ?? null, template: data['template'] ?? null, assigneeGroup: data['assigneeGroup'] ?? null },
  }),
};
