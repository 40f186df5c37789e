import { z } from 'zod';
import { defineEvent } from '../core/event.ts';

const Step = z.object({ component: z.string(), from: z.string().nullable(), to: z.string() });
const stepWords = ({ component, from, to }: z.infer<typeof Step>): string => `${component} ${from ?? '?'} → ${to}`;

export const updateRequested = defineEvent({
  type: 'firmware.update_requested',
  version: 1,
  topic: 'firmware.update_requested',
  Data: z.object({
    updateId: z.string(),
    reason: z.string(),
    mayReset: z.boolean(),
    components: z.array(z.object({ component: z.string(), version: z.string() })),
  }),
  sentence: ({ components, reason }) =>
    components.length === 0
      ? `Asked to bring its firmware to the baseline: ${reason}`
      : `Asked to update ${components.map(({ component, version }) => `${component} to ${version}`).join(', ')}: ${reason}`,
});

export const updateStarted = defineEvent({
  type: 'firmware.update_started',
  version: 1,
  topic: 'firmware.update_started',
  Data: z.object({ updateId: z.string(), steps: z.array(Step) }),
  sentence: ({ steps }) => `Firmware update begins: ${steps.map(stepWords).join(', ')}`,
});

export const componentUpdated = defineEvent({
  type: 'firmware.component_updated',
  version: 1,
  topic: 'firmware.component_updated',
  Data: z.object({ updateId: z.string(), ...Step.shape }),
  sentence: (step) => `Updated: ${stepWords(step)}`,
});

export const updateCompleted = defineEvent({
  type: 'firmware.update_completed',
  version: 1,
  topic: 'firmware.update_completed',
  Data: z.object({ updateId: z.string(), steps: z.array(Step) }),
  sentence: ({ steps }) =>
    steps.length === 0 ? 'All firmware was as wanted already' : `Firmware updated: ${steps.map(stepWords).join(', ')}`,
});

export const cancelRequested = defineEvent({
  type: 'firmware.cancel_requested',
  version: 1,
  topic: 'firmware.cancel_requested',
  Data: z.object({ updateId: z.string(), component: z.string(), by: z.string(), reason: z.string() }),
  sentence: ({ component, reason }) => `Its BMC is asked to let go of the update of ${component}: ${reason}`,
});

export const cancelRefused = defineEvent({
  type: 'firmware.cancel_refused',
  version: 1,
  topic: 'firmware.cancel_refused',
  Data: z.object({ updateId: z.string(), component: z.string(), by: z.string(), why: z.string() }),
  sentence: ({ component, why }) => `The update of ${component} was not cancelled, and goes on: ${why}`,
});

export const updateFailed = defineEvent({
  type: 'firmware.update_failed',
  version: 1,
  topic: 'firmware.update_failed',
  Data: z.object({
    updateId: z.string(),
    component: z.string().nullable(),
    why: z.string(),
    done: z.array(Step).meta({ description: 'Steps that were done before' }),
  }),
  sentence: ({ component, why }) => `Firmware update failed${component === null ? '' : ` at ${component}`}: ${why}`,
});
