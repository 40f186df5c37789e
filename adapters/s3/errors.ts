import { AdapterError, type AdapterErrorKind } from '#src/ports/adapter-error.ts';

/** S3's own words where they say more than the status. */
const BY_CODE: Record<string, AdapterErrorKind> = {
  NoSuchKey: 'not-found',
  // Not 'not-found': the object may well be somewhere, the settings are wrong.
  NoSuchBucket: 'rejected',
  SlowDown: 'throttled',
  TooManyRequests: 'throttled',
  ThrottlingException: 'throttled',
  // 400 and 403 that are about this one transfer, or about clocks, and pass.
  RequestTimeout: 'unreachable',
  IncompleteBody: 'unreachable',
  BadDigest: 'unreachable',
  XAmzContentSHA256Mismatch: 'unreachable',
  RequestTimeTooSkewed: 'unreachable',
  OperationAborted: 'unreachable',
  ExpiredToken: 'unauthorized',
  InvalidToken: 'unauthorized',
};

/** What the SDK throws, as far as it is looked at. It hides the answer in `$response` where it could not read it. */
interface SdkError {
  name?: string;
  Code?: string;
  code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

export function s3Error(system: string, what: string, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof AdapterError) return error;
  if (signal.aborted) return signal.reason;
  const thrown = error as SdkError;
  const status = thrown.$response?.statusCode ?? thrown.$metadata?.httpStatusCode;
  const code = codeOf(thrown);
  const retryAfterMs = retryAfter(thrown.$response?.headers?.['retry-after']);
  const kind = BY_CODE[code] ?? kindOf(status, retryAfterMs);
  const said = [status, code, sentence(thrown, status)].filter((part) => part !== undefined && part !== '').join(' ');
  return new AdapterError(kind, `${system}: ${what}: ${said}${remedy(code)}`, {
    system,
    status,
    retryAfterMs: kind === 'throttled' ? retryAfterMs : undefined,
    ...(code === '' ? {} : { detail: { code } }),
    cause: error,
  });
}

function codeOf(error: unknown): string {
  const { Code, name = '', $metadata } = error as SdkError;
  // The SDK's own classes (TimeoutError, SyntaxError) have names too, but no answer behind them.
  if (Code !== undefined) return Code;
  return $metadata?.httpStatusCode !== undefined && /^[A-Z]\w+$/.test(name) && !/Error$/.test(name) ? name : '';
}

function kindOf(status: number | undefined, retryAfterMs: number | undefined): AdapterErrorKind {
  if (status === undefined) return 'unreachable';
  if (status === 401 || status === 403) return 'unauthorized';
  // S3 names what it does not find, but in the answer to a HEAD; for a proxy's 404 the SDK makes up "NotFound".
  if (status === 404) return 'malformed';
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) return 'throttled';
  if (status >= 500 || status === 408) return 'unreachable';
  if (status < 300) return 'malformed';
  return 'rejected';
}

/** Seconds or an HTTP date, capped at an hour. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 3_600_000) : undefined;
}

function sentence({ message = '', code }: SdkError, status: number | undefined): string {
  if (status === undefined) return [code, message].filter(Boolean).join(' ') || 'no answer';
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function remedy(code: string): string {
  if (code === 'RequestTimeTooSkewed') return '; the clocks differ: check NTP on this machine';
  if (code === 'PermanentRedirect' || code === 'AuthorizationHeaderMalformed') return '; check url and region';
  return '';
}
