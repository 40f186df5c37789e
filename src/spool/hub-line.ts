export interface HubAnswer {
  status: number;
  /** Undefined where the body is not JSON. */
  json: unknown;
  header(name: string): string | null;
}

export interface HubRequest {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

/** A request to the hub; throws where there is no answer. */
export type HubLine = (request: HubRequest, signal: AbortSignal) => Promise<HubAnswer>;

/** An answer may take so long, on top of the time that the slowest line needs for the body. */
const ANSWER_MS = 60_000;
const SLOWEST_BYTES_PER_MS = 32;

export function openHubLine(hub: string, apiKey: string): HubLine {
  const base = hub.replace(/\/+$/, '');
  return async ({ method, path, headers, body }, signal) => {
    const limit = ANSWER_MS + Math.ceil((body?.length ?? 0) / SLOWEST_BYTES_PER_MS);
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { accept: 'application/json', authorization: `Bearer ${apiKey}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      // A redirect would take the key to somebody else, and a POST may become a GET on the way.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(limit)]),
    });
    const text = await answer.text();
    return { status: answer.status, json: parse(text), header: (name) => answer.headers.get(name) };
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller looks for what it needs and does not find it
  }
}

/** What an answer that is no success means for the file. */
export type Trouble =
  | { did: 'later'; reason: string; retryAfterMs?: number; noAnswer?: boolean }
  /** No other file would fare better: the key or the address is wrong. */
  | { did: 'stop'; reason: string }
  | { did: 'refused'; reason: string };

export function troubleOf(answer: HubAnswer): Trouble {
  const { status } = answer;
  const reason = `the hub answered ${status}${sentenceOf(answer.json)}`;
  if (status === 401 || status === 403) return { did: 'stop', reason: `${reason}; check the API key and its scopes` };
  if (status === 429 || status === 503) return { did: 'later', reason, ...retryAfter(answer.header('retry-after')) };
  if (status >= 500 || status === 408 || status === 425) return { did: 'later', reason };
  // These are about the address, not about the file; so is a success that says nothing of the file.
  if (status < 400 || status === 404 || status === 405 || status === 407)
    return { did: 'stop', reason: `${reason}; check the hub's address` };
  return { did: 'refused', reason };
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
export function noAnswer(error: unknown): Trouble {
  const { cause, name, message } = error as Error;
  const said = cause instanceof Error && cause.message !== '' ? cause.message : message;
  return { did: 'later', reason: `no answer: ${name === 'TimeoutError' ? 'not in time' : said}`, noAnswer: true };
}

/** The hub's problem document: its own sentence, else its title. */
function sentenceOf(json: unknown): string {
  const { detail, title } = record(json);
  const said = typeof detail === 'string' && detail !== '' ? detail : title;
  return typeof said === 'string' && said !== '' ? `: ${said.slice(0, 1000)}` : '';
}

function retryAfter(value: string | null): { retryAfterMs?: number } {
  if (value === null) return {};
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.min(Math.max(ms, 0), 600_000) } : {};
}

/**
 * Whether an answer says that the hub has the file. A status alone is not enough: what stands between answers 200 to anything, and the
 * file is removed on this word.
 */
export function confirms(json: unknown, sha256: string): boolean {
  const { bundle, sha256: own } = record(json);
  return [own, record(bundle)['sha256']].includes(sha256);
}

export function record(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
}
