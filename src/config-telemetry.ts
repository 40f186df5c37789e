import { z } from 'zod';

const Ms = z.coerce
  .number()
  .int()
  .min(1000)
  .max(366 * 86_400_000);

const STANDARD_DAYS = 90;
const KeepDays = z.coerce
  .number()
  .min(0)
  .max(3650)
  .refine((days) => days === 0 || days >= 1, '0, or at least 1')
  .default(STANDARD_DAYS);

/** Which symptoms are taken, what is done about them, and how long they are kept. */
export const telemetrySettings = {
  TELEMETRY_RULES: z.string().min(1).optional().meta({
    description:
      "File of the rules that open tickets, read again when it changes; left out: mappings/telemetry-rules.yaml of the hub's",
  }),
  TELEMETRY_SKEW_MS: Ms.default(300_000).meta({
    description: "How far ahead a reporter's clock may be: a symptom from later than that is rejected, in milliseconds",
  }),
  TELEMETRY_LATE_MS: Ms.default(86_400_000).meta({
    description: 'A symptom that is older when it comes is kept as late, and opens nothing, in milliseconds',
  }),
  TELEMETRY_AGE_MS: Ms.default(30 * 86_400_000).meta({
    description: 'A symptom that is older when it comes is rejected, in milliseconds',
  }),
  TELEMETRY_KEEP_DAYS: KeepDays.meta({
    description:
      'A symptom, the alerts of it and what became of those are kept for so long, and longer where a ticket that is open or may be opened again, or a fault that is not over, shows them, in days; 0: for ever',
  }),
  MONITORING_KEEP_DAYS: KeepDays.meta({
    description:
      'An alert of a monitoring system that means nothing here any more is kept for so long after it was last told, in days; 0: for ever',
  }),
};

/**
 * A symptom that is forgotten while it may still be reported would be taken as a new one.
 * @returns what is wrong, and with which setting, one that was given; undefined: nothing
 */
export function telemetryFault(config: {
  TELEMETRY_KEEP_DAYS: number;
  TELEMETRY_AGE_MS: number;
}): { setting: string; message: string } | undefined {
  const { TELEMETRY_KEEP_DAYS: days, TELEMETRY_AGE_MS: ageMs } = config;
  if (days === 0 || days * 86_400_000 >= ageMs) return undefined;
  const setting = days === STANDARD_DAYS ? 'TELEMETRY_AGE_MS' : 'TELEMETRY_KEEP_DAYS';
  return {
    setting,
    message: `symptoms are kept for ${days} days (TELEMETRY_KEEP_DAYS) and taken when they are ${ageMs / 86_400_000} days old (TELEMETRY_AGE_MS): keep them at least as long as that`,
  };
}
