import pino from 'pino';
import type { Log } from './kit/kit.ts';

/** Secrets never reach a log, whatever object they hang on. */
const REDACTED = ['password', 'token', 'secret', 'authorization', 'apiToken', 'webhookSecret', 'x-auth-token'].flatMap(
  (name) => {
    const key = name.includes('-') ? `["${name}"]` : name;
    return [key, `*.${key}`, `*.*.${key}`].map((path) => path.replaceAll('.[', '['));
  },
);

export function createLog(level: string): Log {
  return pino({
    level,
    redact: { paths: REDACTED, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    base: { pid: process.pid },
  }) as unknown as Log;
}
