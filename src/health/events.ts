import { z } from 'zod';
import { defineEvent } from '../core/event.ts';
import { Priority } from './rule-words.ts';

const Alert = z.object({
  symptom: z.string(),
  ticket: z.string(),
  priority: Priority,
  component: z.string().nullable(),
  componentKind: z.string().nullable().default(null),
  serial: z.string().nullable(),
  reason: z.string(),
  occurredAt: z.string(),
  site: z.string().nullable(),
  rule: z.string().default('').meta({ description: 'Which rule of mappings/telemetry-rules.yaml' }),
  template: z.string().nullable().default(null),
  assigneeGroup: z.string().nullable().default(null),
  count: z.int().default(1).meta({ description: 'Symptoms since the episode began' }),
  repeat: z.boolean().default(false).meta({ description: 'The same episode once more' }),
});
export type Alert = z.infer<typeof Alert>;

function sentence(alert: Alert): string {
  return `${alert.repeat ? 'Still ' : ''}${alert.symptom}${alert.component ? ` on ${alert.component}` : ''}: ${alert.reason}`;
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

export const alertCleared = defineEvent({
  type: 'health.alert_cleared',
  version: 1,
  topic: 'health.alert_cleared',
  Data: z.object({
    symptom: z.string(),
    ticket: z.string(),
    component: z.string().nullable(),
    rule: z.string(),
    reason: z.string(),
    occurredAt: z.string(),
  }),
  sentence: ({ symptom, component, reason }) =>
    `${symptom}${component === null ? '' : ` on ${component}`} is over: ${reason}`,
});

export const pollRequested = defineEvent({
  type: 'health.poll_requested',
  version: 1,
  topic: 'health.poll_requested',
  Data: z.object({ reason: z.string() }),
  sentence: ({ reason }) => `Asked how it is: ${reason}`,
});
