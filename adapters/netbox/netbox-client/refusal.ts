import type { Http, HttpAnswer, HttpRequest } from '../../../src/kit/http.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';

/** How soon a write that met a newer version of its object may be tried again, in milliseconds. */
const AFTER_CONFLICT = 1_000;

/**
 * NetBox answers 403 both to a wrong token and to a right one that may not do this. Only the first must lock the credentials;
 * they differ in the text (rest_framework.exceptions.PermissionDenied), which is why the client asks for English.
 */
export function isPermissionDenied(answer: HttpAnswer): boolean {
  return answer.status === 403 && answer.text.includes('do not have permission');
}

/** The error that an answer outside 2xx means. Differs from the kit's table where NetBox's meaning does. */
export function refusal(
  system: string,
  http: Pick<Http, 'errorFor'>,
  request: HttpRequest,
  answer: HttpAnswer,
): AdapterError {
  const line = `${system}: ${request.method} ${request.path}`;
  if (isPermissionDenied(answer)) {
    return new AdapterError('rejected', `${line}: the token's user lacks the permission`, { system, status: 403 });
  }
  // Nobody throttles us, but of all kinds this one says what is to be done: wait a moment, read again, try again.
  if (answer.status === 412) {
    return new AdapterError('throttled', `${line}: the object was changed meanwhile`, {
      system,
      status: 412,
      retryAfterMs: AFTER_CONFLICT,
    });
  }
  const error = http.errorFor(request, answer);
  if (answer.status === 404 && !startsObject(answer.text)) {
    return new AdapterError('malformed', `${line} answered 404 with a page that is not NetBox's API: check the URL`, {
      system,
      status: 404,
    });
  }
  const detail = fieldErrors(answer.text);
  if (error.kind !== 'rejected' || !detail) return error;
  return new AdapterError('rejected', error.message, { system, status: answer.status, detail });
}

function startsObject(text: string): boolean {
  return text.trimStart().startsWith('{');
}

function fieldErrors(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
