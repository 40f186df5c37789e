import type { Http, HttpAnswer, HttpRequest } from '#src/kit/http.ts';
import { AdapterError, type AdapterErrorKind } from '#src/ports/adapter-error.ts';
import { JiraErrors } from './schema.ts';

/** What an answer that is not 2xx means, with Jira's own words on which field is wrong. */
export function jiraError(http: Http, system: string, request: HttpRequest, answer: HttpAnswer): AdapterError {
  const base = http.errorFor(request, answer);
  const said = readErrors(answer.text);
  const detail: Record<string, unknown> = {};
  if (said !== undefined) {
    if (said.errorMessages?.length) detail['messages'] = said.errorMessages;
    if (said.errors && Object.keys(said.errors).length > 0) detail['fields'] = said.errors;
  }
  // `RateLimit-Reason` tells a burst from a spent quota: the first passes in seconds, the second does not.
  const reason = answer.headers['ratelimit-reason'];
  if (reason !== undefined) detail['rateLimitReason'] = reason;
  // Jira answers 403 with this header when it wants a captcha solved in the browser first.
  const denied = answer.headers['x-authentication-denied-reason'];
  if (denied !== undefined) detail['deniedReason'] = denied;
  const words = said === undefined ? '' : sentence(said);
  return new AdapterError(
    kindOf(base.kind, answer.status),
    words === '' ? base.message : `${system}: ${request.method} ${request.path} answered ${answer.status}: ${words}`,
    {
      system,
      status: answer.status,
      retryAfterMs: base.retryAfterMs,
      ...(Object.keys(detail).length > 0 ? { detail } : {}),
    },
  );
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
  return parsed.data.errorMessages || parsed.data.errors ? parsed.data : undefined;
}

function kindOf(kind: AdapterErrorKind, status: number): AdapterErrorKind {
  return status === 410 ? 'unsupported' : kind; // 410: an API that Atlassian took away, not an object that is gone
}

function sentence(said: JiraErrors): string {
  const fields = Object.entries(said.errors ?? {}).map(([name, why]) => `${name}: ${String(why)}`);
  return [...(said.errorMessages ?? []), ...fields].join('; ').slice(0, 500);
}
