import { criticalAlertRaised } from '#src/health/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { recordAlertFailureJob } from '../catalogue-tickets.ts';

/** Only alerts that name a part by its serial: a slot may hold another one by now. */
export const recordFailureOfAlert: Reaction = {
  name: 'record-failure-of-alert',
  on: [criticalAlertRaised.type],
  job: recordAlertFailureJob,
  input: ({ id, subject, data }) =>
    typeof data['serial'] !== 'string' || subject.type !== 'asset'
      ? undefined
      : {
          alertId: id,
          assetId: subject.id,
          symptom: data['symptom'],
          serial: data['serial'],
          reason: data['reason'],
          occurredAt: data['occurredAt'],
        },
};
