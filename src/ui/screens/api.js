import { currentKey, noteMissing } from './session.js';

const TIME_LIMIT_MS = 30_000;

/** A refusal of the API (RFC 9457), or no answer at all (status 0). */
export class Problem extends Error {
  /** @param {{ status: number, title: string, detail: string, errors?: { field: string, message: string }[], requestId?: string | null }} said */
  constructor({ status, title, detail, errors, requestId }) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.errors = errors ?? [];
    this.requestId = requestId ?? null;
    this.missingScope = status === 403 ? (/needs the scope ([\w:-]+)/.exec(detail)?.[1] ?? null) : null;
  }
}

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<any>} */
export function get(path, signal) {
  return call('GET', path, undefined, {}, signal);
}

/**
 * @param {string} path
 * @param {unknown} body undefined: none
 * @param {string} idempotencyKey the same for a second try of the same thing
 * @returns {Promise<any>}
 */
export function post(path, body, idempotencyKey) {
  return call('POST', path, body, { 'idempotency-key': idempotencyKey });
}

/** As `post`, for what is there already. @param {string} path @param {unknown} body @param {string} idempotencyKey @returns {Promise<any>} */
export function patch(path, body, idempotencyKey) {
  return call('PATCH', path, body, { 'idempotency-key': idempotencyKey });
}

/** @param {string} method @param {string} path @param {unknown} body @param {Record<string, string>} more @param {AbortSignal} [signal] */
async function call(method, path, body, more, signal) {
  const limit = AbortSignal.timeout(TIME_LIMIT_MS);
  /** @type {Response} */
  let answer;
  /** @type {any} */
  let said;
  try {
    answer = await fetch(path, {
      method,
      cache: 'no-store',
      headers: { ...authorization(), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const text = await answer.text();
    said = text === '' || !/json/.test(answer.headers.get('content-type') ?? '') ? undefined : JSON.parse(text);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw noAnswer(method, limit.aborted);
  }
  if (answer.ok) return said;
  const problem = new Problem({
    status: answer.status,
    title: said?.title ?? `The hub answered ${answer.status}`,
    detail: said?.detail ?? 'Something between here and the hub answered in its place.',
    errors: said?.errors,
    requestId: answer.headers.get('x-request-id'),
  });
  if (problem.missingScope !== null) noteMissing(problem.missingScope);
  if (answer.status === 401) dispatchEvent(new CustomEvent('reanimator:refused', { detail: problem }));
  throw problem;
}

/** @param {string} method @param {boolean} isLate */
function noAnswer(method, isLate) {
  const what = isLate ? `No answer within ${TIME_LIMIT_MS / 1000} seconds.` : 'No connection to the hub.';
  const next = method === 'GET' ? 'Try again.' : 'It may have happened or not; trying again is safe: it is done once.';
  return new Problem({ status: 0, title: 'The hub does not answer', detail: `${what} ${next}` });
}

/** @returns {Record<string, string>} */
export function authorization() {
  const key = currentKey();
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** All rows of a list, page after page. @param {string} path @param {Record<string, string>} query @param {AbortSignal} [signal] */
export async function* pages(path, query, signal) {
  for (let cursor = ''; ;) {
    const page = await get(
      `${path}?${new URLSearchParams({ ...query, limit: '1000', ...(cursor ? { cursor } : {}) })}`,
      signal,
    );
    yield page.items;
    if (page.next === null) return;
    cursor = page.next;
  }
}

/** `crypto.randomUUID` is missing where the page came over plain HTTP from another machine. */
export function newIdempotencyKey() {
  return `ui-${Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
