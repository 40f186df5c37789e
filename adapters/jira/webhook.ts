import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Delivery, Translated, Verdict, WebhookDoor } from '#src/ports/adapter.ts';
import { WebhookBody } from './schema.ts';

/**
 * Jira tries a delivery again for about an hour, and its "secondary" flow comes up to 15 minutes late. What is older than a day
 * was not sent by Jira just now.
 */
const OLDEST_MS = 24 * 3_600_000;

/** Webhooks with a secret carry `X-Hub-Signature: sha256=<hex HMAC-SHA256 of the raw body>`. Without a secret nothing enters. */
export function createWebhookDoor(secret: string | undefined): WebhookDoor {
  return {
    verify: (delivery) => verify(delivery, secret),
    // Cloud, and newer Data Centers: the same in every try and in both flows, though `timestamp` in the body may be another.
    identify: ({ headers }) => headers['x-atlassian-webhook-identifier']?.trim().slice(0, 200) || undefined,
    translate,
  };
}

function verify(delivery: Delivery, secret: string | undefined): Verdict {
  if (secret === undefined) return { ok: false, reason: 'no webhookSecret is configured' };
  const given = delivery.headers['x-hub-signature'];
  if (given === undefined) return { ok: false, reason: 'no X-Hub-Signature: set a secret on the webhook in Jira' };
  const wanted = createHmac('sha256', secret).update(delivery.body).digest();
  const hex = /^sha256=([0-9a-f]{64})$/i.exec(given.trim())?.[1];
  if (hex === undefined) return { ok: false, reason: 'X-Hub-Signature is not a sha256 signature' };
  if (!timingSafeEqual(Buffer.from(hex, 'hex'), wanted)) return { ok: false, reason: 'signature does not match' };
  const body = parseBody(delivery.body);
  const sentAt = body?.timestamp;
  if (sentAt !== undefined && delivery.receivedAt.getTime() - sentAt > OLDEST_MS)
    return { ok: false, reason: 'delivery is older than a day' };
  return { ok: true };
}

function translate(delivery: Delivery): Translated {
  const body = parseBody(delivery.body);
  if (body === undefined) return { result: 'unsupported', reason: 'not a Jira webhook body' };
  if (body.issue === undefined) return { result: 'ignored', reason: `${body.webhookEvent} is about no issue` };
  return {
    result: 'observed',
    observations: [
      {
        kind: 'ticket-changed',
        // By id: a key changes when the issue is moved to another project.
        ticketId: String(body.issue.id),
        ticketKey: body.issue.key ?? null,
        observedAt: toTime(body.timestamp, delivery.receivedAt),
      },
    ],
  };
}

/**
 * Reads own properties only. In a changelog item without the key `toString`, `item.toString` is Object.prototype's function; zod
 * does read inherited names, so what it reads here are names that no prototype has.
 */
function parseBody(raw: Buffer): WebhookBody | undefined {
  let value: unknown;
  try {
    value = JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'webhookEvent')) return undefined;
  const parsed = WebhookBody.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function toTime(timestamp: number | undefined, receivedAt: Date): string {
  if (timestamp === undefined) return receivedAt.toISOString();
  const time = new Date(timestamp);
  return Number.isNaN(time.getTime()) ? receivedAt.toISOString() : time.toISOString();
}
