import type { Http, HttpAnswer, HttpRequest } from '#src/kit/http.ts';
import { AdapterError, type AdapterErrorKind } from '#src/ports/adapter-error.ts';
import { JiraErrors } from './schema.ts';

/** After a 409 or a refused write to one issue that did not say for how long: writes to an issue come one at a time. */
const CONFLICT_PAUSE_MS = 2_000;
/** Longest pause that we take from a header. */
const LONGEST_PAUSE_MS = 3_600_000;

/** What an answer that is not 2xx means, with Jira's own words on which field is wrong. */
export function jiraError(
  http: Http,
  system: string,
  request: HttpRequest,
  answer: HttpAnswer,
  now: Date,
): AdapterError {
  const base = http.errorFor(request, answer);
  const said = readErrors(answer.text);
  const detail: Record<string, unknown> = {};
  if (said !== undefined) {
    const messages = [...(said.errorMessages ?? []), ...(said.errorMessage ? [said.errorMessage] : [])];
    if (messages.length > 0) detail['messages'] = messages;
    if (said.errors && Object.keys(said.errors).length > 0) detail['fields'] = said.errors;
  }
  // `RateLimit-Reason` tells a burst from a spent quota: the first passes in seconds, the second does not.
  const reason = answer.headers['ratelimit-reason'];
  if (reason !== undefined) detail['rateLimitReason'] = reason;
  // Jira answers 403 with this header when it wants a captcha solved in the browser first.
  const denied = answer.headers['x-authentication-denied-reason'];
  if (denied !== undefined) detail['deniedReason'] = denied;
  const kind = kindOf(base.kind, answer.status);
  const words = said === undefined ? '' : sentence(said);
  return new AdapterError(
    kind,
    words === '' ? base.message : `${system}: ${request.method} ${request.path} answered ${answer.status}: ${words}`,
    {
      system,
      status: answer.status,
      retryAfterMs: kind === 'throttled' ? (base.retryAfterMs ?? pauseOf(answer, now)) : base.retryAfterMs,
      ...(Object.keys(detail).length > 0 ? { detail } : {}),
    },
  );
}

/**
 * How long to wait where no `Retry-After` says it. Cloud: `X-RateLimit-Reset` is a time. Data Center: a bucket that gets
 * `X-RateLimit-FillRate` requests every `X-RateLimit-Interval-Seconds`.
 */
function pauseOf(answer: HttpAnswer, now: Date): number | undefined {
  const reset = Date.parse(answer.headers['x-ratelimit-reset'] ?? '');
  if (Number.isFinite(reset)) return Math.min(Math.max(reset - now.getTime(), 0), LONGEST_PAUSE_MS);
  const interval = Number(answer.headers['x-ratelimit-interval-seconds'] ?? Number.NaN);
  if (Number.isFinite(interval) && interval > 0) return Math.min(interval * 1000, LONGEST_PAUSE_MS);
  const onIssue = answer.headers['ratelimit-reason'] === 'jira-per-issue-on-write';
  return answer.status === 409 || onIssue ? CONFLICT_PAUSE_MS : undefined;
}

/** The error body, where the answer is one of Jira's; a proxy's HTML page is not. */
function readErrors(text: string): JiraErrors | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = JiraErrors.safeParse(value);
  if (!parsed.success) return undefined;
  return parsed.data.errorMessages || parsed.data.errors || parsed.data.errorMessage ? parsed.data : undefined;
}

/**
 * 410: an API that Atlassian took away, not an object that is gone. 409: somebody else changes the issue at this moment; the same
 * request may succeed later.
 */
function kindOf(kind: AdapterErrorKind, status: number): AdapterErrorKind {
  if (status === 410) return 'unsupported';
  return status === 409 ? 'throttled' : kind;
}

function sentence(said: JiraErrors): string {
  const fields = Object.entries(said.errors ?? {}).map(([name, why]) => `${name}: ${String(why)}`);
  const own = said.errorMessage ? [said.errorMessage] : [];
  return [...(said.errorMessages ?? []), ...own, ...fields].join('; ').slice(0, 500);
}
