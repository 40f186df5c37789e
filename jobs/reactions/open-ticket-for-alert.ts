import { criticalAlertRaised, warningAlertRaised } from '#src/health/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { openTicketJob } from '../catalogue.ts';

export const openTicketForAlert: Reaction = {
  name: 'open-ticket-for-alert',
  on: [criticalAlertRaised.type, warningAlertRaised.type],
  job: openTicketJob,
  input: ({ id, subject, data }) => ({
    alertId: id,
    assetId: subject.id,
    type: data['ticket'],
    component: data['component'],
    serial: data['serial'],
    priority: data['priority'],
    reason: data['reason'],
    occurredAt: data['occurredAt'],
  }),
};
