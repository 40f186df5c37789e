import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { PollSettings } from '#jobs/poll-bmcs.ts';
import type { JobSettings } from '#jobs/job-ctx.ts';
import type { Config } from './config.ts';
import type { Route } from './core/route.ts';
import { HealthRules } from './health/poll-rules.ts';
import { pollRoutes } from './health/poll-routes.ts';
import { healthRoutes } from './health/routes.ts';
import { TelemetryRules } from './health/rules.ts';

export interface ComposedHealth {
  routes: Route[];
  settings: JobSettings['health'];
  polls: PollSettings;
}

/** What is told of servers' health, judged by the rules that are in `mappings/` now. @throws ZodError with every fault of a file */
export function composeHealth(config: Config): ComposedHealth {
  const telemetry = TelemetryRules.parse(read('telemetry-rules.yaml')).rules;
  const rules = HealthRules.parse(read('health-rules.yaml'));
  return {
    routes: [...healthRoutes(telemetry), ...pollRoutes(config.PUBLIC_URL)],
    settings: { rules, telemetry },
    polls: pollsOf(config),
  };
}

function pollsOf(config: Config): PollSettings {
  const { BMC_EVENT_URL: url } = config;
  return {
    everyMs: { health: config.HEALTH_POLL_MS, logs: config.LOG_POLL_MS, events: config.EVENT_CHECK_MS },
    atOnce: config.POLL_CONCURRENCY,
    eventsTo: url === undefined ? null : `${url}/hooks/redfish`,
    streams: config.BMC_EVENT_STREAMS,
  };
}

function read(file: string): unknown {
  return parse(readFileSync(new URL(`../mappings/${file}`, import.meta.url), 'utf8'));
}
