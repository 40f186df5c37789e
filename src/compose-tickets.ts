import type { JobSettings } from '#jobs/job-ctx.ts';
import { feedSchedules } from '#jobs/feed-schedules.ts';
import type { Schedule } from '#jobs/schedules.ts';
import { ticketSchedules } from '#jobs/ticket-schedules.ts';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import type { Route } from './core/route.ts';
import { readYamlFile } from './core/yaml-file.ts';
import type { Log } from './kit/kit.ts';
import { watchFile, type WatchedFile } from './kit/watched-file.ts';
import { CorrelationRules } from './tickets/correlation-rules.ts';
import { feedRoutes } from './feeds/routes.ts';
import * as movedEvents from './tickets/events.ts';
import { ticketLinkRoutes } from './tickets/link-routes.ts';
import { ticketRoutes } from './tickets/routes.ts';
import { windowRoutes } from './tickets/window-routes.ts';

export const ticketEvents = { ...movedEvents };

/** What operators work on, by the rules that are in `mappings/` now. @throws Error with a line for every fault of the file */
export function composeTickets(
  config: Config,
  log: Log,
): {
  routes: Route[];
  settings: JobSettings['tickets'];
  schedules: readonly Schedule[];
  /** Which faults are one fault, and whether the file has a fault now. */
  rules: WatchedFile<CorrelationRules>;
} {
  const own = fileURLToPath(new URL('../mappings/correlation-rules.yaml', import.meta.url));
  const rules = watchFile<CorrelationRules>({
    file: config.CORRELATION_RULES ?? own,
    log,
    says: ({ causes }) => `${causes.length} causes`,
    read: (text) => readYamlFile(text, CorrelationRules),
  });
  return {
    routes: [...feedRoutes, ...ticketRoutes, ...ticketLinkRoutes, ...windowRoutes],
    settings: {
      rules: () => rules.value(),
      reopenDays: config.TICKET_REOPEN_DAYS,
      againDays: config.TICKET_AGAIN_DAYS,
      proofHours: config.TICKET_PROOF_HOURS,
      syncMs: config.TICKET_SYNC_MS,
    },
    schedules: [...ticketSchedules(config), ...feedSchedules(config)],
    rules,
  };
}
