import { setImmediate as nextTurn } from 'node:timers/promises';
import { Client, errors, Pool } from 'undici';
import type { z } from 'zod';
import { AdapterError } from '../ports/adapter-error.ts';
import { beforeWrite } from '../ports/before-write.ts';
import { connector, markNeverSent, wasNeverSent, type TlsTrust } from './connector.ts';
import { encodeBody, encodeQuery } from './encode-request.ts';
import { openHttpStream } from './http-stream.ts';
import { isTimeout, type Pace } from './pace.ts';
import { excerpt, flatten, parseJson, readBody } from './read-answer.ts';

export { excerpt } from './read-answer.ts';

export interface HttpOptions {
  /** Origin and base path, e.g. `https://netbox.example/netbox`. Paths are appended to it. */
  baseUrl: string;
  /** Sent with every request. */
  headers?: Record<string, string> | undefined;
  tls?: TlsTrust | undefined;
  /** Parallel connections. Default 4. */
  connections?: number | undefined;
  /** Idle time after which a kept connection is not used again, in milliseconds. Default 4,000. */
  keepAliveMs?: number | undefined;
  /** For the whole exchange, in milliseconds. Default 30,000. */
  timeoutMs?: number | undefined;
  /** Largest body accepted, in bytes. Default 16 MiB. */
  maxBytes?: number | undefined;
  /** Each request waits for its turn; the wait is not part of `timeoutMs`. Default: none waits. */
  pace?: Pace | undefined;
}

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Begins with a slash. */
  path: string;
  /** Arrays become repeated keys (`id=1&id=2`); undefined is left out. */
  query?: Record<string, string | number | boolean | readonly (string | number)[] | undefined> | undefined;
  headers?: Record<string, string> | undefined;
  /** Sent as JSON unless it is a Buffer, a string or a `StreamedBody`. */
  body?: unknown;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** On a connection of its own: nobody can have closed it while it was idle, and what never went out is known for certain. */
  ownConnection?: boolean | undefined;
}

/** A body that is read as it goes out. Its length is told beforehand, so that it is not sent in chunks. */
export interface StreamedBody {
  contentType: string;
  sizeBytes: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface HttpAnswer {
  status: number;
  /** Lower-case names; repeated headers joined by ", ". */
  headers: Record<string, string>;
  text: string;
  /** Parses the body. @throws AdapterError malformed */
  json<S extends z.ZodType>(schema: S): z.output<S>;
}

/** A GET whose answer goes on until one side ends it. */
export interface StreamRequest extends Pick<HttpRequest, 'path' | 'query' | 'headers' | 'timeoutMs' | 'signal'> {
  /** So long without a single byte, and it is over. */
  idleMs: number;
}

export interface HttpStream extends HttpAnswer {
  /**
   * What comes, as it comes, no faster than it is taken; to be read once. Null where the status is no 2xx: then `text` says why.
   * @throws AdapterError unreachable (`detail.idle` true: nothing came for `idleMs`); the signal's reason
   */
  chunks: AsyncIterable<Buffer> | null;
  /** Ends it, also when nobody reads. */
  close(): void;
}

/** A request as counted: for metrics and for "requests per BMC". */
export interface HttpObserver {
  (call: { system: string; method: string; status: number | 'error'; ms: number }): void;
}

export interface Http {
  /** Any HTTP status is an answer. @throws AdapterError unreachable (`detail.sent` false: no connection came about) | malformed (too large) */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** On a connection of its own, outside of the pool; `timeoutMs` is until the answer begins. Never repeated. @throws AdapterError as `request` */
  stream(request: StreamRequest): Promise<HttpStream>;
  /** GET that must answer 2xx. @throws AdapterError by `errorFor` */
  getJson<S extends z.ZodType>(
    path: string,
    schema: S,
    options?: Omit<HttpRequest, 'method' | 'path'>,
  ): Promise<z.output<S>>;
  /** The error that an answer's status means: 401/403 unauthorized, 404 not-found, 429 and 503 with Retry-After throttled, other 5xx unreachable, else rejected. */
  errorFor(request: HttpRequest, answer: HttpAnswer): AdapterError;
  /** SHA-256 fingerprint of the certificate seen last; null over plain HTTP. */
  readonly fingerprint256: string | null;
  /** Requests sent so far. */
  readonly requests: number;
  close(): Promise<void>;
}

const METHODS_REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The HTTP client of all adapters: one undici pool per base URL. Redirects are not followed. */
export function createHttp(system: string, options: HttpOptions, observe: HttpObserver = () => {}): Http {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const seen = { fingerprint256: null as string | null, requests: 0 };
  const connecting = {
    keepAliveTimeout: options.keepAliveMs ?? 4_000,
    keepAliveMaxTimeout: options.keepAliveMs ?? 4_000,
    connect: connector(options.tls, (fingerprint) => (seen.fingerprint256 = fingerprint)),
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const pool = new Pool(base.origin, { ...connecting, connections: options.connections ?? 4 });
  const maxBytes = options.maxBytes ?? 16 * 1024 * 1024;

  async function once(request: HttpRequest, over: Pool | Client): Promise<HttpAnswer> {
    // Not AbortSignal.timeout, which keeps its request for all of that time: hundreds of requests a second are many.
    const deadline = new AbortController();
    const late = (): void => deadline.abort(new DOMException('no answer in time', 'TimeoutError'));
    const timer = setTimeout(late, request.timeoutMs ?? options.timeoutMs ?? 30_000).unref();
    const signal = request.signal ? AbortSignal.any([request.signal, deadline.signal]) : deadline.signal;
    return exchange(request, over, signal).finally(() => clearTimeout(timer));
  }

  async function exchange(request: HttpRequest, over: Pool | Client, signal: AbortSignal): Promise<HttpAnswer> {
    const { body, headers: about } = encodeBody(request.body);
    const answer = await over.request({
      method: request.method,
      path: prefix + request.path + encodeQuery(request.query),
      headers: {
        accept: 'application/json',
        ...about,
        ...options.headers,
        ...request.headers,
      },
      body,
      signal,
    });
    const text = await readBody(answer.body, maxBytes, system);
    // undici takes the connection for busy until its next turn: requests one after the other would use two, and shake hands twice.
    await nextTurn();
    return {
      status: answer.statusCode,
      headers: flatten(answer.headers),
      text,
      json: (schema) => parseJson(system, request, text, schema),
    };
  }

  async function alone(wanted: HttpRequest): Promise<HttpAnswer> {
    const client = new Client(base.origin, connecting);
    let connected = false;
    client.once('connect', () => (connected = true));
    try {
      return await once(wanted, client);
    } catch (error) {
      if (!connected) markNeverSent(error);
      throw error;
    } finally {
      await client.destroy();
    }
  }

  async function request(wanted: HttpRequest): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const turn = await options.pace?.turn(wanted.signal);
      if (!METHODS_REPEATABLE.has(wanted.method)) await beforeWrite();
      const started = performance.now();
      seen.requests += 1;
      try {
        const answer = wanted.ownConnection === true ? await alone(wanted) : await once(wanted, pool);
        turn?.ended(answer.status, parseRetryAfter(answer.headers['retry-after']));
        observe({ system, method: wanted.method, status: answer.status, ms: performance.now() - started });
        return answer;
      } catch (error) {
        observe({ system, method: wanted.method, status: 'error', ms: performance.now() - started });
        if (error instanceof AdapterError) throw error;
        wanted.signal?.throwIfAborted();
        if (isTimeout(error)) turn?.ended('timeout');
        // A kept connection that the other side closed meanwhile: one replay, of what may be repeated.
        if (attempt === 1 && METHODS_REPEATABLE.has(wanted.method) && isStaleConnection(error)) continue;
        throw lost(`${wanted.method} ${wanted.path}`, error, wasNeverSent(error) ? { sent: false } : undefined);
      }
    }
  }

  function lost(what: string, error: unknown, detail?: Record<string, unknown>): AdapterError {
    return new AdapterError('unreachable', `${system}: ${what}: ${whyUnreachable(error)}`, {
      ...{ system, cause: error, detail },
    });
  }

  async function stream(wanted: StreamRequest): Promise<HttpStream> {
    const turn = await options.pace?.turn(wanted.signal);
    const started = performance.now();
    const count = (status: number | 'error'): void =>
      observe({ system, method: 'GET', status, ms: performance.now() - started });
    seen.requests += 1;
    try {
      const opened = await openHttpStream(new Client(base.origin, connecting), {
        path: prefix + wanted.path + encodeQuery(wanted.query),
        headers: { ...options.headers, ...wanted.headers },
        timeoutMs: wanted.timeoutMs ?? options.timeoutMs ?? 30_000,
        ...{ idleMs: wanted.idleMs, signal: wanted.signal },
        read: (body) => readBody(body, maxBytes, system),
        told: (error) => lost(`GET ${wanted.path} (stream)`, error, { idle: isTimeout(error) }),
      });
      const headers = flatten(opened.headers);
      turn?.ended(opened.status, parseRetryAfter(headers['retry-after']));
      count(opened.status);
      const { text } = opened;
      return { ...opened, headers, json: (schema) => parseJson(system, { ...wanted, method: 'GET' }, text, schema) };
    } catch (error) {
      count('error');
      if (error instanceof AdapterError) throw error;
      wanted.signal?.throwIfAborted();
      if (isTimeout(error)) turn?.ended('timeout');
      throw lost(`GET ${wanted.path}`, error, wasNeverSent(error) ? { sent: false } : undefined);
    }
  }

  function errorFor(sent: HttpRequest, answer: HttpAnswer): AdapterError {
    const retryAfterMs = parseRetryAfter(answer.headers['retry-after']);
    const kind = kindOf(answer.status, retryAfterMs);
    return new AdapterError(
      kind,
      `${system}: ${sent.method} ${sent.path} answered ${answer.status}: ${excerpt(answer.text)}`,
      { system, status: answer.status, retryAfterMs },
    );
  }

  return {
    request,
    stream,
    errorFor,
    async getJson(path, schema, more = {}) {
      const wanted: HttpRequest = { ...more, method: 'GET', path };
      const answer = await request(wanted);
      if (answer.status < 200 || answer.status > 299) throw errorFor(wanted, answer);
      return answer.json(schema);
    },
    get fingerprint256() {
      return seen.fingerprint256;
    },
    get requests() {
      return seen.requests;
    },
    close: () => pool.destroy(),
  };
}

function kindOf(status: number, retryAfterMs: number | undefined): AdapterError['kind'] {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) return 'throttled';
  if (status >= 500 || status === 408) return 'unreachable';
  if (status >= 300 && status < 400) return 'malformed';
  return 'rejected';
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3), capped at an hour. */
export function parseRetryAfter(value: string | undefined, now: number = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  if (!Number.isFinite(ms)) return undefined;
  return Math.min(Math.max(ms, 0), 3_600_000);
}

function isStaleConnection(error: unknown): boolean {
  if (error instanceof errors.SocketError) return true;
  const code = (error as { code?: string }).code;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function whyUnreachable(error: unknown): string {
  if (isTimeout(error)) return 'no answer in time';
  if (error instanceof AggregateError) return error.errors.map((one: Error) => one.message).join('; ');
  return error instanceof Error ? error.message : String(error);
}
