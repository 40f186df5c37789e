import type { Reaction } from '#src/journal/job.ts';
import type { JobHandler } from './job-ctx.ts';
import { silenceMaintenance } from './reactions/silence-maintenance.ts';
import { forgetTelemetryTask } from './tasks/forget-telemetry.ts';
import { silenceMaintenanceTask } from './tasks/silence-maintenance.ts';

/** What the monitoring systems are told, and how long what they said is kept. */
export const monitoringReactions: readonly Reaction[] = [silenceMaintenance];
export const monitoringHandlers: readonly JobHandler[] = [silenceMaintenanceTask, forgetTelemetryTask];
