import { forgetTelemetryJob } from './catalogue-monitoring.ts';
import type { Schedule } from './schedules.ts';

const EVERY_MS = 3_600_000;

/** Symptoms and alerts that are too old to be kept; none where all is kept for ever. */
export function telemetrySchedules(settings: {
  TELEMETRY_KEEP_DAYS: number;
  MONITORING_KEEP_DAYS: number;
}): readonly Schedule[] {
  const { TELEMETRY_KEEP_DAYS: keepDays, MONITORING_KEEP_DAYS: monitoringKeepDays } = settings;
  if (keepDays === 0 && monitoringKeepDays === 0) return [];
  const input = { keepDays, monitoringKeepDays };
  return [{ name: 'forget-telemetry', job: forgetTelemetryJob, input, every: { ms: EVERY_MS } }];
}
