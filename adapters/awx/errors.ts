import type { Http, HttpAnswer, HttpRequest } from '#src/kit/http.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';

/** What an answer that is not 2xx means, with AWX's own words: `{detail}` or messages by field. */
export function awxError(http: Http, system: string, request: HttpRequest, answer: HttpAnswer): AdapterError {
  const base = http.errorFor(request, answer);
  const detail = readErrors(answer.text);
  const words = detail === undefined ? '' : sentence(detail);
  return new AdapterError(
    base.kind,
    words === '' ? base.message : `${system}: ${request.method} ${request.path} answered ${answer.status}: ${words}`,
    {
      system,
      status: answer.status,
      retryAfterMs: base.retryAfterMs,
      detail,
    },
  );
}

/** The error body, where it is an object; a proxy's HTML page is not. */
function readErrors(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function sentence(detail: Record<string, unknown>): string {
  const parts = Object.entries(detail).map(([name, why]) => {
    const said = Array.isArray(why) ? why.map(String).join(' ') : String(why);
    return name === 'detail' || name === '__all__' ? said : `${name}: ${said}`;
  });
  return parts.join('; ').slice(0, 500);
}

/** AWX's words for a name that is taken: `{"__all__": ["Host with this Name and Inventory already exists."]}`. */
export function alreadyExists(error: unknown): boolean {
  return (
    error instanceof AdapterError && error.status === 400 && /already exists/i.test(JSON.stringify(error.detail ?? {}))
  );
}
