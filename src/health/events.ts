import { z } from 'zod';
import { defineEvent } from '../core/event.ts';
import { Priority } from './rules.ts';

const Alert = z.object({
  symptom: z.string(),
  ticket: z.string(),
  priority: Priority,
  component: z.string().nullable(),
  serial: z.string().nullable(),
  reason: z.string(),
  occurredAt: z.string(),
  site: z.string().nullable(),
});
export type Alert = z.infer<typeof Alert>;

function sentence(alert: Alert): string {
  return `${alert.symptom}${alert.component ? ` on ${alert.component}` : ''}: ${alert.reason}`;
}

export const criticalAlertRaised = defineEvent({
  type: 'health.critical_alert_raised',
  version: 1,
  topic: 'health.alert_critical',
  Data: Alert,
  sentence,
});
export const warningAlertRaised = defineEvent({
  type: 'health.warning_alert_raised',
  version: 1,
  topic: 'health.alert_warning',
  Data: Alert,
  sentence,
});

export const pollRequested = defineEvent({
  type: 'health.poll_requested',
  version: 1,
  topic: 'health.poll_requested',
  Data: z.object({ reason: z.string() }),
  sentence: ({ reason }) => `Asked how it is: ${reason}`,
});
