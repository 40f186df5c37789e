import { parseRetryAfter, type HttpAnswer } from '../../src/kit/http.ts';
import { AdapterError, type AdapterErrorKind } from '../../src/ports/adapter-error.ts';
import { isRecord } from './decode.ts';
import { accountToChange, messageIds, saysPasswordChange } from './refusal.ts';
import { parseJson } from './resource-body.ts';
import { withoutSecretText } from './secrets/secret-shapes.ts';
import { passwordMustChange } from './session.ts';

/** What a status other than 2xx means, in the BMC's own words, without the secrets that some repeat in them. */
export function refusalOf(
  method: string,
  path: string,
  answer: HttpAnswer,
  { system, secrets }: { system: string; secrets: readonly string[] },
): AdapterError {
  const { status, text, headers } = answer;
  const ids = messageIds(text);
  if (status === 403 && saysPasswordChange(ids)) return passwordMustChange(system, status, accountToChange(text));
  const retryAfterMs = parseRetryAfter(headers['retry-after']);
  const kind = kindOf(status, ids, retryAfterMs);
  const said = withoutSecretText(without(secrets, saidIn(text)));
  const message = `${system}: ${method} ${path} answered ${status}${said === '' ? '' : `: ${said}`}`;
  const lost = kind === 'unreachable' && method !== 'GET' ? { sent: true } : {};
  return new AdapterError(kind, message, { system, status, retryAfterMs, detail: { messageIds: ids, ...lost } });
}

/** No answer to a write. `sent` false: no connection came about, so that the BMC cannot have taken it. */
export function whyLost(method: string, path: string, error: unknown, system: string): unknown {
  if (error instanceof AdapterError && error.kind !== 'unreachable') return error;
  const sent = !(error instanceof AdapterError && error.detail?.['sent'] === false);
  const why = error instanceof Error ? error.message : String(error);
  const ends = sent ? 'the BMC may have taken it' : 'it was not sent';
  return new AdapterError('unreachable', `${system}: ${method} ${path}: no answer (${why}); ${ends}`, {
    system,
    detail: { sent },
    cause: error,
  });
}

function kindOf(status: number, ids: readonly string[], retryAfterMs: number | undefined): AdapterErrorKind {
  if (status === 401) return 'unauthorized';
  // Supermicro and others answer 403 where a licence is missing: other credentials would not help.
  if (status === 403) return ids.some((id) => /licen[sc]e/i.test(id)) ? 'rejected' : 'unauthorized';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) return 'throttled';
  if (status === 501) return 'unsupported';
  if (status >= 500 || status === 408) return 'unreachable';
  return status < 400 ? 'malformed' : 'rejected';
}

/** The messages of the error body, whatever its shape; else nothing: a page of HTML tells a person nothing. */
function saidIn(text: string): string {
  const body = parseJson(text);
  if (!isRecord(body)) return '';
  const error = isRecord(body['error']) ? body['error'] : body;
  const info = error['@Message.ExtendedInfo'] ?? body['@Message.ExtendedInfo'];
  const said: string[] = [];
  for (const one of Array.isArray(info) ? info : [info]) {
    if (!isRecord(one)) continue;
    const id = one['MessageId'] ?? one['MessageID'];
    const parts = [one['Message'], one['Resolution']].filter((part) => typeof part === 'string' && part !== '');
    said.push([...(typeof id === 'string' ? [`[${id}]`] : []), ...parts].join(' '));
  }
  // Ids alone tell little; then the error itself says it in words (sushy-tools' emulator).
  const hasWords = said.some((one) => one.includes(' '));
  if (!hasWords && typeof error['message'] === 'string') said.push(error['message']);
  return said.join('; ').replaceAll(/\s+/g, ' ').slice(0, 1000);
}

function without(secrets: readonly string[], text: string): string {
  let clean = text;
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '[redacted]');
  return clean;
}
