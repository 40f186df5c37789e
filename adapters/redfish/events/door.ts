import { createHash, timingSafeEqual } from 'node:crypto';
import type { Kit } from '../../../src/kit/kit.ts';
import type { Delivery, Translated, WebhookDoor } from '../../../src/ports/adapter.ts';
import { asText, isRecord } from '../decode.ts';
import { parseJson } from '../resource-body.ts';

const CONTEXT = /^reanimator\/([0-9a-f-]{36})\/([0-9a-f]{16,64})$/;

/** How the contexts of the hub begin, whichever server they are for. */
export const MARK_OF_HUB = 'reanimator/';

/** How contexts for a server begin. */
export function markOf(subject: string): string {
  return `${MARK_OF_HUB}${subject}/`;
}

/**
 * Redfish signs nothing. What a BMC was given as Context comes back in each of its events: the server, and a digest of it under the hub's own
 * key, so that a BMC can speak for its own server only.
 */
export function contextOf(kit: Kit, subject: string): string {
  return markOf(subject) + kit.shared.digest(`event ${subject}`);
}

/** Where BMCs push their events. */
export function eventDoor(kit: Kit): WebhookDoor {
  function subjectOf({ body }: Delivery): string | null {
    const parsed = parseJson(body.toString('utf8'));
    const context = isRecord(parsed) ? (asText(parsed['Context']) ?? contextInside(parsed)) : null;
    const subject = CONTEXT.exec(context ?? '')?.[1];
    if (context === null || subject === undefined) return null;
    return isSame(context, contextOf(kit, subject)) ? subject : null;
  }

  return {
    verify(delivery) {
      if (subjectOf(delivery) !== null) return { ok: true };
      return { ok: false, reason: 'the Context of the event is not one that the hub has given to a BMC' };
    },
    translate(delivery): Translated {
      const subject = subjectOf(delivery);
      if (subject === null) return { result: 'unsupported', reason: 'no event with a Context of the hub' };
      const parsed = parseJson(delivery.body.toString('utf8'));
      if (isRecord(parsed) && Array.isArray(parsed['MetricValues']))
        return { result: 'ignored', reason: 'a metric report: readings are polled' };
      const observedAt = delivery.receivedAt.toISOString();
      return { result: 'observed', observations: [{ kind: 'bmc-event', assetId: subject, observedAt }] };
    },
  };
}

/** Before Redfish 1.1 it stood in each event. */
function contextInside(parsed: Record<string, unknown>): string | null {
  const [first] = Array.isArray(parsed['Events']) ? (parsed['Events'] as unknown[]) : [];
  return isRecord(first) ? asText(first['Context']) : null;
}

function isSame(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
