import { forgetTelemetry } from '#src/health/commands/forget-telemetry.ts';
import { forgetAlerts } from '#src/monitoring/commands/forget-alerts.ts';
import { forgetTicketAlerts } from '#src/tickets/commands/forget-alerts.ts';
import { shownByOpenTickets } from '#src/tickets/reads.ts';
import { forgetTelemetryJob } from '../catalogue-monitoring.ts';
import { handle } from '../job-ctx.ts';

const DAY_MS = 86_400_000;
/** Few enough rows that nobody waits for their locks, and in all what takes minutes: then it is the turn of other jobs. */
const PORTION = { rows: 1000, most: 500_000 };

/** Symptoms, the alerts of them, what became of those, and alerts of monitoring systems: what is old and nothing shows any more. */
export const forgetTelemetryTask = handle(forgetTelemetryJob, async (ctx, { keepDays, monitoringKeepDays }) => {
  const ago = (days: number): string => new Date(ctx.now().getTime() - days * DAY_MS).toISOString();
  const removed = { telemetry_alerts: 0, telemetry_events: 0, suppressions: 0, ticket_alerts: 0, monitoring_alerts: 0 };
  let more = false;
  if (keepDays > 0) {
    const gone = await forgetTelemetry(ctx, { before: ago(keepDays), shown: shownByOpenTickets, ...PORTION });
    [removed.telemetry_alerts, removed.telemetry_events, more] = [gone.alerts, gone.symptoms, gone.more];
    const limits = ctx.settings.tickets;
    const books = await forgetTicketAlerts(ctx, { before: ago(keepDays), limits, ...PORTION });
    [removed.suppressions, removed.ticket_alerts] = [books.suppressions, books.alerts];
    more ||= books.more;
  }
  if (monitoringKeepDays > 0) {
    const gone = await forgetAlerts(ctx, { before: ago(monitoringKeepDays), ...PORTION });
    removed.monitoring_alerts = gone.removed;
    more ||= gone.more;
  }
  if (Object.values(removed).some((rows) => rows > 0)) ctx.log.info({ removed }, 'old telemetry was removed');
  if (more) await ctx.enqueue(forgetTelemetryJob, { keepDays, monitoringKeepDays });
  return { removedRows: removed, more };
});
