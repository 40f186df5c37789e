import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Ctx } from './ctx.ts';
import { HubError, PROBLEMS } from './error.ts';
import { errnoOf } from './tx.ts';

/** RFC 9457. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .catchall(z.unknown())
  .meta({ id: 'Problem' });

/** Every error that leaves the API, as application/problem+json. `send`: for who cannot end the answer at once. */
export function sendProblem(
  req: Request,
  res: Response,
  error: unknown,
  ctx: Ctx,
  send: (text: string) => void = (text) => void res.send(text),
): void {
  const told = toHubError(error);
  const { status, title } = PROBLEMS[told.kind];
  if (status >= 500) ctx.log.error({ err: error, status }, 'request failed');
  if (res.headersSent) return void res.destroy();
  if (status === 401) res.setHeader('www-authenticate', 'Bearer realm="reanimator"');
  if (status === 503) res.setHeader('retry-after', '5');
  res.status(status).type('application/problem+json');
  send(
    JSON.stringify({
      type: `urn:reanimator:problem:${told.kind}`,
      title,
      status,
      detail: told.message,
      instance: req.originalUrl.split('?')[0],
      ...(told.fields.length > 0 ? { errors: told.fields } : {}),
      ...told.extra,
    }),
  );
}

const LINGER_MS = 3_000;

/**
 * Whoever is still sending must not wait for us to read what we refuse; but a connection that is closed while something comes in is
 * reset, and the answer is lost with it. So it is told at once and in whole, and what comes is read away for a while.
 */
export function refuseEarly(req: Request, res: Response, error: unknown, ctx: Ctx): void {
  res.setHeader('connection', 'close');
  sendProblem(req, res, error, ctx, (text) => {
    res.setHeader('content-type', 'application/problem+json; charset=utf-8');
    res.setHeader('content-length', Buffer.byteLength(text));
    res.write(text);
    if (req.destroyed) return void res.end();
    const end = (): void => {
      clearTimeout(timer);
      res.end();
    };
    const timer = setTimeout(end, LINGER_MS);
    req.once('end', end).once('close', end).once('error', end).resume();
  });
}

const BODY_PARSER_ERRORS: Record<string, [HubError['kind'], string]> = {
  'entity.parse.failed': ['invalid', 'The body is not JSON'],
  'entity.too.large': ['too-large', 'The body is larger than this door takes'],
  'encoding.unsupported': ['unsupported-media', 'This content encoding is not taken'],
  'charset.unsupported': ['unsupported-media', 'Send UTF-8'],
  'request.aborted': ['invalid', 'The body ended early'],
};

function toHubError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const { type, limit, message, status } = error as {
    type?: string;
    limit?: number;
    message?: string;
    status?: number;
  };
  const parser = type === undefined ? undefined : BODY_PARSER_ERRORS[type];
  if (parser) {
    const [kind, text] = parser;
    const detail = limit === undefined ? `${text}: ${message ?? ''}` : `${text}: at most ${limit} bytes`;
    return new HubError(kind, detail, { fields: [{ field: 'body', message: detail }], cause: error });
  }
  // What Express itself refuses, e.g. an address that cannot be decoded.
  if (status !== undefined && status >= 400 && status < 500)
    return new HubError('invalid', message ?? 'The request cannot be read', { cause: error });
  if (isDatabaseAway(error))
    return new HubError('unavailable', 'The database does not answer now; nothing was changed. Try again', {
      cause: error,
    });
  return new HubError('internal', 'The hub failed here. The log has the details under this request id', {
    cause: error,
  });
}

export function isDatabaseAway(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code ?? '');
  if (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|PROTOCOL_CONNECTION_LOST|ER_SERVER_SHUTDOWN|ER_CON_COUNT_ERROR)$/.test(
      code,
    )
  )
    return true;
  if (
    (error as Error).name === 'KnexTimeoutError' ||
    /Unable to acquire a connection|closed state/.test((error as Error).message ?? '')
  )
    return true;
  return errnoOf(error) === 1053 || errnoOf(error) === 1927;
}
