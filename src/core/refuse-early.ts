import type { Request, Response } from 'express';
import type { Ctx } from './ctx.ts';
import { sendProblem } from './problem.ts';

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
