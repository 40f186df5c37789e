import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Ctx, TxCtx } from './ctx.ts';
import { type FieldFault, HubError } from './error.ts';
import { canonicalJson } from './json.ts';
import { sha256 } from './id.ts';
import { refuseEarly, sendProblem } from './problem.ts';
import type { Scope } from './scopes.ts';
import { toFaults } from './to-faults.ts';
import { tx, type TxOptions } from './tx.ts';

/** Any caller that is known. */
export const ANY = 'any';

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Instead of a body: writes until the signal aborts (server-sent events, exports). */
  stream?: (write: (chunk: string | Buffer) => Promise<void>, signal: AbortSignal) => Promise<void>;
}

export interface Input<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  /** Lower-case names. */
  headers: Record<string, string>;
  /** null where the route is open to all. */
  caller: Caller | null;
}

interface RouteShape<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  /** Of the operation, stable: generated clients are named after it. */
  id: string;
  path: string;
  summary: string;
  tag: string;
  /** null: open to all. */
  scope: Scope | typeof ANY | null;
  params?: P;
  query?: Q;
  body?: B;
  /** By status. `null`: no body, or none that is JSON. */
  answers: Record<number, { says: string; schema: z.ZodType | null; contentType?: string }>;
  /** Headers that say something of the body, for the published document. */
  headers?: z.ZodObject;
  /** What is checked as the body, where headers say a part of it; undefined: there is none. @throws HubError invalid, naming the header */
  bodyFrom?: (body: unknown, headers: Readonly<Record<string, string>>) => unknown;
  /** The largest body, where it may be larger than usual, e.g. `16mb`. */
  bodyLimit?: string;
  /** Schemas that the published document refers to by their names. */
  mentions?: Record<string, z.ZodType>;
  /** Of the transaction that the handler runs in; for those that find out step by step what they have to lock. */
  isolation?: TxOptions['isolation'];
}

type Handler<C, P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = (
  ctx: C,
  input: Input<z.output<P>, z.output<Q>, z.output<B>>,
) => Promise<Answer>;

/** A route as one record. GET reads; all others run in one transaction, which also carries their Idempotency-Key. */
export interface Route {
  method: 'get' | 'post' | 'patch' | 'delete';
  shape: RouteShape<z.ZodType, z.ZodType, z.ZodType>;
  read?: Handler<Ctx, z.ZodType, z.ZodType, z.ZodType>;
  act?: Handler<TxCtx, z.ZodType, z.ZodType, z.ZodType>;
  /** Takes the body as it comes, and opens transactions of its own. */
  take?: (ctx: Ctx, input: Input<unknown, unknown, Readable>) => Promise<Answer>;
  /** Acts on a parsed body, and opens transactions of its own. */
  run?: Handler<Ctx, z.ZodType, z.ZodType, z.ZodType>;
}

export function get<P extends z.ZodType = z.ZodUndefined, Q extends z.ZodType = z.ZodUndefined>(
  shape: RouteShape<P, Q, z.ZodUndefined>,
  read: Handler<Ctx, P, Q, z.ZodUndefined>,
): Route {
  return { method: 'get', shape, read } as unknown as Route;
}

export function post<P extends z.ZodType = z.ZodUndefined, B extends z.ZodType = z.ZodUndefined>(
  shape: RouteShape<P, z.ZodUndefined, B>,
  act: Handler<TxCtx, P, z.ZodUndefined, B>,
): Route {
  return { method: 'post', shape, act } as unknown as Route;
}

/**
 * For what reaches beyond the database before it writes (an object store), so that no transaction may be open around it. There is no
 * Idempotency-Key: repeating it must do no harm by itself.
 */
export function command<P extends z.ZodType = z.ZodUndefined, B extends z.ZodType = z.ZodUndefined>(
  shape: RouteShape<P, z.ZodUndefined, B>,
  run: Handler<Ctx, P, z.ZodUndefined, B>,
): Route {
  return { method: 'post', shape, run } as unknown as Route;
}

export function patch<P extends z.ZodType = z.ZodUndefined, B extends z.ZodType = z.ZodUndefined>(
  shape: RouteShape<P, z.ZodUndefined, B>,
  act: Handler<TxCtx, P, z.ZodUndefined, B>,
): Route {
  return { method: 'patch', shape, act } as unknown as Route;
}

/** The body is not read before the handler wants it; `takes` says what it may be. Repeating it must do no harm by itself. */
export function upload<P extends z.ZodType = z.ZodUndefined, Q extends z.ZodType = z.ZodUndefined>(
  shape: RouteShape<P, Q, z.ZodUndefined> & { method: 'post' | 'patch'; takes: string },
  take: (ctx: Ctx, input: Input<z.output<P>, z.output<Q>, Readable>) => Promise<Answer>,
): Route {
  return { method: shape.method, shape, take } as unknown as Route;
}

export interface Caller {
  actor: string;
  scopes: readonly string[];
}

export interface Doorman {
  /** @throws HubError unauthenticated */
  authenticate(ctx: Ctx, headers: Record<string, string>): Promise<Caller>;
}

export interface Answers {
  find(ctx: TxCtx, key: { actor: string; key: string; requestHash: string }): Promise<Answer | undefined>;
  keep(ctx: TxCtx, key: { actor: string; key: string }, answer: Answer): Promise<void>;
}

export interface ServeOptions {
  doorman: Doorman;
  kept: Answers;
  /** Check every answer against its schema: in tests and in the demo. */
  checkAnswers: boolean;
}

/** Express handler of one route. */
export function serve(route: Route, base: Ctx, options: ServeOptions) {
  return async (req: Request, res: Response): Promise<void> => {
    const headers = lowerCase(req);
    const ctx: Ctx = { ...base, log: (req as { log?: Ctx['log'] }).log ?? base.log, cause: requestId(req) };
    try {
      const caller = route.shape.scope === null ? null : await admit(route.shape.scope, ctx, headers, options.doorman);
      const input = { ...parseInput(route, req, headers), caller };
      const answer = await answerOf(route, ctx, req, input, options);
      if (options.checkAnswers) checkAnswer(route, answer);
      await send(req, res, answer);
    } catch (error) {
      if (route.take && !req.complete) refuseEarly(req, res, error, ctx);
      else sendProblem(req, res, error, ctx);
    }
  };
}

async function admit(
  scope: Scope | typeof ANY,
  ctx: Ctx,
  headers: Record<string, string>,
  doorman: Doorman,
): Promise<Caller> {
  const caller = await doorman.authenticate(ctx, headers);
  ctx.actor = caller.actor;
  if (scope === ANY || caller.scopes.includes('*') || caller.scopes.includes(scope)) return caller;
  throw new HubError('forbidden', `This needs the scope ${scope}; the key has ${caller.scopes.join(', ') || 'none'}`);
}

async function answerOf(
  route: Route,
  ctx: Ctx,
  req: Request,
  input: Input<unknown, unknown, unknown>,
  options: ServeOptions,
): Promise<Answer> {
  if (route.take) return route.take(ctx, { ...input, body: req });
  if (route.run) return route.run(ctx, input);
  return route.read ? route.read(ctx, input) : act(route, ctx, input, options);
}

async function act(
  route: Route,
  ctx: Ctx,
  input: Input<unknown, unknown, unknown>,
  options: ServeOptions,
): Promise<Answer> {
  const handler = route.act;
  if (!handler) throw new HubError('internal', `${route.shape.id} has no handler`);
  const { isolation } = route.shape;
  const how = isolation === undefined ? {} : { isolation };
  const key = input.headers['idempotency-key'];
  if (key === undefined) return tx(ctx, (inside) => handler(inside, input), how);
  if (key.length === 0 || key.length > 190) throw invalid('header Idempotency-Key', 'between 1 and 190 characters');
  const requestHash = sha256(canonicalJson([route.method, route.shape.path, input.params, input.body]));
  const once = async (inside: TxCtx): Promise<Answer> => {
    const before = await options.kept.find(inside, { actor: ctx.actor, key, requestHash });
    if (before) return { ...before, headers: { ...before.headers, 'idempotent-replayed': 'true' } };
    const answer = await handler(inside, input);
    await options.kept.keep(inside, { actor: ctx.actor, key }, answer);
    return answer;
  };
  return tx(ctx, once, how);
}

function parseInput(
  route: Route,
  req: Request,
  headers: Record<string, string>,
): Omit<Input<unknown, unknown, unknown>, 'caller'> {
  const { params, query, body, bodyFrom } = route.shape;
  const given: unknown = bodyFrom === undefined ? req.body : bodyFrom(req.body, headers);
  if (body && given === undefined) {
    if (headers['content-type'] && !/json/.test(headers['content-type'])) {
      throw new HubError('unsupported-media', `Send application/json, not ${headers['content-type']}`);
    }
    throw invalid('body', 'is missing: send a JSON document with Content-Type: application/json');
  }
  const faults: FieldFault[] = [];
  const parse = (schema: z.ZodType | undefined, value: unknown, where: string): unknown => {
    if (!schema) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    faults.push(...toFaults(parsed.error, where));
    return undefined;
  };
  const input = {
    params: parse(params, req.params, 'path'),
    query: parse(query instanceof z.ZodObject ? query.strict() : query, req.query, 'query'),
    body: parse(body, given, ''),
    headers,
  };
  if (faults.length > 0) {
    const first = faults[0];
    const more = faults.length > 1 ? `, and ${faults.length - 1} more` : '';
    throw new HubError('invalid', `${first?.field}: ${first?.message}${more}`, { fields: faults });
  }
  return input;
}

export function invalid(field: string, message: string): HubError {
  return new HubError('invalid', `${field}: ${message}`, { fields: [{ field, message }] });
}

function checkAnswer(route: Route, answer: Answer): void {
  const declared = route.shape.answers[answer.status];
  if (!declared)
    throw new HubError('internal', `${route.shape.id} answers ${answer.status}, which it does not declare`);
  if (!declared.schema || answer.stream) return;
  const parsed = declared.schema.safeParse(answer.body);
  if (!parsed.success)
    throw new HubError(
      'internal',
      `${route.shape.id}: its ${answer.status} is not what it declares: ${z.prettifyError(parsed.error)}`,
    );
}

async function send(req: Request, res: Response, answer: Answer): Promise<void> {
  res.status(answer.status);
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value);
  if (answer.stream) {
    const gone = new AbortController();
    req.on('close', () => gone.abort());
    res.flushHeaders();
    await answer.stream((chunk) => writeChunk(res, chunk, gone.signal), gone.signal);
    res.end();
    return;
  }
  if (answer.body === undefined) res.end();
  else if (typeof answer.body === 'string') res.send(answer.body);
  else res.json(answer.body);
}

/** Waits for a reader that is slower than we are, and for no longer than it is there. */
async function writeChunk(res: Response, chunk: string | Buffer, gone: AbortSignal): Promise<void> {
  if (res.write(chunk) || gone.aborted) return;
  await once(res, 'drain', { signal: gone }).catch(() => undefined);
}

function lowerCase(req: Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(req.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return headers;
}

function requestId(req: Request): string | null {
  const { id } = req as { id?: unknown };
  return typeof id === 'string' ? id : null;
}
