import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { PollSettings } from '#jobs/poll-bmcs.ts';
import type { Schedule } from '#jobs/schedules.ts';
import { telemetrySchedules } from '#jobs/telemetry-schedules.ts';
import type { JobSettings } from '#jobs/job-ctx.ts';
import type { Config } from './config.ts';
import type { Route } from './core/route.ts';
import * as alertEvents from './health/events.ts';
import { HealthRules } from './health/poll-rules.ts';
import { rememberTaken } from './health/taken-lately.ts';
import { pollRoutes } from './health/poll-routes.ts';
import type { TelemetryJudge } from './health/commands/report-telemetry.ts';
import { rememberServers } from './health/known-servers.ts';
import { healthRoutes } from './health/routes.ts';
import { compileRules, type RuleSet } from './health/compile-rules.ts';
import { TelemetryRules } from './health/rules.ts';
import type { HealthJudges } from './health/commands/record-poll.ts';
import { reportSeen } from './health/commands/report-seen.ts';
import type { NoticeLooks } from './history/notice-looks.ts';
import { toIso } from './core/time.ts';
import type { Log } from './kit/kit.ts';
import { watchFile, type WatchedFile } from './kit/watched-file.ts';
import { readYamlFile } from './core/yaml-file.ts';
import { becameOf } from './tickets/reads.ts';

export const healthEvents = { ...alertEvents };

export interface ComposedHealth {
  routes: Route[];
  settings: JobSettings['health'];
  polls: PollSettings;
  schedules: readonly Schedule[];
  /** What opens tickets, and whether its file has a fault now. */
  rules: WatchedFile<RuleSet>;
  judge: TelemetryJudge;
}

/** What is told of servers' health, judged by the rules that are in `mappings/` now. @throws ZodError or Error with every fault of a file */
export function composeHealth(config: Config, log: Log): ComposedHealth {
  const book = watchFile<RuleSet>({
    file: config.TELEMETRY_RULES ?? fileOf('telemetry-rules.yaml'),
    log,
    says: ({ rules }) => `${rules.length} rules`,
    read(text) {
      const found = readYamlFile(text, TelemetryRules);
      return 'value' in found ? { value: compileRules(found.value.rules) } : found;
    },
  });
  const { TELEMETRY_SKEW_MS: skewMs, TELEMETRY_LATE_MS: lateMs, TELEMETRY_AGE_MS: ageMs } = config;
  const telemetry: TelemetryJudge = {
    rules: () => book.value(),
    bounds: { skewMs, lateMs, ageMs },
    findServers: rememberServers(),
    taken: rememberTaken(),
  };
  const rules = HealthRules.parse(read('health-rules.yaml'));
  return {
    routes: [...healthRoutes(telemetry, becameOf), ...pollRoutes(config.PUBLIC_URL)],
    rules: book,
    judge: telemetry,
    settings: { rules, telemetry },
    polls: pollsOf(config),
    schedules: telemetrySchedules(config),
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
  return parse(readFileSync(fileOf(file), 'utf8'));
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`../mappings/${name}`, import.meta.url));
}

/** What bundles show of servers' health, as symptoms. */
export function noticeHealth(judges: HealthJudges): NoticeLooks {
  return (tx, looks) =>
    reportSeen(
      tx,
      judges,
      looks.map(({ assetId, snapshot: { collectedAt, source, parts, critical } }) => ({
        ...{ assetId, at: toIso(collectedAt), source, parts: parts.map(({ part }) => part), log: critical },
      })),
    );
}
