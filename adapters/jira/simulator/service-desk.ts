import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { ok } from './answers.ts';
import { jiraTime } from './render.ts';
import type { JiraStore, SimulatedSla } from './store.ts';

/** `GET /rest/servicedeskapi/request/{id}/sla`, paged by `start` and `limit`. */
export function serviceDeskRoute(
  store: JiraStore,
  origin: string,
  request: SimulatedRequest,
  path: string,
): SimulatedAnswer {
  const idOrKey = /^\/request\/([^/]+)\/sla$/.exec(path)?.[1] ?? '';
  const issue = store.issue(idOrKey);
  if (issue === undefined || store.project(issue.project)?.serviceDesk !== true)
    return {
      status: 404,
      body: {
        errorMessage: 'The request you are looking for does not exist, or you do not have permission to view it.',
        i18nErrorMessage: { i18nKey: 'sd.request.not.found', parameters: [] },
      },
    };
  const start = Number(request.query.get('start') ?? 0);
  const limit = Math.min(Number(request.query.get('limit') ?? 50), 100);
  const page = issue.sla.slice(start, start + limit);
  const base = `${origin}/rest/servicedeskapi`;
  return ok({
    ...{ _expands: [], size: page.length, start, limit, isLastPage: start + page.length >= issue.sla.length },
    _links: { base, context: '' },
    values: page.map((sla, at) => render(sla, `${base}/request/${issue.id}/sla/${start + at + 1}`)),
  });
}

function render(sla: SimulatedSla, self: string): Record<string, unknown> {
  const now = Date.now();
  const remaining = sla.goalMs - sla.elapsedMs;
  const cycle = {
    startTime: time(now - sla.elapsedMs),
    breachTime: time(now + remaining),
    breached: remaining < 0,
    goalDuration: duration(sla.goalMs),
    elapsedTime: duration(sla.elapsedMs),
    remainingTime: duration(remaining),
  };
  return {
    ...{ name: sla.name, _links: { self } },
    completedCycles: sla.running ? [] : [{ ...cycle, stopTime: time(now) }],
    ...(sla.running ? { ongoingCycle: { ...cycle, paused: sla.paused === true, withinCalendarHours: true } } : {}),
  };
}

function time(ms: number): Record<string, unknown> {
  const at = new Date(ms).toISOString();
  return { epochMillis: ms, friendly: at, iso8601: jiraTime(ms).replace(/\.\d{3}/, ''), jira: jiraTime(ms) };
}

function duration(millis: number): Record<string, unknown> {
  return { millis, friendly: `${Math.trunc(millis / 60_000)}m` };
}
