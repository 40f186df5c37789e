import { readFileSync } from 'node:fs';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import { buildConnector, errors, Pool } from 'undici';
import type { z } from 'zod';
import { AdapterError } from '../ports/adapter-error.ts';
import { isTimeout, type Pace } from './pace.ts';

export interface TlsTrust {
  /** PEM file of the CA that signs the other side's certificate. */
  caFile?: string | undefined;
  /** Exactly this certificate (SHA-256, upper-case hex pairs with colons), whoever signed it. */
  fingerprint256?: string | undefined;
  /** Take whatever certificate comes, and tell its fingerprint, so that the caller pins it from then on. */
  firstUse?: boolean | undefined;
}

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
  /** Sent as JSON unless it is a Buffer or string. */
  body?: unknown;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  status: number;
  /** Lower-case names; repeated headers joined by ", ". */
  headers: Record<string, string>;
  text: string;
  /** Parses the body. @throws AdapterError malformed */
  json<S extends z.ZodType>(schema: S): z.output<S>;
}

/** A request as counted: for metrics and for "requests per BMC". */
export interface HttpObserver {
  (call: { system: string; method: string; status: number | 'error'; ms: number }): void;
}

export interface Http {
  /** Any HTTP status is an answer. @throws AdapterError unreachable | malformed (too large) */
  request(request: HttpRequest): Promise<HttpAnswer>;
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
  const pool = new Pool(base.origin, {
    connections: options.connections ?? 4,
    keepAliveTimeout: options.keepAliveMs ?? 4_000,
    keepAliveMaxTimeout: options.keepAliveMs ?? 4_000,
    connect: connector(options.tls, (fingerprint) => (seen.fingerprint256 = fingerprint)),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const maxBytes = options.maxBytes ?? 16 * 1024 * 1024;

  async function once(request: HttpRequest): Promise<HttpAnswer> {
    const timeoutMs = request.timeoutMs ?? options.timeoutMs ?? 30_000;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    const body = encodeBody(request.body);
    const answer = await pool.request({
      method: request.method,
      path: prefix + request.path + encodeQuery(request.query),
      headers: {
        accept: 'application/json',
        ...(body === undefined || Buffer.isBuffer(request.body) ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
        ...request.headers,
      },
      body: body ?? null,
      signal,
    });
    const text = await readBody(answer.body, maxBytes, system);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
    }
    return {
      status: answer.statusCode,
      headers,
      text,
      json: (schema) => parseJson(system, request, text, schema),
    };
  }

  async function request(wanted: HttpRequest): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const turn = await options.pace?.turn(wanted.signal);
      const started = performance.now();
      seen.requests += 1;
      try {
        const answer = await once(wanted);
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
        throw new AdapterError('unreachable', `${system}: ${wanted.method} ${wanted.path}: ${whyUnreachable(error)}`, {
          system,
          cause: error,
        });
      }
    }
  }

  function errorFor(sent: HttpRequest, answer: HttpAnswer): AdapterError {
    const retryAfterMs = parseRetryAfter(answer.headers['retry-after']);
    const kind = kindOf(answer.status, retryAfterMs);
    return new AdapterError(
      kind,
      `${system}: ${sent.method} ${sent.path} answered ${answer.status}: ${excerpt(answer.text)}`,
      {
        system,
        status: answer.status,
        retryAfterMs,
      },
    );
  }

  return {
    request,
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

function connector(trust: TlsTrust | undefined, saw: (fingerprint256: string) => void) {
  const byFingerprint = trust?.fingerprint256 !== undefined || trust?.firstUse === true;
  const connect = buildConnector({
    timeout: 10_000,
    // With a pin (or on first use) the certificate's own signature says nothing: the fingerprint is what is compared below.
    rejectUnauthorized: !byFingerprint,
    checkServerIdentity: byFingerprint ? () => undefined : checkServerIdentity,
    // A resumed TLS session shows no certificate, so that there would be nothing to compare: every connection shakes hands in full.
    maxCachedSessions: 0,
    ...(trust?.caFile ? { ca: readFileSync(trust.caFile) } : {}),
  });
  const wrapped: typeof connect = (options, callback) =>
    connect(options, (...result) => {
      const [error, socket] = result;
      if (error !== null || options.protocol !== 'https:') return callback(...result);
      const fingerprint = (socket as TLSSocket).getPeerCertificate().fingerprint256;
      if (trust?.fingerprint256 !== undefined && fingerprint !== trust.fingerprint256) {
        socket.destroy();
        return callback(new CertificateChanged(trust.fingerprint256, fingerprint), null);
      }
      saw(fingerprint);
      return callback(...result);
    });
  return wrapped;
}

class CertificateChanged extends Error {
  constructor(pinned: string, shown: string) {
    super(`certificate changed: pinned ${pinned}, shown ${shown}; if it was renewed on purpose, clear the pin`);
  }
}

async function readBody(stream: AsyncIterable<Buffer>, maxBytes: number, system: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes)
      throw new AdapterError('malformed', `${system}: answer larger than ${maxBytes} bytes`, { system });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson<S extends z.ZodType>(system: string, request: HttpRequest, text: string, schema: S): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AdapterError('malformed', `${system}: ${request.method} ${request.path} is not JSON: ${excerpt(text)}`, {
      system,
      cause,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new AdapterError(
    'malformed',
    `${system}: ${request.method} ${request.path}: ${first?.path.join('.') || 'body'}: ${first?.message ?? 'unexpected'}`,
    { system, cause: parsed.error },
  );
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

/** The beginning of a body for an error message: one line, no more than 200 characters. */
export function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function encodeBody(body: unknown): Buffer | string | undefined {
  if (body === undefined || Buffer.isBuffer(body) || typeof body === 'string') return body;
  return JSON.stringify(body);
}

function encodeQuery(query: HttpRequest['query']): string {
  if (!query) return '';
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const one of value) search.append(name, String(one));
    else search.append(name, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
