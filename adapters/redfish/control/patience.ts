import { setTimeout as sleep } from 'node:timers/promises';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcAnswer, BmcWrite } from '../client.ts';
import type { Machine } from './machine.ts';

/**
 * Sends, and again while the BMC says that it cannot just now: 409 shortly after a change of power (iDRAC 10), or the server's POST (iLO).
 * Both mean that nothing was done. `settled` is asked between tries: whether it is so by now without us.
 * @returns null: it is so by now
 * @throws AdapterError as send; throttled where the server is still in POST after all tries
 */
export async function sendPatiently(
  { bmc, system, waits, signal }: Machine,
  write: BmcWrite,
  settled: () => Promise<boolean> = async () => false,
): Promise<BmcAnswer | null> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await bmc.send(write);
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      const inPost = saysInPost(error);
      if (!inPost && error.status !== 409) throw error;
      const [ms, most] = inPost ? [waits.postMs, waits.postTries] : [waits.busyMs, waits.busyTries];
      if (tries >= most && inPost) {
        const message = `${system}: the server is in POST, and the BMC takes no changes meanwhile: ${error.message}`;
        throw new AdapterError('throttled', message, { system, retryAfterMs: 30_000, cause: error });
      }
      if (tries >= most) throw error;
      await sleep(ms, undefined, { signal });
      if (await settled()) return null;
    }
  }
}

/** `iLO.2.x.UnableToModifyDuringSystemPOST` */
function saysInPost(error: AdapterError): boolean {
  return idsOf(error).some((id) => /DuringSystemPOST|SystemInPOST/i.test(id));
}

export function idsOf(error: AdapterError): string[] {
  const ids = error.detail?.['messageIds'];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

/** Refused, and perhaps only for the form that it had: another one may be taken. */
export function isRefusal(error: unknown): error is AdapterError {
  return (
    error instanceof AdapterError &&
    ['rejected', 'unsupported', 'not-found'].includes(error.kind) &&
    error.status !== 409
  );
}
