import { createHash } from 'node:crypto';
import type { PollKind } from './poll-queue-store.ts';

/**
 * When a server is polled next: at its own place in each interval, so that a fleet is spread evenly however it was found, and stays so
 * after a stop. Not before half an interval has passed: one that is late would be asked twice in a row.
 */
export function nextPoll(assetId: string, kind: PollKind, everyMs: number, now: Date): Date {
  const place = createHash('sha256').update(`${kind} ${assetId}`).digest().readUInt32BE() % everyMs;
  const least = now.getTime() + everyMs / 2;
  return new Date(Math.ceil((least - place) / everyMs) * everyMs + place);
}
